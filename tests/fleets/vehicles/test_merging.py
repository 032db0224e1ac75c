"""A state is put together of what came in whichever order, and nothing in it goes back in time."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleets.vehicles.dates import said_at
from fleets.vehicles.merging import as_told, merged
from fleets.vehicles.state import state_rows
from protocol.canonical.event import format_time
from tests.cases import case
from tests.long_form import examples

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def at(minutes: int) -> str:
    return format_time(NOW - timedelta(days=1) + timedelta(minutes=minutes))


def put_together(*states: Any, since: datetime = NOW) -> Any:
    return reduce(lambda kept, told: merged(kept, told, since), states, {})


def part(minutes: int, **values: Any) -> dict[str, Any]:
    return {"createdAt": at(minutes), **values}


def test_what_is_older_replaces_nothing() -> None:
    newer, older = case("status-newer")["status"], case("status-older")["status"]
    assert put_together(newer, older) == put_together(older, newer) == newer


def test_each_part_goes_by_its_own_date() -> None:
    one = {"updatedAt": at(9), "odometer": part(1, mileage=100), "kinetic": part(9, moving=True), "new": {"a": 1}}
    other = {"updatedAt": at(5), "odometer": part(4, mileage=104), "kinetic": part(5, moving=False), "old": {"a": 1}}
    wanted = {"updatedAt": at(9), "odometer": other["odometer"], "kinetic": one["kinetic"], "new": {"a": 1}}
    assert put_together(one, other) == put_together(other, one) == wanted


def test_a_part_that_is_told_no_more_stays_with_its_date() -> None:
    one = {"updatedAt": at(1), "odometer": part(1, mileage=100), "kinetic": part(1, moving=True, speed=9)}
    other = {"updatedAt": at(2), "kinetic": part(2, moving=False)}
    wanted = {"updatedAt": at(2), "kinetic": part(2, moving=False), "odometer": part(1, mileage=100)}
    assert put_together(one, other) == put_together(other, one) == wanted


def test_a_date_that_lies_ahead_is_the_moment_of_arrival() -> None:
    ahead = {"updatedAt": at(0), "odometer": part(3000, mileage=900)}
    kept = put_together(ahead)
    assert kept["odometer"]["createdAt"] == format_time(NOW)
    # It is no younger when it is told again, and what is told next replaces it.
    later = NOW + timedelta(minutes=5)
    assert merged(kept, ahead, later) == kept
    true = {"updatedAt": format_time(later), "odometer": {"createdAt": format_time(later), "mileage": 101}}
    assert merged(kept, true, later) == true
    # A clock is let go a little.
    soon = {"updatedAt": format_time(NOW + timedelta(seconds=50))}
    assert put_together(soon) == soon


def test_a_date_that_stands_still_is_not_believed() -> None:
    states = [{"updatedAt": at(day), "energies": [part(-9, type="Electric", level=50 + day)]} for day in (1, 2, 3)]
    for order in permutations(states):
        (energy,) = put_together(*order)["energies"]
        assert (energy["level"], said_at(energy)) == (53, said_at({"updatedAt": at(3)}))
    undated = [{"energies": [part(-9, type="Electric", level=level)]} for level in (50, 60)]
    (energy,) = put_together(*undated)["energies"]
    assert (energy["level"], said_at(energy)) == (60, None)


def test_what_stands_in_a_part_whose_date_stands_still_goes_by_the_document() -> None:
    def energy(plugged: bool) -> Any:
        charging = part(-9, plugged=plugged)
        return part(-9, type="Electric", level=50, extension={"electric": {"charging": charging}})

    states = [{"updatedAt": at(1), "energies": [energy(False)]}, {"updatedAt": at(2), "energies": [energy(True)]}]
    for order in permutations(states):
        (row,) = [row for row in state_rows(put_together(*order)) if row.key == "charging"]
        assert (row.text, row.at) == ("Plugged in", said_at({"updatedAt": at(2)}))


def test_a_position_whose_date_stands_still_is_as_old_as_its_document() -> None:
    states = [
        {"updatedAt": at(day), "lastPosition": {"geometry": {"coordinates": [day, 45]}, "properties": part(-9)}}
        for day in (1, 2, 3)
    ]
    for order in permutations(states):
        (row,) = state_rows(put_together(*order))
        assert (row.text, row.at) == ("45.0000° N, 3.0000° E", said_at({"updatedAt": at(3)}))


def test_of_two_values_with_one_date_that_of_the_later_document_counts() -> None:
    states = [{"updatedAt": at(day), "odometer": {"updatedAt": at(-9), "mileage": day}} for day in (1, 2)]
    for order in permutations(states):
        assert put_together(*order)["odometer"]["mileage"] == 2


def test_the_energies_are_told_apart() -> None:
    one = {"energies": [part(1, type="Electric", level=60), part(5, type="Fuel", level=30)]}
    other = {"energies": [part(2, type="Fuel", level=10), part(3, type="Electric", level=70)]}
    wanted = {("Electric", 70), ("Fuel", 30)}
    for states in ((one, other), (other, one)):
        assert {(each["type"], each["level"]) for each in put_together(*states)["energies"]} == wanted


def test_a_position_goes_once_it_is_not_to_be_known() -> None:
    position = {"type": "Feature", "geometry": {"coordinates": [4, 45]}, "properties": part(1)}
    known = {"updatedAt": at(1), "lastPosition": position, "privacy": part(1, state="None")}
    hidden = {"updatedAt": at(2), "privacy": part(2, state="Geolocation")}
    assert "lastPosition" in put_together(known, {"updatedAt": at(2)})
    assert put_together(known, hidden) == put_together(hidden, known) == hidden
    # Nor does it come back once the privacy is off again, in whichever order that becomes known.
    off = {"updatedAt": at(3), "privacy": part(3, state="None")}
    for order in permutations([known, hidden, off]):
        assert as_told(put_together(*order)) == off


def test_a_mileage_that_is_none_replaces_nothing() -> None:
    known = {"updatedAt": at(1), "ignition": part(1, type="Start"), "odometer": part(1, mileage=12489)}
    none = case("status-mileage-zero")["status"]
    assert put_together(known, none)["odometer"] == part(1, mileage=12489)
    held = {"updatedAt": at(2), "_embedded": {"extension": {"odometer": part(2, mileage=0)}}}
    assert put_together(known, held)["odometer"] == part(1, mileage=12489)
    assert "odometer" not in put_together(none)


ODD_DATES = [
    *("0001-01-01T00:00:00+14:00", "2026-11-29T24:00:00Z", "9999-12-31T24:00:00Z", "9999-12-31T23:59:60Z"),
    *("1764500000", "2026-11-29", "20261129", "2026-W48-1", "\uff12026-11-29T10:00:00Z", "yesterday", ""),
]


@pytest.mark.parametrize("date", ODD_DATES)
def test_a_date_that_can_not_be_read_is_none(date: str) -> None:
    state = {"updatedAt": date, "odometer": {"createdAt": date, "mileage": 5}, "privacy": {"updatedAt": date}}
    told = put_together({"updatedAt": at(1), "odometer": part(1, mileage=4)}, state)
    # Nor is it left for others, who might read something else in it.
    assert told == {"odometer": {"mileage": 5}, "privacy": {}}
    (row,) = state_rows(told)
    assert (row.text, row.at) == ("5 km", None)


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "2999-01-01T00:00:00"])
def test_a_date_at_the_end_of_time_is_the_moment_of_arrival(date: str) -> None:
    assert put_together({"updatedAt": date})["updatedAt"] == format_time(NOW)


def test_a_date_in_other_letters_is_one() -> None:
    state = {"updatedAt": "2026-11-29t10:00:00z", "odometer": {"createdAt": "2026-11-29 10:00:00Z", "mileage": 5}}
    assert put_together(state)["updatedAt"] == put_together(state)["odometer"]["createdAt"] == "2026-11-29T10:00:00Z"


def test_parts_of_a_list_without_a_type_are_told_apart_too() -> None:
    one = {"updatedAt": at(9), "tyreState": [part(1, id="FrontLeft", status="Low"), part(8, id="RearLeft")]}
    other = {"updatedAt": at(5), "tyreState": [part(4, id="RearLeft"), part(5, id="FrontLeft", status="Normal")]}
    wanted = [part(5, id="FrontLeft", status="Normal"), part(8, id="RearLeft")]
    for states in ((one, other), (other, one)):
        found = put_together(*states)["tyreState"]
        assert sorted(found, key=lambda tyre: str(tyre["id"])) == wanted


def test_two_energies_of_one_type_are_told_apart_by_their_place() -> None:
    one = {"updatedAt": at(9), "energies": [part(1, type="Electric", level=60), part(8, type="Electric", level=20)]}
    other = {"updatedAt": at(5), "energies": [part(5, type="Electric", level=50), part(4, type="Electric", level=30)]}
    for states in ((one, other), (other, one)):
        assert [energy["level"] for energy in put_together(*states)["energies"]] == [50, 20]


def test_privacy_without_a_date_hides_what_was_told_before_its_document() -> None:
    position = {"type": "Feature", "geometry": {"coordinates": [4, 45]}, "properties": part(1)}
    known = {"updatedAt": at(1), "lastPosition": position}
    hidden = {"updatedAt": at(2), "privacy": {"state": "Full"}}
    later = {"updatedAt": at(3), "ignition": part(3, type="Stop")}
    for order in permutations([known, hidden, later]):
        assert "lastPosition" not in put_together(*order)
    assert as_told(put_together(known, hidden, later)) == later
    assert "lastPosition" not in put_together(known, {"privacy": {"state": "Geolocation"}})


@pytest.mark.parametrize("empty", [{}, {"vin": "VF3ABCDE0FG000001"}, {"_links": {}, "updatedAt": "soon"}])
def test_an_answer_that_says_nothing_replaces_nothing(empty: Any) -> None:
    known = {"updatedAt": at(1), "odometer": part(1, mileage=100), "undated": {"a": 1}}
    assert put_together(known, empty) == known


MINUTES = st.integers(0, 999)
VALUES = st.fixed_dictionaries({"a": st.integers(0, 3)}, optional={"b": st.integers(0, 3)})
NAMES = ("odometer", "kinetic", "ignition")


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """States of one vehicle, each part of which was told at moments of its own."""
    states = []
    for place in range(draw(st.integers(2, 4))):
        # No two are of the same moment: which of them counts then is for the order of arrival.
        state: dict[str, Any] = {"updatedAt": at(10 * draw(MINUTES) + place), "undated": draw(VALUES)}
        for name in draw(st.sets(st.sampled_from(NAMES))):
            state[name] = part(10 * draw(MINUTES) + place, **draw(VALUES))
        for kind in draw(st.sets(st.sampled_from(["Electric", "Fuel"]))):
            inner = part(10 * draw(MINUTES) + place, **draw(VALUES))
            state.setdefault("energies", []).append(part(10 * draw(MINUTES) + place, type=kind, load=inner))
        if draw(st.booleans()):
            word = draw(st.sampled_from(["None", "Geolocation"]))
            state["privacy"] = part(10 * draw(MINUTES) + place, state=word)
        if draw(st.booleans()):
            coordinates = {"coordinates": [draw(st.integers(0, 3)), 45]}
            state["lastPosition"] = {"geometry": coordinates, "properties": part(10 * draw(MINUTES) + place)}
        states.append(state)
    return states


def in_order(state: Any) -> Any:
    """With lists of parts sorted, whose order says nothing."""
    return state | {"energies": sorted(state.get("energies", []), key=lambda item: str(item["type"]))}


@settings(max_examples=examples(300), deadline=None)
@given(histories())
def test_any_order_gives_the_same_state_and_no_value_is_younger_than_it_was_said(states: list[Any]) -> None:
    before = deepcopy(states)
    found = [in_order(put_together(*order, since=NOW + timedelta(days=99))) for order in permutations(states)]
    assert states == before
    assert all(each == found[0] for each in found)
    for name in NAMES:
        told = [state[name] for state in states if name in state]
        assert found[0].get(name) == max(told, key=lambda each: str(each["createdAt"]), default=None)


SAID: dict[str, Callable[[int, dict[str, str]], dict[str, Any]]] = {
    "mileage": lambda value, date: {"odometer": {"mileage": value, **date}},
    "battery": lambda value, date: {"battery": {"voltage": value, **date}},
    "movement": lambda value, date: {"kinetic": {"moving": True, "speed": value, **date}},
    "energy-Electric": lambda value, date: {"energies": [{"type": "Electric", "level": value, **date}]},
}


@st.composite
def answers(draw: st.DrawFn) -> tuple[datetime, Any, dict[tuple[str, str], datetime]]:
    """When a state came, the state, and when the vehicle said each value (row, text), whatever the dates in it."""
    arrived = NOW + timedelta(hours=draw(st.integers(0, 50)))
    state: dict[str, Any] = {"updatedAt": format_time(arrived)}
    said = {}
    for key in draw(st.sets(st.sampled_from(sorted(SAID)), min_size=1)):
        value = draw(st.integers(5, 30))
        # No two values have the same date, which would stand still.
        true = arrived - timedelta(minutes=draw(st.integers(0, 3000)), seconds=value)
        dates = [
            ({"createdAt": format_time(true)}, true),
            ({"updatedAt": format_time(true), "createdAt": at(-9000)}, true),
            # One that stands still: what has changed with the document is of the document's moment. And none.
            ({"createdAt": at(-9000)}, arrived),
            ({}, true),
        ]
        date, true = draw(st.sampled_from(dates))
        state |= SAID[key](value, date)
        said[key, str(value)] = true
    return arrived, state, said


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(answers(), min_size=1, max_size=4))
def test_no_value_is_shown_younger_than_it_is(told: list[Any]) -> None:
    state: Any = {}
    true: dict[tuple[str, str], datetime] = {}
    for arrived, document, said in sorted(told, key=lambda answer: answer[0]):
        state = merged(state, document, arrived)
        for known, moment in said.items():
            true[known] = max(true.get(known, moment), moment)
    for row in state_rows(state):
        value = row.text.partition(" ")[0]
        assert row.at is None or row.at <= true[row.key, value], row
