"""What every request from outside passes first, within bounds of our own (docs/bounds.md), and every answer last."""
