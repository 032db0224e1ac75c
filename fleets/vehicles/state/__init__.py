"""A vehicle's state, the published Status (fleet-owner-v3.yaml): what is so (facts.py), rows for people (rows.py)."""

from fleets.vehicles.state.driving import POSITION
from fleets.vehicles.state.energy import energy_said_at
from fleets.vehicles.state.row import StateRow
from fleets.vehicles.state.rows import state_rows
from fleets.vehicles.state.values import dig, moment_of

__all__ = ["POSITION", "StateRow", "dig", "energy_said_at", "moment_of", "state_rows"]
