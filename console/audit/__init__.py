"""The audit: searched by who, what, which vehicle and when, one entry in full, and the same as CSV."""
