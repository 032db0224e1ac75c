"""Streams of live pages: how many there are, what they cost, and that they end with the right to see."""
