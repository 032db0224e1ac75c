"""Saved commands: payloads under names of a fleet's own, sent with one click."""
