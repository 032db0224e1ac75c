"""Searches the vehicles of all fleets that somebody may see."""
