"""The face of programs: the manufacturer's published API, one folder a dialect, and what dialects share."""
