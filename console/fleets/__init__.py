"""The list of fleets."""
