"""Sends what the catalogue knows to vehicles of the running demo, over HTTP only, and notes how each ends.

`profiles`: every feature to a vehicle of each profile. `dialects`: every feature, and every field that only one dialect
has, over both APIs to a vehicle that either API reaches.
"""
