"""What is known of a vehicle: state, position, capabilities; and how one is found."""
