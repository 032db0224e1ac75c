"""A vehicle's state, the published Status (fleet-owner-v3.yaml): what is so (facts.py), as rows for people (rows.py)."""

from fleets.vehicles.state.rows import POSITION, StateRow, energy_said_at, state_rows
from fleets.vehicles.state.values import dig, moment_of

__all__ = ["POSITION", "StateRow", "dig", "energy_said_at", "moment_of", "state_rows"]
