"""Counts made ahead, so that a plot of a year costs no more than one of a day: what happened, by hours and days."""
