"""The v1 face of the simulator."""
