"""The audit: what is written, searched, and carried over."""
