"""When a vehicle's state is asked for: plain functions."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from fleets.vehicles.state.facts import is_reported_stolen

# Where the page of the vehicle is open, and where it is reported stolen.
SOONER = timedelta(minutes=1)
# After a first failure; twice as long after each further one.
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=5), timedelta(days=1)


def usual() -> timedelta | None:
    """Between two regular readings; None where nothing is read regularly."""
    minutes: int = settings.STATE_READ_MINUTES
    return timedelta(minutes=minutes) if minutes else None


def next_due(asked_at: datetime, state: Any) -> datetime | None:
    """When a state that was read is asked for again; None: not by itself."""
    wait = usual()
    if is_reported_stolen(state):
        wait = min(wait or SOONER, SOONER)
    return None if wait is None else asked_at + wait
