"""Which vehicles are meant is data: it is read back as it was, and what is not known means neither all nor none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleets.models import Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.finding.vehicles import NotUnderstood, VehicleFilter, read_filter
from remotes.words.causes import CAUSES
from remotes.words.outcomes import Outcome

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
    cause=st.sampled_from(["", *CAUSES]),
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
        {"version": 1, "q": "a" * 101},
        {"version": 1, "q": "\0"},
        {"version": 1, "model": ["e-208"]},
        *(
            {"version": 1, name: "?"}
            for name in ("energy", "doors", "awake", "outcome", "cause", "can", "listed", "reading")
        ),
    ],
)
def test_what_is_not_known_is_not_understood(stored: Any) -> None:
    with pytest.raises(NotUnderstood):
        read_filter(stored)
