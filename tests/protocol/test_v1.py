"""Connected Car v1's codec: what is published is read and written, the rest refused in words of v1, nothing lost."""

import json
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocol import statuses, v1
from protocol.canonical import Remote
from protocol.canonical.attributes import Variables, headers, never_batched
from protocol.catalogue import BY_V1_KEY, REMOTE_TYPES, RemoteType
from protocol.errors import Invalid, NotOffered
from protocol.schema import path_of
from protocol.v1 import scopes
from protocol.v1.forms import FORMS
from protocol.v3 import decode_remote as decode_v3
from tests.long_form import LONG
from tests.published import API_V1, components, hold
from tests.strategies import TEXTS, broken, valid

TYPES = list(BY_V1_KEY.values())
AIR = "action.preconditioning.airConditioning"
CHARGE = "action.charging.charge"
PROGRAM = {"slot": 1, "enabled": True, "start": "PT7H", "occurrence": {"day": ["Mon"]}}
LEVELS = {"minChargingLevel": 20, "maxChargingLevel": 80}


def action(key: str, payload: object, **beside: Any) -> dict[str, Any]:
    return {**beside, "action": {key: payload}}


def climate(**air: Any) -> dict[str, Any]:
    return action("preconditioning", {"airConditioning": air})


def charging(**charge: Any) -> dict[str, Any]:
    return action("charging", {"charge": charge})


def route(*positions: object) -> dict[str, Any]:
    return action("navigation", {"positions": list(positions)})


def feature(longitude: float = 4.83, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [longitude, 45.76]}, **more}


def refusal(body: object) -> Invalid:
    with pytest.raises(Invalid) as caught:
        v1.decode_remote(body)
    return caught.value


READ: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (action("locking", {"state": "Locked"}), {"state": "Locked"}),
    (action("lights", {"state": "Unactivated"}), {"on": False}),
    (action("horn", {"state": "Activated"}), {"state": "Activated"}),
    (action("wakeup", {"action": "Wakeup"}), {"action": "WakeUp"}),
    (action("immobilization", {"activate": True}), {"activate": True}),
    (action("stolen", {"state": True}), {"stolen": True}),
    (action("stolen", {"crankInhibit": {"activate": False}}), {"immobilization": {"activate": False}}),
    (action("tan", {"suppress": {"state": True, "duration": 5}}), {"suppress": {"state": True, "duration": 5}}),
    (action("vehicleFinder", {"action": "GetPresentLocation"}), {"action": "GetPresentLocation"}),
    (action("onboardPersonalData", {"action": "Delete"}), {"action": "Delete"}),
    (
        climate(programs=[{**PROGRAM, "temp": 21.5}], settings={"temp": 19, "mode": "Auto", "state": "Activated"}),
        {
            "airConditioning": {
                "programs": [
                    {"slot": 1, "enabled": True, "start": "PT7H", "temp": 21.5, "occurence": {"day": ["Mon"]}}
                ],
                "settings": {"temp": 19, "mode": "Auto", "state": "Activated"},
            }
        },
    ),
    (charging(immediate=False), {"immediate": False}),
    (
        charging(programs=[{**PROGRAM, **LEVELS, "actionsType": "Set"}]),
        {
            "schedule": {
                "programs": [
                    {
                        "slot": 1,
                        "enabled": True,
                        "start": "PT7H",
                        **LEVELS,
                        "actionsType": "Set",
                        "occurence": {"day": ["Mon"]},
                    }
                ]
            }
        },
    ),
    (charging(settings={"chargePreferenceRate": "LowPlus"}), {"preferences": {"level": "Level2"}}),
    (charging(settings={"chargeLimit": "MedPlus"}), {"preferences": {"type": "Partial"}}),
    (charging(deferred={"start": {"startTime": "PT22H"}}), {"deferred": {"start": {"startTime": "PT22H"}}}),
    (
        route(feature(properties={"name": "Depot", "address": {"postalCode": 69001}}), feature(4.86)),
        {
            "positions": [
                {
                    "type": "Point",
                    "coordinates": [4.83, 45.76],
                    "properties": {"name": "Depot", "address": {"postalCode": 69001}},
                },
                {"type": "Point", "coordinates": [4.86, 45.76]},
            ]
        },
    ),
]


