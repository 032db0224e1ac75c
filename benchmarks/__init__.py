"""Measurements side by side, on this machine and on real parts: docs/decisions.md says what they led to."""
