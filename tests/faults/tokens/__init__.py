"""A token endpoint that is down, slow, refuses, or gives what does not last, and what it costs the commands.

`scenes.py` holds the stories, each at a cloud of its own (tests/clouds/), `run.py` runs all of them over one
FleetRemote with two workers for commands. docs/faults.md explains it.
"""
