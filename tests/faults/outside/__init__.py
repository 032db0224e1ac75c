"""What strangers and clients do to the web server from outside, and how others fare meanwhile: docs/bounds.md."""
