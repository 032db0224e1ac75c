"""The overview of a fleet, and the list of its actions that is behind the overview's numbers."""
