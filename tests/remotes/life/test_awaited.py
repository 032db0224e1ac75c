"""Until when an action under way is waited for, and what comes of it then."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from remotes.life.awaited import Awaited, Awaits, awaited_of
from remotes.models import OPEN_STATES, RemoteAction

NOW = timezone.now()
DAYS = timedelta(days=3)
SOON = NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("state", "values", "expected"),
    [
        ("waiting-approval", {}, Awaited(Awaits.APPROVAL, SOON)),
        ("queued", {"due_at": NOW}, Awaited(Awaits.TURN, SOON)),
        ("sending", {"lease_until": NOW}, Awaited(Awaits.ANSWER, NOW)),
        ("accepted", {"accepted_at": NOW, "due_at": SOON}, Awaited(Awaits.END, NOW + DAYS, SOON)),
        # It was accepted before it was kept when.
        ("accepted", {}, Awaited(Awaits.END, NOW - timedelta(hours=1) + DAYS)),
        ("unknown", {"sent_at": NOW, "due_at": SOON}, Awaited(Awaits.TRUTH, NOW + DAYS, SOON)),
        ("done", {"finished_at": NOW}, None),
        ("expired", {"finished_at": NOW}, None),
        ("cancelled", {"finished_at": NOW}, None),
    ],
)
def test_each_state_says_what_it_waits_for(state: str, values: dict[str, Any], expected: Awaited | None) -> None:
    given = {"created_at": NOW - timedelta(hours=1), "expires_at": SOON, **values}
    assert awaited_of(RemoteAction(state=state, **given)) == expected


@pytest.mark.parametrize("state", RemoteAction.State.values)
def test_whatever_is_open_waits_for_something(state: str) -> None:
    action = RemoteAction(state=state, created_at=NOW, expires_at=NOW)
    assert (awaited_of(action) is not None) == (state in OPEN_STATES)
