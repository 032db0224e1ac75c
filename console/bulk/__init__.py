"""Bulk commands: the same remote action for many vehicles, carefully: looked at first, tried on a few, then paced."""
