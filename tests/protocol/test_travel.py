"""Between the dialects: what is said in one is said in the other, or refused naming the field; nothing is cut."""

import json
import re
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import v1, v3
from protocol.canonical import Event, Remote, encode_event
from protocol.canonical.moving import places
from protocol.canonical.travel import cannot_travel
from protocol.catalogue import BY_V1_KEY, REMOTE_TYPES, RemoteType
from protocol.dialects import codec, decode_notification
from protocol.errors import Invalid
from protocol.examples import EXAMPLES
from protocol.v1.forms import FORMS
from protocol.v3.forms import FORMS as V3_FORMS
from tests.long_form import LONG
from tests.published import API, API_V1, WEBHOOK, WEBHOOK_V1, hold
from tests.strategies import TEXTS, valid

DRAWN = 1000 if LONG else 15


@cache
def canonical(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Canonical payloads of a type: what v3 allows, and what is read of v1."""
    entry = REMOTE_TYPES[name]
    found = valid(entry.schema)
    if entry.v1 is None:
        return found
    key = entry.v1.key
    return found | valid(FORMS[name].schema).map(lambda item: v1.decode_remote({"action": {key: item}}).payload)


def there(payload: Any, path: str) -> bool:
    """Whether a path names something in the payload."""
    for part in re.findall(r"[^.\[\]]+", path):
        key = int(part) if isinstance(payload, list) else part
        if not (key < len(payload) if isinstance(key, int) else isinstance(payload, dict) and key in payload):
            return False
        payload = payload[key]
    return True


@pytest.mark.parametrize("dialect", ["v1", "v3"])
@pytest.mark.parametrize("entry", REMOTE_TYPES.values(), ids=lambda entry: entry.name)
@settings(max_examples=DRAWN)
@given(data=st.data())
def test_a_payload_comes_back_whole_or_is_refused_naming_the_field(
    entry: RemoteType, dialect: str, data: st.DataObject
) -> None:
    payload = data.draw(canonical(entry.name))
    before = json.dumps(payload)
    error = cannot_travel(entry, payload, dialect)
    if error is None:
        written = codec(dialect).encode_remote(Remote(entry, payload, "label", {"x-note": 1}))
        read = codec(dialect).decode_remote(written)
        assert (read.remote_type, read.label, read.extra) == (entry, "label", {"x-note": 1})
        assert read.payload == meant(entry.name, payload, dialect)
    else:
        root, _, path = error.path.partition(".")
        assert root == entry.v3.key
        assert there(payload, path) or "is required in" in error.message, str(error)
    assert json.dumps(payload) == before  # nobody's payload is changed


@pytest.mark.parametrize(("dialect", "file"), [("v1", API_V1), ("v3", API)])
@pytest.mark.parametrize("entry", REMOTE_TYPES.values(), ids=lambda entry: entry.name)
@settings(max_examples=1000 if LONG else 10)
@given(data=st.data())
def test_what_travels_is_held_to_the_published_file(
    entry: RemoteType, dialect: str, file: str, data: st.DataObject
) -> None:
    payload = data.draw(canonical(entry.name))
    # The words of both files ask for no more than the slot of a program that is deleted; their schemas do.
    if cannot_travel(entry, payload, dialect) is None and not _deletes(payload):
        hold(codec(dialect).encode_remote(Remote(entry, payload, "label")), "Remote", file)


def _deletes(payload: dict[str, Any]) -> bool:
    return '"actionsType": "Delete"' in json.dumps(payload)


def meant(name: str, payload: dict[str, Any], dialect: str) -> dict[str, Any]:
    """The payload with the same meaning in the words of a dialect."""
    if name == "WakeUp" and dialect == "v1":
        return {"action": "WakeUp", **payload}
    if name == "Preconditioning" and dialect == "v1":
        air = payload["airConditioning"]
        kept = [{k: v for k, v in item.items() if k != "recurrence"} for item in air.get("programs", [])]
        return {**payload, "airConditioning": {**air, **({"programs": kept} if "programs" in air else {})}}
    if name == "Charging" and dialect == "v3" and "deferred" in payload:
        rest = {key: value for key, value in payload.items() if key != "deferred"}
        return {**rest, "immediate": payload["deferred"]["start"]["immediate"]}
    if name == "Navigation" and dialect == "v3":
        kept = [{k: v for k, v in item.items() if k != "properties"} for item in payload["positions"]]
        return {**payload, "positions": kept}
    return payload


POINT = {"type": "Point", "coordinates": [4.83, 45.76]}
PROGRAM = {"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}}
LEVELS = {"minChargingLevel": 0, "maxChargingLevel": 100}
AIR = "preconditioning.airConditioning"
FROM_V3_TO_V1: list[tuple[dict[str, Any], str | None]] = [
    ({"door": {"state": "Locked", "forced": True}}, "door.forced"),
    ({"lights": {"on": True, "duration": "PT20S"}}, "lights.duration"),
    ({"lights": {"on": True, "state": "Unactivated"}}, "lights.state"),
    ({"horn": {"state": "Activated", "number": 2}}, "horn.number"),
    ({"horn": {"state": "Activated", "number": 0}}, None),
    ({"state": {}}, "state"),
    ({"wakeUp": {}}, None),
    ({"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "recurrence": "Daily"}]}}}, None),
    (
        {"preconditioning": {"airConditioning": {"programs": [PROGRAM, {**PROGRAM, "slot": 2, "recurrence": "None"}]}}},
        f"{AIR}.programs[1].recurrence",
    ),
    ({"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "temp": 21}]}}}, None),
    (
        {"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "temp": "x"}]}}},
        f"{AIR}.programs[0].temp",
    ),
    ({"charging": {"immediate": False}}, None),
    ({"charging": {"nextDelayedTime": "2026-11-21T08:00:00Z"}}, "charging.nextDelayedTime"),
    ({"charging": {"schedule": {"nextDelayedTime": "2026-11-21T08:00:00Z"}}}, "charging.schedule.nextDelayedTime"),
    ({"charging": {"schedule": {"programs": [PROGRAM]}}}, "charging.schedule.programs[0].minChargingLevel"),
    ({"charging": {"schedule": {"programs": [{**PROGRAM, **LEVELS}]}}}, None),
    (
        {"charging": {"schedule": {"programs": [{**PROGRAM, **LEVELS, "end": "PT9H"}]}}},
        "charging.schedule.programs[0].end",
    ),
    (
        {"charging": {"schedule": {"programs": [{**PROGRAM, **LEVELS, "slot": 4}]}}},
        "charging.schedule.programs[0].slot",
    ),
    ({"charging": {"preferences": {"level": "Level3"}}}, None),
    ({"charging": {"preferences": {"level": "Level3", "type": "Full"}}}, "charging.preferences"),
    ({"charging": {"immediate": True, "charge": {"programs": []}}}, "charging.charge.programs"),
    ({"stolen": {"trackingPeriod": {"running": 60}}}, "stolen.trackingPeriod"),
    ({"stolen": {"immobilization": {"activate": True}}}, None),
    ({"navigation": {"positions": [POINT]}}, None),
    ({"navigation": {"positions": [POINT], "driverApproval": True}}, "navigation.driverApproval"),
]


@pytest.mark.parametrize(("body", "path"), FROM_V3_TO_V1, ids=json.dumps)
def test_what_a_v3_client_says_goes_to_a_v1_vehicle_or_is_refused(body: dict[str, Any], path: str | None) -> None:
    remote = v3.decode_remote(body)
    error = cannot_travel(remote.remote_type, remote.payload, "v1")
    assert (error.path if error else None) == path, str(error)


def test_what_is_asked_for_is_in_terms_of_the_canonical_payload() -> None:
    both = {"preferences": {"level": "Level3", "type": "Full"}}
    assert "exactly one of: level, type" in str(cannot_travel(REMOTE_TYPES["Charging"], both, "v1"))
    programs = {"schedule": {"programs": [PROGRAM]}}
    error = cannot_travel(REMOTE_TYPES["Charging"], programs, "v1")
    assert "is required in Connected Car v1; add it" in str(error)


@pytest.mark.parametrize("dialect", ["v1", "v3"])
@pytest.mark.parametrize("entry", REMOTE_TYPES.values(), ids=lambda entry: entry.name)
def test_an_example_shows_each_field_that_a_dialect_has_no_place_for(entry: RemoteType, dialect: str) -> None:
    forms = {"v1": FORMS, "v3": V3_FORMS}[dialect]
    for item in forms[entry.name].no_place if entry.name in forms else ():
        shown = [sample for sample in EXAMPLES[entry.name] if any(places(sample, item.place))]
        assert shown, item.place
        assert any(cannot_travel(entry, sample, dialect) for sample in shown)


FROM_V1_TO_V3: list[tuple[dict[str, Any], str | None]] = [
    ({"lights": {"state": "Activated", "duration": "PT20S"}}, None),
    ({"preconditioning": {"airConditioning": {"settings": {"temp": 21}}}}, f"{AIR}.settings"),
    ({"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "temp": 21}]}}}, f"{AIR}.programs[0].temp"),
    ({"preconditioning": {"airConditioning": {"programs": [PROGRAM]}}}, None),
    ({"charging": {"charge": {"deferred": {"start": {"immediate": True}}}}}, None),
    ({"charging": {"charge": {"deferred": {"start": {"startTime": "PT1H"}}}}}, "charging.deferred"),
    ({"charging": {"charge": {"programs": [LEVELS]}}}, "charging.schedule.programs[0].minChargingLevel"),
    ({"charging": {"charge": {"settings": {"chargeLimit": "High"}}}}, None),
    ({"navigation": {"positions": [{"geometry": POINT, "properties": {"name": "Depot"}}]}}, "positions[0].properties"),
    # A generated client writes empty defaults out: they say nothing.
    ({"navigation": {"positions": [{"geometry": POINT, "properties": {"phoneNumber": "", "address": {}}}]}}, None),
]


@pytest.mark.parametrize(("action", "path"), FROM_V1_TO_V3, ids=json.dumps)
def test_what_a_v1_client_says_goes_to_a_v3_vehicle_or_is_refused(action: dict[str, Any], path: str | None) -> None:
    remote = v1.decode_remote({"action": action})
    error = cannot_travel(remote.remote_type, remote.payload, "v3")
    assert error.path.endswith(path) if error and path else (error, path) == (None, None), str(error)


def test_a_second_action_beside_the_first_never_slips_through_the_other_dialect() -> None:
    horn = REMOTE_TYPES["Horn"]
    for dialect, name in [("v1", "action"), ("v1", "channelAttributes"), ("v3", "door"), ("v3", "ligths")]:
        error = cannot_travel(horn, {"state": "Activated"}, dialect, [name])
        assert error is not None
        assert error.path == name
        assert cannot_travel(horn, {"state": "Activated"}, dialect, ["note"]) is None


# Notifications

STATUS = {"type": "Done", "status": "Failed", "failureCause": "DoorsOpen"}


def message(remote_type: str = "Doors", **more: Any) -> dict[str, Any]:
    event = {"remoteActionId": "a1", "remoteType": remote_type, "eventStatus": STATUS}
    return {"channelId": "c1", "type": "Remote", "date": "2026-11-21T12:00:00.000Z", "remoteEvent": event, **more}


def notification(*ids: str) -> dict[str, Any]:
    events = [{"remoteActionId": item, "vin": "V", "remoteType": "Doors", "eventStatus": STATUS} for item in ids]
    return {"callbackId": "c1", "attributes": [], "events": events}


def test_notifications_of_either_dialect_come_mixed_in_an_array() -> None:
    monitor = {"channelId": "c1", "type": "Monitor", "date": "2026-11-21T12:00:00Z", "monitorEvent": {}}
    bare = {"channelId": "c1", "type": "Remote", "date": "2026-11-21T12:00:00Z"}
    events, unreadable = decode_notification(
        [message(), notification("b1", "b2"), 7, monitor, bare, message("Locking"), {"events": 1}]
    )
    assert [event.remote_action_id for event in events] == ["a1", "b1", "b2", "a1"]
    assert [(item.reason.split(":")[0], item.event) for item in unreadable] == [
        ("[2].events", 7),
        ("[3].type", monitor),
        ("[4].remoteEvent", bare),
        ("[6].events", {"events": 1}),
    ]
    assert decode_notification(message()) == v1.decode_notification(message()) == v1.decode_notification([message()])
    assert decode_notification(notification("b1")) == v3.decode_notification(notification("b1"))
    nothing: list[object] = [[], {}, "x", None]
    for garbage in nothing:
        with pytest.raises(Invalid):
            decode_notification(garbage)
        with pytest.raises(Invalid):
            v1.decode_notification(garbage)


SPELLINGS = {
    **{wire.type_name: entry.v3.type_name for entry in BY_V1_KEY.values() for wire in (entry.v3, entry.v1) if wire},
    "Tan.suppress": "Tan",
    "Tan.confirm": "Tan",
    "wakeup": "WakeUp",
    "VehicleConfig.KeyPairing": "VehicleConfig.KeyPairing",
}


@pytest.mark.parametrize(("written", "read"), SPELLINGS.items())
def test_both_spellings_of_a_type_are_the_same_and_an_unknown_one_is_kept(written: str, read: str) -> None:
    ((event,), _) = decode_notification(message(written))
    assert event.remote_type == read


def test_a_vin_is_read_where_a_message_has_one_and_all_else_is_kept() -> None:
    attributes = [{"key": "VIN", "value": "vf3abc"}, {"key": "job", "value": "7"}]
    body = message(attributes=attributes, mood="calm")
    body["remoteEvent"] |= {"extensions": [{"type": "vehicle.position"}]}
    body["remoteEvent"]["eventStatus"] = {**STATUS, "failureCause": "Novel", "progress": 3}
    ((event,), _) = decode_notification(body)
    assert (event.vin, event.failure_cause) == ("VF3ABC", "Novel")
    assert event.extra == {
        "extensions": [{"type": "vehicle.position"}],
        "eventStatus": {"progress": 3},
        "message": {"attributes": [{"key": "job", "value": "7"}], "mood": "calm"},
    }
    ((other,), _) = decode_notification(message(date="soon"))
    assert (other.vin, other.date, other.extra) == ("", None, {"eventDate": "soon"})


def test_what_a_channel_is_sent_is_published_with_the_actions_own_attributes() -> None:
    ((event,), _) = decode_notification(notification("b1"))
    pairs = ["$RemoteType", "$remotestatus", "$RemoteLabel", "$Vin", "$vin", "as it is"]
    attributes = [{"type": "Body", "key": f"k{n}", "value": value} for n, value in enumerate(pairs)]
    text = json.dumps({**encode_event(event), "label": "night", "attributes": attributes})
    body = json.loads(v1.encode_batch("c9", [{"key": "site", "value": "depot"}], [text]))
    hold(body, "Message", WEBHOOK_V1)
    assert [pair["value"] for pair in body["attributes"]] == [
        *("depot", "Doors", "Failed", "night", "V", "V", "as it is"),
    ]
    assert body["remoteEvent"] == {"remoteActionId": "b1", "remoteType": "Doors", "eventStatus": STATUS}
    many = json.loads(v1.encode_batch("c9", [], [text, text]))
    assert [item["channelId"] for item in many] == ["c9", "c9"]


_WORD = TEXTS.filter(bool)


@settings(max_examples=DRAWN)
@given(
    event=st.builds(
        Event,
        remote_action_id=_WORD,
        vin=st.just(""),
        date=st.none() | st.datetimes().map(lambda date: date.replace(microsecond=0)),
        remote_type=st.sampled_from([entry.v3.type_name for entry in REMOTE_TYPES.values()]) | st.just("Novel"),
        type=st.sampled_from(["Pending", "Done", "Novel"]),
        status=_WORD,
        failure_cause=st.none() | _WORD,
        feedback_detail=st.none() | _WORD,
        extra=st.dictionaries(st.sampled_from(["x-more", "extensions"]), st.integers(), max_size=1)
        | st.just({"message": {"mood": "calm"}})
        | st.just({"eventDate": "soon"}),
    )
)
def test_an_event_is_read_from_a_message_as_it_was(event: Event) -> None:
    text = msgspec.json.encode(encode_event(event))
    (read,), unreadable = v1.decode_notification(msgspec.json.decode(v1.encode_batch("c1", [], [text])))
    assert unreadable == []
    told = encode_event(read)
    sent = encode_event(event)
    if "eventDate" not in sent:
        del told["eventDate"]  # a message has a date in any case
    if sent.get("eventDate") == "soon":
        told = {key: value for key, value in told.items() if key != "message"}
    assert told == sent


def test_an_event_goes_to_a_callback_as_v3_has_it_whichever_way_it_came() -> None:
    ((event,), _) = decode_notification(message("Locking", attributes=[{"key": "vin", "value": "VF3"}]))
    hold(json.loads(v3.encode_batch("c1", [], [json.dumps(encode_event(event))])), "RemoteEvents", WEBHOOK)
