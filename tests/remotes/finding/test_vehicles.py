"""Which vehicles are meant is data: it is read back as it was, and what is not known means neither all nor none."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fleets.models import Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.checks import wake_ledger
from remotes.counts.conditions import Reason
from remotes.finding.vehicles import NotUnderstood, VehicleFilter, read_filter
from remotes.models import RemoteAction
from remotes.words.causes import CAUSES
from remotes.words.outcomes import Outcome
from tests.world import make_action, make_event, make_fleet, make_vehicle

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=100)
FILTERS = st.builds(
    VehicleFilter,
    q=WORDS,
    model=WORDS,
    energy=st.sampled_from(["", *Vehicle.Motorization.values]),
    below=st.none() | st.integers(1, 100),
    doors=st.sampled_from(["", "locked", "unlocked"]),
    awake=st.sampled_from(["", "yes", "no"]),
    outcome=st.sampled_from(["", "none", *Outcome.values]),
    cause=st.sampled_from(["", *CAUSES, *Reason.values, "NewFangled"]),
    can=st.sampled_from(["", *REMOTE_TYPES]),
    listed=st.sampled_from(["", "yes", "no"]),
    reading=st.sampled_from(["", "failed", "ok"]),
)


@given(FILTERS)
def test_it_is_read_back_as_it_was(wanted: VehicleFilter) -> None:
    assert read_filter(wanted.stored) == wanted


def test_without_anything_it_means_all() -> None:
    assert VehicleFilter().stored == {"version": 1}
    assert read_filter({"version": 1}) == VehicleFilter()


def test_what_an_older_version_has_searched_for_stays_in_one_piece() -> None:
    """Its words apart would mean more vehicles, and a schedule acts on what it means."""
    assert read_filter({"version": 1, "q": "Van 1"}).q == '"Van 1"'
    assert read_filter({"version": 1, "q": "van"}).q == "van"
    assert read_filter(read_filter({"version": 1, "q": "Van 1"}).stored).q == '"Van 1"'


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {},
        [],
        "q=van",
        {"q": "van"},
        {"version": 2},
        {"version": "1"},
        {"version": 0, "query": "q=van"},
        {"version": 1, "colour": "red"},
        {"version": 1, "below": "20"},
        {"version": 1, "below": True},
        {"version": 1, "below": 0},
        {"version": 1, "below": 101},
        {"version": 1, "q": ""},
        {"version": 1, "q": None},
        {"version": 1, "q": "van", "search": "van"},
        {"version": 1, "q": "a" * 101},
        {"version": 1, "q": "\0"},
        {"version": 1, "cause": "a" * 161},
        {"version": 1, "model": ["e-208"]},
        *({"version": 1, name: "?"} for name in ("energy", "doors", "awake", "outcome", "can", "listed", "reading")),
        *({"version": 1, name: "?"} for name in ("mark", "silent", "plugged", "charging")),
    ],
)
def test_what_is_not_known_is_not_understood(stored: Any) -> None:
    with pytest.raises(NotUnderstood):
        read_filter(stored)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["accepted", "done"])
@pytest.mark.parametrize("status", ["WakingUpVehicle", "SentToVehicle", "CheckingVehicle", "Success"])
@pytest.mark.parametrize("minutes", [1, 2, 4, 60])
def test_the_filter_and_the_page_agree_on_who_is_awake(state: str, status: str, minutes: int):
    fleet, at = make_fleet(), timezone.now() - timedelta(minutes=minutes)
    car = make_vehicle(fleet)
    given: dict[str, Any] = {"finished_at": at, "status": "Success"} if state == "done" else {}
    action = make_action(car, state=state, accepted_at=at, **given)
    RemoteAction.objects.filter(pk=action.pk).update(created_at=at)
    action.refresh_from_db()
    make_event(action, status)
    is_awake = wake_ledger.is_awake(car, timezone.now()) is True
    assert VehicleFilter(awake="yes").of(fleet).exists() is is_awake
    assert VehicleFilter(awake="no").of(fleet).exists() is not is_awake
