"""The demo: loaded, and taken away again."""