@pytest.mark.parametrize(("body", "payload"), READ, ids=json.dumps)
def test_each_form_of_v1_is_read_and_written_the_same_and_held_to_the_published_file(
    body: dict[str, Any], payload: dict[str, Any]
) -> None:
    whole = {"label": "by night", "attributes": [{"type": "Body", "key": "job", "value": "$RemoteLabel"}], **body}
    remote = v1.decode_remote(whole)
    assert remote.payload == payload
    assert v1.encode_remote(remote) == v1.show_remote(remote) == whole
    hold(whole, "Remote", API_V1)


@cache
def allowed(name: str) -> st.SearchStrategy[Any]:
    return valid(FORMS[name].schema)


@cache
def breaches(name: str) -> st.SearchStrategy[Any]:
    return broken(FORMS[name].schema)


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@settings(max_examples=1000 if LONG else 20)
@given(data=st.data())
def test_what_v1_allows_comes_back_the_same(entry: RemoteType, data: st.DataObject) -> None:
    assert entry.v1
    beside = st.dictionaries(st.sampled_from(["note", "x-trace"]), st.integers(), max_size=2)
    body = {**action(entry.v1.key, data.draw(allowed(entry.name))), **data.draw(beside)}
    remote = v1.decode_remote(body)
    assert remote.remote_type is entry
    assert v1.show_remote(remote) == _tidied(body)


def _tidied(body: dict[str, Any]) -> dict[str, Any]:
    """The same with the one spelling of waking up and the type of a position, which may be left out."""
    match body["action"]:
        case {"wakeup": payload}:
            return action("wakeup", {**payload, "action": "Wakeup"}, **_beside(body))
        case {"navigation": payload}:
            positions = [{"type": "Feature", **position} for position in payload["positions"]]
            return action("navigation", {**payload, "positions": positions}, **_beside(body))
    return body


def _beside(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "action"}


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
@settings(max_examples=1000 if LONG else 15)
@given(data=st.data())
def test_one_broken_rule_is_refused_with_its_path_in_v1s_terms(entry: RemoteType, data: st.DataObject) -> None:
    assert entry.v1
    value, path = data.draw(breaches(entry.name))
    # What clients write without meaning it (`immediate: false` beside settings) breaks no rule.
    assume(not isinstance(value, dict) or FORMS[entry.name].tidy(value) == value)
    error = refusal(action(entry.v1.key, value))
    assert error.path == path_of(["action", entry.v1.key, *path]), (value, str(error))


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "action", "is required"),
    ({"action": "horn"}, "action", "must be an object"),
    ({"action": {}}, "action", "exactly one"),
    ({"action": {"windows": {}}}, "action", "use one of: locking, lights"),
    ({"action": {"horn": {"state": "Activated"}, "later": {}}}, "action", "horn and later"),
    ({"horn": {"state": "Activated"}}, "horn", "write it in action"),
    (action("horn", {"state": "Activated"}, door={"state": "Unlocked"}), "door", "write it in action"),
    (action("horn", {"state": "Activated"}, channelAttributes={}), "channelAttributes", "is not taken"),
    (action("horn", {"state": "Activated"}, attributes=[{"key": "a"}]), "attributes[0].value", "is required"),
    (
        action("horn", {"state": "Activated"}, attributes=[{"type": "Header", "key": "a", "value": "b"}]),
        "attributes[0].type",
        "use one of Body",
    ),
    (
        action("horn", {"state": "Activated"}, attributes=[{"key": "a", "value": "$Speed"}]),
        "attributes[0].value",
        "$RemoteType",
    ),
    (action("horn", {"state": "Activated"}, label=7), "label", "a string"),
    (action("horn", {"state": "Activated"}, extendedEventParam=["vehicle.mood"]), "extendedEventParam[0]", "use one"),
    # Placeholders of the published examples.
    (climate(programs=[{**PROGRAM, "slot": 0}]), f"{AIR}.programs[0].slot", "from 1 to 4"),
    (climate(programs=[{**PROGRAM, "start": "string"}]), f"{AIR}.programs[0].start", "such as PT14H30M"),
    # Fields that only v1 has.
    (climate(programs=[{**PROGRAM, "temp": "warm"}]), f"{AIR}.programs[0].temp", "a number"),
    (climate(settings={"mode": "Auto"}), f"{AIR}.settings.temp", "is required"),
    (climate(settings={"temp": 20, "mode": "Fast"}), f"{AIR}.settings.mode", "Manual, Auto"),
    (climate(settings={"temp": 20, "state": "On"}), f"{AIR}.settings.state", "Activated, Unactivated"),
    (climate(), AIR, "at least one of: immediate, programs, settings"),
    (charging(programs=[{"slot": 1, "minChargingLevel": 0}]), f"{CHARGE}.programs[0].maxChargingLevel", "is required"),
    (charging(programs=[{"actionsType": "Delete"}]), f"{CHARGE}.programs[0].slot", "is required"),
    (charging(programs=[{**LEVELS, "slot": 3}]), f"{CHARGE}.programs[0].slot", "from 1 to 2"),
    (charging(programs=[{**LEVELS, "minSOC": 51}]), f"{CHARGE}.programs[0].minSOC", "from 0 to 50"),
    (charging(settings={"chargeLimit": "Low"}), f"{CHARGE}.settings.chargeLimit", "MedPlus, High"),
    (charging(settings={"chargeLimit": "High"}, immediate=True), CHARGE, "stand alone"),
    (
        charging(deferred={"start": {"startTime": "PT1H", "immediate": True}}),
        f"{CHARGE}.deferred.start",
        "exactly one of: startTime, immediate",
    ),
    (charging(deferred={"end": {"endTime": "PT1H"}}), f"{CHARGE}.deferred.end.chargeToFull", "is required"),
    (action("stolen", {"state": True, "crankInhibit": {"activate": True}}), "action.stolen", "state, crankInhibit"),
    (route(feature(190)), "action.navigation.positions[0].geometry.coordinates[0]", "from -180 to 180"),
    (route({"type": "Feature"}), "action.navigation.positions[0].geometry", "is required"),
    # v3's names for what v1 calls otherwise, and what v1 has no name for, never mean something unsaid.
    (action("lights", {"on": True}), "action.lights.state", "is required"),
    (action("lights", {"state": "Activated", "on": False}), "action.lights.on", "the other dialect"),
    (action("stolen", {"state": True, "trackingPeriod": {"running": 5}}), "action.stolen.trackingPeriod", "no field"),
    (
        action("charging", {"charge": {"immediate": True}, "nextDelayedTime": "2026-11-21T08:00:00Z"}),
        "action.charging.nextDelayedTime",
        "no field",
    ),
    # What only v3 has at the same place is held to v3's rule.
    (action("lights", {"state": "Activated", "duration": "20"}), "action.lights.duration", "such as PT20S"),
    (action("horn", {"state": "Activated", "number": -1}), "action.horn.number", "1 or more"),
]


