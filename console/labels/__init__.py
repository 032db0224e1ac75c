"""Labels and plates of a fleet's vehicles, by a file."""
