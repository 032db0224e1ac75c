"""The rules of each payload: what the catalogue's schemas allow is read and written the same, one breach is refused."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.v3 import decode_remote, decode_subscribe, encode_remote
from tests.long_form import LONG
from tests.strategies import bodies, broken_bodies

TYPES = list(REMOTE_TYPES.values())


def refusal(body: object) -> Invalid:
    with pytest.raises(Invalid) as caught:
        decode_remote(body)
    return caught.value


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@given(data=st.data())
def test_what_the_schema_allows_comes_back_the_same(entry: RemoteType, data: st.DataObject) -> None:
    body = data.draw(bodies(entry.name))
    read = decode_remote(body)
    assert read.remote_type is entry
    assert encode_remote(read) == body


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@settings(max_examples=1000 if LONG else 25)
@given(data=st.data())
def test_one_broken_rule_is_refused_with_its_path(entry: RemoteType, data: st.DataObject) -> None:
    body, path = data.draw(broken_bodies(entry.name))
    error = refusal(body)
    assert error.path == path, (body, str(error))
    assert error.message


PROGRAM = {"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}}


def climate(*programs: dict[str, Any]) -> dict[str, Any]:
    return {"preconditioning": {"airConditioning": {"programs": list(programs)}}}


def charging(**fields: Any) -> dict[str, Any]:
    return {"charging": fields}


def points(*places: Sequence[Any]) -> dict[str, Any]:
    return {"navigation": {"positions": [{"type": "Point", "coordinates": place} for place in places]}}


TIME = "2026-11-21T08:00:00Z"

ALLOWED = [
    climate({"slot": 4, "actionsType": "Delete"}),
    climate({**PROGRAM, "actionsType": "Set", "recurrence": "None"}, {**PROGRAM, "slot": 2}),
    climate({**PROGRAM, "start": "PT23H59M59S"}, {"slot": 2, "actionsType": "Delete"}),
    {"preconditioning": {"airConditioning": {"immediate": False, "programs": []}}},
    charging(immediate=False),
    charging(immediate=True, schedule={"nextDelayedTime": TIME}),
    charging(schedule={"programs": [{"start": "PT1H", "end": "PT2H"}, {"start": "PT3H", "slot": 1}]}),
    charging(nextDelayedTime="2026-11-21T08:00:00.5+01:00"),
    charging(preferences={"level": "Level5"}),
    {"stolen": {"trackingPeriod": {"running": 5, "shutdown": 60}}},
    {"tan": {"suppress": {"state": False}}},
    {"tan": {"suppress": {"state": True, "duration": 5}}},
    points(*([-180, -90], [180, 90, 12.5]) * 5),
]


@pytest.mark.parametrize("body", ALLOWED, ids=json.dumps)
def test_the_borders_are_inside(body: dict[str, Any]) -> None:
    assert encode_remote(decode_remote(body)) == body


AIR = "preconditioning.airConditioning"
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # Placeholders of the published examples: the words say what to write there.
    (climate({"slot": 0}), f"{AIR}.programs[0].slot", "0 is not allowed; must be a whole number from 1 to 4"),
    (climate({"slot": 1, "start": "string"}), f"{AIR}.programs[0].start", "such as PT14H30M"),
    (charging(nextDelayedTime="string"), "charging.nextDelayedTime", "such as 2026-11-21T08:00:00Z"),
    (climate({**PROGRAM, "slot": "string"}), f"{AIR}.programs[0].slot", "a whole number from 1 to 4"),
    (climate({**PROGRAM, "start": 7}), f"{AIR}.programs[0].start", "such as PT14H30M"),
    # What Set and Delete need.
    (climate({"slot": 1}), f"{AIR}.programs[0].enabled", "is required"),
    (climate({"actionsType": "Delete"}), f"{AIR}.programs[0].slot", "is required"),
    (climate({**PROGRAM, "occurence": {}}), f"{AIR}.programs[0].occurence.day", "is required"),
    (climate(PROGRAM, PROGRAM), f"{AIR}.programs[1].slot", "each slot once at the most"),
    (climate(*[{**PROGRAM, "slot": n} for n in (1, 2, 3, 4, 4)]), f"{AIR}.programs", "4 at the most"),
    (climate({**PROGRAM, "start": "PT24H"}), f"{AIR}.programs[0].start", "below 24 hours"),
    ({"preconditioning": {"airConditioning": {"later": 1}}}, AIR, "at least one of: immediate, programs"),
    # Exactly one of, never together.
    (charging(schedule={}), "charging.schedule", "exactly one of: nextDelayedTime, programs"),
    (charging(schedule={"nextDelayedTime": TIME, "programs": []}), "charging.schedule", "exactly one of"),
    (charging(preferences={"type": "Full"}, immediate=False), "charging", "preferences can't stand beside"),
    (charging(schedule={"programs": [{"slot": 5}]}), "charging.schedule.programs[0].slot", "from 1 to 4"),
    ({"stolen": {"stolen": True, "immobilization": {"activate": True}}}, "stolen", "exactly one of: stolen"),
    ({"stolen": {"trackingPeriod": {"running": 4}}}, "stolen.trackingPeriod.running", "5 or more"),
    ({"stolen": {"trackingPeriod": {"shutdown": 59}}}, "stolen.trackingPeriod.shutdown", "60 or more"),
    ({"tan": {"suppress": {"state": True}}}, "tan.suppress.duration", "is required"),
    ({"tan": {"suppress": {"state": True, "duration": 6}}}, "tan.suppress.duration", "from 0 to 5"),
    ({"tan": {}}, "tan", "exactly one of: suppress, confirm"),
    # GeoJSON: longitude first.
    (points(), "navigation.positions", "at least 1"),
    (points(*[[0, 0]] * 11), "navigation.positions", "10 at the most"),
    (points([0, 0], [45, 91]), "navigation.positions[1].coordinates[1]", "from -90 to 90"),
    (points([-180.1, 0]), "navigation.positions[0].coordinates[0]", "from -180 to 180"),
    (points([4.8]), "navigation.positions[0].coordinates", "at least 2"),
    (points([float("inf"), 0]), "navigation.positions[0].coordinates[0]", "too large"),
]


@pytest.mark.parametrize(("body", "path", "words"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_breach_names_the_field_and_what_is_allowed(body: dict[str, Any], path: str, words: str) -> None:
    error = refusal(body)
    assert error.path == path
    assert words in error.message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "none stands in it"),
        ({"windows": {}}, "none stands in it"),
        ({"door": {"state": "Locked"}, "horn": {"state": "Activated"}}, "door and horn stand in it"),
    ],
)
def test_none_two_or_an_unknown_action_lists_the_known_keys(body: dict[str, Any], words: str) -> None:
    error = refusal(body)
    assert words in error.message
    assert all(entry.v3.key in error.message for entry in TYPES)


PROGRAM_V1 = {"occurrence" if key == "occurence" else key: value for key, value in PROGRAM.items()}
SPELLINGS = [
    ({"ligths": {"on": True}}, {"lights": {"on": True}}),
    ({"ligths": {"on": True}, "lights": {"on": True}}, {"lights": {"on": True}}),
    (
        {"preonditionning": {"airConditioning": {"immediate": True}}},
        {"preconditioning": {"airConditioning": {"immediate": True}}},
    ),
    (climate(PROGRAM_V1), climate(PROGRAM)),
    (climate({**PROGRAM_V1, **PROGRAM}), climate(PROGRAM)),
    (charging(schedule={"programs": [PROGRAM_V1]}), charging(schedule={"programs": [PROGRAM]})),
]


@pytest.mark.parametrize(("sent", "kept"), SPELLINGS, ids=json.dumps)
def test_misspellings_are_taken_and_written_right(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    assert encode_remote(decode_remote(sent)) == kept


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"ligths": {"on": True}, "lights": {"on": False}}, "lights"),
        (climate({**PROGRAM, "occurrence": {"day": ["Tue"]}}), f"{AIR}.programs[0].occurence"),
    ],
)
def test_two_spellings_with_different_values_are_refused_at_their_place(body: dict[str, Any], path: str) -> None:
    error = refusal(body)
    assert error.path == path
    assert "with another value" in error.message


HOOK = {"target": "https://example.com", "name": "hook"}


def subscribe(webhook: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"callback": {"webhook": {**HOOK, **(webhook or {})}}, **fields}


def test_a_callbacks_misspellings_are_taken_beside_the_right_names() -> None:
    attributes = [{"type": "Header", "key": "X-Vin", "value": "$vin"}]
    retry = {"policy": "Bounded", "maxRetryNumber": 7, "retryNumber": 7}
    sent = subscribe(
        {"attributres": attributes, "attributes": attributes, "batch": {"enabled": True, "size": 5}},
        retryPolicy=retry,
        notificationTypes=["Doors"],
        remoteTypes=["Doors"],
        batchNotify={"size": 5},
    )
    read = decode_subscribe(sent)
    assert read.document == subscribe(
        {"attributes": attributes},
        retryPolicy={"policy": "Bounded", "retryNumber": 7},
        remoteTypes=["Doors"],
        batchNotify={"size": 5},
    )
    assert (read.retry_number, read.batch_size, read.remote_types) == (7, 5, ("Doors",))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (
            subscribe(retryPolicy={"policy": "Bounded", "retryNumber": 1, "maxRetryNumber": 2}),
            "retryPolicy.retryNumber",
        ),
        (subscribe({"attributres": [], "attributes": None}), "callback.webhook.attributes"),
        (subscribe(notificationTypes=["Doors"], remoteTypes=["Horn"]), "remoteTypes"),
        (subscribe({"batch": {"size": 5}}, batchNotify={"size": 6}), "batchNotify"),
    ],
)
def test_a_callbacks_two_spellings_must_agree(body: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_subscribe(body)
    assert caught.value.path == path


def test_what_the_prose_knows_and_the_schema_does_not_is_kept() -> None:
    body = subscribe(
        {"future": 1},
        extendedEventParam=["vehicle.position"],
        retryPolicy={"policy": "Always"},
        batchNotify={"size": 0},
    )
    read = decode_subscribe(body)
    assert read.document == body
    assert (read.policy, read.batch_size) == ("Always", 0)


@pytest.mark.parametrize("value", ["\x00", "\ud800", float("inf"), {"\x00": 1}], ids=repr)
def test_what_no_database_can_hold_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(Invalid) as caught:
        decode_remote({"door": {"state": "Locked"}, "note": [value]})
    assert caught.value.path == "note[0]"
    with pytest.raises(Invalid):
        decode_subscribe(subscribe(note=value))