@pytest.mark.parametrize(("body", "path", "words"), REFUSED, ids=json.dumps)
def test_a_breach_names_the_field_and_what_is_allowed(body: dict[str, Any], path: str, words: str) -> None:
    error = refusal(body)
    assert (error.path, words in error.message) == (path, True), str(error)


TAKEN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (action("ligths", {"state": "Activated"}), {"on": True}),
    (action("preonditionning", {"airConditioning": {"immediate": True}}), {"airConditioning": {"immediate": True}}),
    (action("wakeup", {"action": "WakeUp"}), {"action": "WakeUp"}),
    (action("horn", {"number": 0, "state": "Activated"}), {"state": "Activated"}),
    (route({"geometry": feature()["geometry"]}), {"positions": [{"type": "Point", "coordinates": [4.83, 45.76]}]}),
    (
        climate(programs=[{"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": []}}]),
        {"airConditioning": {"programs": [{"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": []}}]}},
    ),
    (
        charging(programs=[{"slot": 1, "actionsType": "Delete"}]),
        {"schedule": {"programs": [{"slot": 1, "actionsType": "Delete"}]}},
    ),
    # A generated client writes the default of `immediate` out.
    (charging(immediate=False, settings={"chargeLimit": "High"}), {"preferences": {"type": "Full"}}),
    (
        charging(immediate=False, deferred={"start": {"startTime": "PT1H", "immediate": False}}),
        {"deferred": {"start": {"startTime": "PT1H"}}},
    ),
    (charging(deferred={"start": {"immediate": False}}), {"deferred": {"start": {"immediate": False}}}),
]


@pytest.mark.parametrize(("body", "payload"), TAKEN, ids=json.dumps)
def test_what_examples_and_clients_write_is_taken(body: dict[str, Any], payload: dict[str, Any]) -> None:
    assert v1.decode_remote(body).payload == payload


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: (
            st.lists(s)
            | st.dictionaries(st.sampled_from(["action", "stolen", "charging", "charge", "channel", "webhook", "x"]), s)
        ),
        max_leaves=8,
    )
)
def test_garbage_is_refused_and_never_breaks_the_reader(body: object) -> None:
    for decode in (v1.decode_remote, v1.decode_subscribe, v1.decode_notification, v1.decode_action):
        with suppress(Invalid):
            decode(body)


