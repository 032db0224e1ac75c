"""Figures of a fleet: each answers one question, and each point leads to the list of what it counts."""
