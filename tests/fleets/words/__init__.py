"""Tests of words and of text in cells."""