def test_names_in_answers_are_those_of_the_published_file() -> None:
    names = {v1.type_name(entry, sample.payload) for entry in TYPES for sample in entry.features}
    assert set(components(API_V1)["schemas"]["RemoteType"]["enum"]) - {"VehicleConfig.KeyPairing"} == names
    with pytest.raises(Invalid, match="state: is no remote action of Connected Car v1"):
        v1.type_name(REMOTE_TYPES["State"], {})
    keys = components(API_V1)["schemas"]["Remote"]["properties"]["action"]["properties"]
    assert set(keys) == set(BY_V1_KEY)
    causes = components(API_V1)["schemas"]["RemoteFailedEventStatus"]["enum"]
    assert set(causes) <= set(statuses.FAILURE_CAUSES_V1)


def test_an_action_is_shown_whole_even_where_v1_has_no_place_for_it() -> None:
    shown = v1.show_remote(decode_v3({"stolen": {"trackingPeriod": {"running": 9}}, "label": "x"}))
    assert shown == {"label": "x", "action": {"stolen": {"trackingPeriod": {"running": 9}}}}
    assert v1.show_remote(decode_v3({"lights": {"on": True, "state": 7}})) == {
        "action": {"lights": {"on": True, "state": 7}}
    }
    assert v1.show_remote(decode_v3({"state": {}})) == {"action": {"state": {}}}


HOOK = {"target": "https://example.com/hook", "name": "hook"}


def channel(*attributes: dict[str, Any], **beside: Any) -> dict[str, Any]:
    webhook = {**HOOK, "attributes": list(attributes)} if attributes else HOOK
    return {**beside, "channel": {"webhook": webhook}}


def attribute(value: str, kind: str = "Header") -> dict[str, Any]:
    return {"type": kind, "key": "X-Key", "value": value}


def test_a_channel_is_read_as_a_callback_with_the_published_retry_and_written_back() -> None:
    body = channel(attribute("$Vin"), attribute("$ChannelLabel", "Query"), type=["Remote"], label="depot")
    hold(body, "ChannelSubscribe", API_V1)
    read = v1.decode_subscribe(body)
    assert (read.policy, read.retry_delay, read.label, read.target) == ("Always", 10, "depot", HOOK["target"])
    assert never_batched(read.attributes)
    assert v1.encode_subscribe(read.document) == body
    assert v1.read_subscribe({**body, "future": 1}) == {**body, "future": 1}
    variables = Variables("c1", "f1", ["VIN1"], ["Doors"], channel_label="depot")
    assert headers([attribute("$ChannelLabel"), attribute("$vin")], variables) == [
        ("X-Key", "depot"),
        ("X-Key", "VIN1"),
    ]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "channel"),
        ({"channel": {}}, "channel.webhook"),
        ({"channel": {"webhook": HOOK, "websocket": {"target": "wss://x"}}}, "channel"),
        (channel(attribute("x", "Body")), "channel.webhook.attributes[0].type"),
        (channel(attribute("$Speed")), "channel.webhook.attributes[0].value"),
        (channel(type=["Radio"]), "type[0]"),
        ({"channel": {"webhook": {**HOOK, "target": "ftp://x"}}}, "channel.webhook.target"),
        ({"channel": {"webhook": {"target": "https://x"}}}, "channel.webhook.name"),
    ],
    ids=json.dumps,
)
def test_a_channel_that_breaks_a_rule_is_refused_with_its_path(body: object, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        v1.decode_subscribe(body)
    assert caught.value.path == path
    assert not isinstance(caught.value, NotOffered)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"channel": {"websocket": {"target": "wss://example.com"}}}, "channel.websocket"),
        ({"channel": {"pushnotif": {"devices": ["d"]}}}, "channel.pushnotif"),
        (channel(type=["Monitor"]), "type"),
    ],
)
def test_what_is_published_and_not_offered_says_so(body: object, path: str) -> None:
    with pytest.raises(NotOffered, match="not offered") as caught:
        v1.decode_subscribe(body)
    assert caught.value.path == path


