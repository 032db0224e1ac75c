"""The stand-in for the manufacturer's cloud: a process of its own that speaks the Fleet Owner API v3 over HTTP."""
