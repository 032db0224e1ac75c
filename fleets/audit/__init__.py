"""The audit: entries, how they are sealed and verified."""
