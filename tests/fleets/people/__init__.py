"""People: who gives what, and whose say counts."""
