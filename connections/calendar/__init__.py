"""The credentials calendar: what ends and when, and who is told in time."""
