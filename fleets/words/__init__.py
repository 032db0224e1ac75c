"""Words and numbers for people, and sentences that are stored by their template."""
