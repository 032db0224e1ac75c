"""What raises alerts, and clears them."""
