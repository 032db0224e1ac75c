"""Tests of what is personal."""
