"""Schedules: remote actions that go out by the clock of the fleet's time zone, each time once and on record."""
