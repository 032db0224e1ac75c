"""The map of a fleet's vehicles, or of those of all fleets that somebody may see: list, map, and what is chosen."""
