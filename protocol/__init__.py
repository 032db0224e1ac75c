"""The wire: what the manufacturer's published API says, as data and plain functions, without Django."""
