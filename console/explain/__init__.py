"""Explains a failure: what it means, its likely reason for this vehicle, what to do next, and what can be done here."""
