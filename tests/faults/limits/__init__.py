"""Many actions at a cloud that takes a few requests a second: run.py does it with real processes and the simulator."""
