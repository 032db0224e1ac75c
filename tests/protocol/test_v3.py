"""The codec: what the published API allows is read, what it does not is refused with its path, nothing is lost."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from protocol import statuses
from protocol.canonical import encode_event
from protocol.catalogue import BY_V3_KEY, BY_V3_TYPE_NAME, COMMANDS, REMOTE_TYPES
from protocol.errors import Invalid
from protocol.ids import vin_capitals
from protocol.v3 import (
    decode_action,
    decode_notification,
    decode_remote,
    decode_subscribe,
    encode_notification,
    encode_remote,
)
from tests.strategies import TEXTS

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "protocol"
needs_published = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published OpenAPI files are not beside this checkout"
)

# One valid payload of each shape for the types that are fully checked.
VALID: list[dict[str, Any]] = [
    {"door": {"state": "Locked"}},
    {"door": {"state": "Unlocked", "forced": True}},
    {"horn": {"state": "Activated"}},
    {"horn": {"state": "Unactivated", "number": 3}},
    {"lights": {"on": True}},
    {"lights": {"on": False, "duration": "PT20S"}},
    {"state": {"action": "state"}},
    {"wakeUp": {"action": "WakeUp"}},
    {"wakeUp": {}},
]


@pytest.mark.parametrize("body", VALID, ids=json.dumps)
@given(label=st.none() | TEXTS, extra=st.dictionaries(st.just("x-note"), st.integers()))
def test_what_is_read_is_written_the_same(body: dict[str, Any], label: str | None, extra: dict[str, int]) -> None:
    whole = {**({} if label is None else {"label": label}), **body, **extra}
    assert encode_remote(decode_remote(whole)) == whole


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"door": {"state": "locked"}}, "door.state"),
        ({"door": {"state": "Locked", "forced": "yes"}}, "door.forced"),
        ({"door": "Locked"}, "door"),
        ({"horn": {}}, "horn.state"),
        ({"horn": {"state": "Activated", "number": -1}}, "horn.number"),
        ({"horn": {"state": "Activated", "number": False}}, "horn.number"),
        ({"horn": {"state": "Activated", "number": True}}, "horn.number"),
        ({"lights": {"on": "true"}}, "lights.on"),
        ({"lights": {"on": True, "duration": "20"}}, "lights.duration"),
        ({"lights": {"on": True, "duration": "PT"}}, "lights.duration"),
        ({"state": {"action": "State"}}, "state.action"),
        ({"wakeUp": {"action": "Sleep"}}, "wakeUp.action"),
        ({"preconditioning": {"airConditioning": {}}}, "preconditioning.airConditioning"),
        ({"preconditioning": {"airConditioning": {"programs": [{"slot": 5}]}}}, "preconditioning"),
        ({"navigation": {"positions": [{"type": "Point", "coordinates": [2, 91]}]}}, "navigation.positions[0]"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_path(body: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_remote(body)
    assert caught.value.path.startswith(path)
    assert caught.value.message


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: st.lists(s) | st.dictionaries(st.sampled_from(["door", "horn", "state", "label", "x"]), s),
        max_leaves=8,
    )
)
def test_garbage_is_refused_and_never_breaks_the_reader(body: object) -> None:
    for decode in (decode_remote, decode_subscribe, decode_notification):
        with suppress(Invalid):
            decode(body)


def test_two_spellings_with_different_values_are_refused() -> None:
    webhook = {"target": "https://x", "name": "x"}
    body = {
        "callback": {"webhook": webhook},
        "retryPolicy": {"policy": "Bounded", "retryNumber": 1, "maxRetryNumber": 2},
    }
    with pytest.raises(Invalid, match="retryNumber"):
        decode_subscribe(body)


def test_defaults_of_a_callback() -> None:
    read = decode_subscribe({"callback": {"webhook": {"target": "https://x", "name": "x"}}})
    assert (read.policy, read.retry_number, read.retry_delay, read.batch_size, read.remote_types) == (
        "Bounded",
        3,
        10,
        0,
        (),
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=5), s, max_size=3),
    max_leaves=5,
)
_WORD = TEXTS.filter(bool)


@given(
    st.fixed_dictionaries(
        {
            "remoteActionId": _WORD,
            "vin": _WORD.map(vin_capitals),
            "eventDate": st.datetimes().map(lambda date: date.isoformat(timespec="milliseconds") + "Z"),
            "remoteType": _WORD,
            "eventStatus": st.fixed_dictionaries(
                {"type": _WORD, "status": _WORD}, optional={"failureCause": _WORD, "progress": _JSON}
            ),
        },
        optional={"mood": _JSON},
    )
)
def test_an_event_comes_back_as_it_was(event: dict[str, Any]) -> None:
    events, unreadable = decode_notification({"events": [event]})
    assert unreadable == []
    assert encode_event(events[0]) == event


@pytest.mark.parametrize(
    ("status", "read"),
    [
        ({"type": "Failed", "status": "Failed", "failureCause": "DoorsOpen"}, ("Done", "Failed", "DoorsOpen")),
        ({"type": "Failed"}, ("Done", "Failed", None)),
        ({"type": "Failed", "status": "VehicleInUse"}, ("Done", "Failed", "VehicleInUse")),
        ({"type": "Failed", "status": {"RemoteDoneEventStatus": "Failed"}}, ("Done", "Failed", None)),
        ({"type": "Done", "status": {"RemoteDoneEventStatus": "Success"}}, ("Done", "Success", None)),
        ({"status": {"RemoteDoneEventStatus": "AlreadyDone"}}, ("Done", "AlreadyDone", None)),
        ({"status": {"RemotePendingEventStatus": "Accepted"}}, ("Pending", "Accepted", None)),
        ({"type": ["Pending"], "status": {"RemotePendingEventStatus": ["Novel"]}}, ("Pending", "Novel", None)),
        (
            {"type": "Done", "status": "Failed", "failureCause": {"RemoteFailedEventStatus": "CidInside"}},
            ("Done", "Failed", "CidInside"),
        ),
    ],
    ids=json.dumps,
)
def test_literal_forms_of_a_status_are_read(status: dict[str, Any], read: tuple[str, str, str | None]) -> None:
    ((event,), unreadable) = decode_notification({"events": [{"remoteActionId": "a1", "eventStatus": status}]})
    assert (event.type, event.status, event.failure_cause, unreadable, event.extra) == (*read, [], {})
    # Who is told of it gets the published form.
    told = encode_event(event)["eventStatus"]
    assert told == {"type": read[0], "status": read[1], **({"failureCause": read[2]} if read[2] else {})}


@pytest.mark.parametrize(
    "status",
    [
        {"type": "Done", "status": {"RemoteDoneEventStatus": "Success", "RemotePendingEventStatus": "Accepted"}},
        {"type": "Done", "status": {}},
        {"type": "Done", "status": {"RemoteDoneEventStatus": 7}},
        {"status": "Success"},
    ],
    ids=json.dumps,
)
def test_more_than_one_word_is_no_status(status: dict[str, Any]) -> None:
    events, unreadable = decode_notification({"events": [{"remoteActionId": "a1", "eventStatus": status}]})
    assert (events, len(unreadable)) == ([], 1)


def test_an_array_of_notifications_is_read_member_by_member() -> None:
    one = {"remoteActionId": "a1", "eventStatus": {"type": "Pending", "status": "Accepted"}}
    good, mixed = {"callbackId": "c1", "events": [one, one]}, {"events": [{"remoteActionId": 1}, one]}
    events, unreadable = decode_notification([good, "what?", mixed, {"events": 1}, [good]])
    assert [event.status for event in events] == ["Accepted"] * 3
    assert [item.reason.split(".")[0] for item in unreadable] == ["[1]", "[2]", "[3]", "[4]"]
    with pytest.raises(Invalid, match="at least one"):
        decode_notification([])


def test_a_horn_of_0_is_a_horn_without_a_number() -> None:
    read = decode_remote({"horn": {"number": 0, "state": "Activated"}})
    assert read.payload == {"state": "Activated"}
    assert encode_remote(read) == {"horn": {"state": "Activated"}}


def test_what_is_read_of_an_action_has_the_literal_forms_too() -> None:
    body = {"remoteActionId": 7, "type": ["Doors"], "status": {"RemoteDoneEventStatus": "Failed"}}
    report = decode_action({**body, "failureCause": ["DoorsOpen"]})
    assert (report.remote_action_id, report.status, report.failure_cause) == ("7", "Failed", "DoorsOpen")


def test_names_are_unique_in_the_catalogue() -> None:
    assert len(BY_V3_TYPE_NAME) == len(REMOTE_TYPES)
    for remote_type, command in COMMANDS.values():
        decoded = decode_remote({remote_type.v3.key: command.payload})
        assert decoded.remote_type is remote_type


def _published(name: str) -> dict[str, Any]:
    return yaml.safe_load((PUBLISHED / name).read_text())["components"]["schemas"]


@needs_published
def test_words_are_those_of_the_published_files() -> None:
    api, webhook = _published("fleet-owner-v3.yaml"), _published("fleet-owner-v3-webhook.yaml")
    own = {entry.v3.type_name for entry in REMOTE_TYPES.values() if entry.v3.extension}
    assert set(api["RemoteType"]["enum"]) == set(BY_V3_TYPE_NAME) - own
    assert set(webhook["RemoteFailedEventStatus"]["enum"]) == set(statuses.FAILURE_CAUSES_V3)
    assert set(webhook["RemoteDoneEventStatus"]["enum"]) == set(statuses.DONE_STATUSES)
    assert set(webhook["RemotePendingEventStatus"]["enum"]) <= set(statuses.PENDING_STATUSES)
    assert set(webhook["RemoteEventFeedbackDetail"]["enum"]) == set(statuses.FEEDBACK_DETAILS)
    assert set(api["CallbackStatus"]["enum"]) == set(statuses.CALLBACK_STATUSES)
    assert set(webhook["RemoteType"]["enum"]) - {"ChargingState"} <= set(BY_V3_TYPE_NAME)
    assert set(api["Remote"]["properties"]) - {"label"} <= set(BY_V3_KEY)


@needs_published
def test_our_notification_is_a_published_one() -> None:
    from jsonschema import Draft4Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT4

    document = yaml.safe_load((PUBLISHED / "fleet-owner-v3-webhook.yaml").read_text())
    registry = Registry().with_resource("urn:webhook", DRAFT4.create_resource(document))
    validator = Draft4Validator({"$ref": "urn:webhook#/components/schemas/RemoteEvents"}, registry=registry)
    event = {
        "remoteActionId": "a1",
        "vin": "VF3ABCDE0FG123456",
        "eventDate": "2026-11-21T12:00:00.000Z",
        "remoteType": "Doors",
        "eventStatus": {"type": "Done", "status": "Failed", "failureCause": "DoorsOpen"},
    }
    validator.validate(encode_notification("c1", [{"type": "Body", "key": "a", "value": "b"}], [event]))
    assert not validator.is_valid(encode_notification("c1", [], [{**event, "eventStatus": {"type": "Done"}}]))
