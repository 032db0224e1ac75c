"""Tries of secrets that are none: whose they are, how late they are answered, and how much work they may cost."""
