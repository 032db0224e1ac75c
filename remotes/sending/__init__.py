"""The way of an action out, and finding out what became of it."""
