"""Starts and keeps FleetRemote's processes on one machine; knows nothing of Django."""
