"""Tests of what is kept about people and vehicles, how it is handed out and erased."""
