"""Tests of the pages of the second person."""
