"""Callbacks: where subscribers want to be notified."""
