"""Labels and plates from a file: read it, compare it with the vehicles, and change them all or none."""
