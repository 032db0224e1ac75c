"""Commands that are given again at their times."""