def test_a_callback_goes_up_as_a_channel_or_names_what_cannot() -> None:
    document = {
        "label": "FleetRemote",
        "retryPolicy": {"policy": "Bounded", "retryNumber": 9},
        "batchNotify": {"size": 9},
        "callback": {"webhook": {**HOOK, "attributes": [attribute("$callbackID"), attribute("$vin")]}},
    }
    sent = v1.encode_subscribe(document)
    assert sent == channel(attribute("$ChannelId"), attribute("$Vin"), type=["Remote"], label="FleetRemote")
    hold(sent, "ChannelSubscribe", API_V1)
    faults: list[tuple[dict[str, Any], str]] = [
        ({"remoteTypes": ["Doors"]}, "remoteTypes"),
        ({"callback": {"webhook": {**HOOK, "attributes": [attribute("x", "Body")]}}}, "attributes[0].type"),
        ({"callback": {"webhook": {**HOOK, "attributes": [attribute("$fleetID")]}}}, "attributes[0].value"),
    ]
    for fault, path in faults:
        with pytest.raises(Invalid) as caught:
            v1.encode_subscribe({**document, **fault})
        assert caught.value.path.endswith(path)


@given(label=st.none() | TEXTS, value=TEXTS)
def test_a_remote_for_a_v1_vehicle_never_changes_meaning(label: str | None, value: str) -> None:
    remote = Remote(REMOTE_TYPES["Horn"], {"state": "Activated"}, label, {"action": value})
    with pytest.raises(Invalid, match="action"):
        v1.encode_remote(remote)


def test_scopes_in_either_spelling() -> None:
    assert scopes.may_send(["REMOTE:WAKEUP:write"], "WakeUp")
    assert scopes.may_send(["remote:door:write"], "Locking")
    assert not scopes.may_send(["remote", "remote:locking", "remote:horn:write"], "Locking")
    assert not scopes.may_send(scopes.ALL, "State")
    assert all(scopes.may_send(scopes.ALL, entry.name) for entry in TYPES)
    assert not scopes.may_send(scopes.PUBLISHED, "Stolen")
    assert scopes.may_send_upstream(scopes.PUBLISHED, "Stolen")
    assert not scopes.may_send_upstream([], "Horn")
    assert all(scopes.may_read(granted, "Horn") for granted in (["remote"], ["remote:horn"], ["remote:horn:write"]))
    assert not scopes.may_read(["remote:lights"], "Horn")
    assert len(set(scopes.ALL)) == len(scopes.ALL)


def test_published_scopes_are_those_of_the_file() -> None:
    flows = components(API_V1)["securitySchemes"]["api_oauth"]["flows"]["implicit"]["scopes"]
    pages = {scope for name in ("Navigation", "VehicleFinder") for scope in (scopes.READ[name], scopes.WRITE[name])}
    assert set(scopes.PUBLISHED) - pages <= set(flows)
    assert {scope for scope in flows if scope.startswith("remote")} <= set(scopes.PUBLISHED)


def test_a_single_message_that_cannot_be_taken_in_is_told_not_raised() -> None:
    monitor = {"channelId": "c1", "type": "Monitor", "date": "2026-11-21T12:00:00Z", "monitorEvent": {}}
    events, (unreadable,) = v1.decode_notification(monitor)
    assert (events, unreadable.event) == ([], monitor)
    assert unreadable.reason == "type: only messages of remote actions are taken in"


def test_what_a_message_says_oddly_of_vin_and_date_loses_no_event() -> None:
    """A null is no date while the message has one, and an attribute that can be no VIN is kept as it came."""
    done = {"type": "Done", "status": "Success"}
    event = {"remoteActionId": "a1", "remoteType": "Horn", "eventDate": None, "eventStatus": done}
    odd = {"key": "vin", "value": "x" * 200}
    message = {"channelId": "c1", "type": "Remote", "date": "2026-11-21T08:00:00Z", "attributes": [odd]}
    ((read,), unreadable) = v1.decode_notification({**message, "remoteEvent": event})
    assert not unreadable
    assert (read.vin, str(read.date)) == ("", "2026-11-21 08:00:00+00:00")
    assert read.extra["message"]["attributes"] == [odd]


@pytest.mark.parametrize("beside", ["Immobilization", "IMMOBILIZATION", "Stolen", "locking", "door", "Action"])
def test_another_remote_under_a_name_that_is_nearly_one_is_refused(beside: str) -> None:
    """A cloud that minds no capitals would do it, and nobody would have been asked."""
    body = {"action": {"lights": {"state": "Activated"}}, beside: {"activate": True}}
    with pytest.raises(Invalid, match="stands beside action"):
        v1.decode_remote(body)
    remote = Remote(REMOTE_TYPES["Lights"], {"on": True}, None, {beside: {"activate": True}})
    with pytest.raises(Invalid):
        v1.encode_remote(remote)
