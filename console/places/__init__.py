"""Places for maps and forms: towns in view, and what is found by a name."""
