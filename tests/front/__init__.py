"""Tests of the front: bounds, addresses and headers of every answer."""
