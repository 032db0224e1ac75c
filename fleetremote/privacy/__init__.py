"""All that is kept about a person or a vehicle: what it is and for how long, how it is handed out, how it is erased."""
