"""Every example of the published specification can be posted, the misspelt ones of its prose too."""

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
from pytest_django import Settings

from tests.published import examples

from .conftest import World, trusted

PROGRAM = {"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}}
NEVER = "2026-11-21T08:00:00Z"
# What an example is put into: one body for each form that it can stand in.
FORMS: list[dict[str, Any]] = [
    {"preconditioning": {"airConditioning": {"immediate": True, "programs": [PROGRAM]}}},
    {"charging": {"immediate": True, "schedule": {"programs": [{**PROGRAM, "end": "PT8H"}]}}},
    {"charging": {"schedule": {"nextDelayedTime": NEVER}}},
    {"charging": {"preferences": {"level": "Level2", "type": "Full"}}},
    {"stolen": {"stolen": False}},
    {"stolen": {"trackingPeriod": {"running": 10, "shutdown": 100}}},
    {"stolen": {"immobilization": {"activate": True}}},
    {"navigation": {"positions": [{"type": "Point", "coordinates": [4.8, 45.7]}]}},
    {"wakeUp": {"action": "WakeUp"}},
    {"door": {"state": "Locked", "forced": True}},
    {"horn": {"state": "Activated"}},
    {"lights": {"on": True}},
    {"immobilization": {"activate": True}},
]
CALLBACK: dict[str, Any] = {
    "label": "label",
    "retryPolicy": {"policy": "Bounded", "retryNumber": 1, "retryDelay": 1},
    "batchNotify": {"size": 1, "timeWindow": 5},
    "callback": {
        "webhook": {
            "target": "https://example.com",
            "name": "name",
            "attributes": [{"type": "Header", "key": "X-Vin", "value": "$vin"}],
        }
    },
    "remoteTypes": ["Horn"],
}


def placed(form: dict[str, Any], path: tuple[str | int, ...], example: Any) -> dict[str, Any] | None:
    """The form with the example at its place; None where the form has no such place."""
    body = copy.deepcopy(form)
    place: Any = body
    with suppress(LookupError, TypeError):
        for part in path[:-1]:
            place = place[part]
        place[path[-1]]  # there must be something already
        place[path[-1]] = example
        return body
    return None


def callbacks(world: World) -> str:
    return f"/fleets/{world.fleet.public_id}/remote/callbacks"


def remotes(world: World) -> str:
    hook = {"callback": {"webhook": {"target": "https://example.com", "name": "hook"}}}
    callback_id = world.caller.post(callbacks(world), hook).json()["callbackId"]
    return f"/fleets/{world.fleet.public_id}/vehicles/{world.vehicle.public_id}/callbacks/{callback_id}/remotes"


def test_every_example_of_a_remote_is_accepted(ours: World) -> None:
    found = list(examples("Remote"))
    assert {"charging", "stolen", "navigation", "wakeUp", "preconditioning"} <= {path[0] for path, _ in found}
    target = remotes(trusted(ours))
    for path, example in found:
        body = next((body for form in FORMS if (body := placed(form, path, example))), None)
        assert body is not None, f"teach FORMS the place {path}"
        answer = ours.caller.post(target, body)
        assert answer.status_code == 202, (body, answer.content)


def test_every_example_of_a_callback_is_accepted(ours: World, settings: Settings) -> None:
    settings.CALLBACK_ALLOW_HTTP = True
    found = list(examples("RemoteCallbackSubscribe"))
    assert len(found) >= 8
    for path, example in found:
        body = placed(CALLBACK, path, example)
        assert body is not None, f"teach CALLBACK the place {path}"
        answer = ours.caller.post(callbacks(ours), body)
        assert answer.status_code == 200, (body, answer.content)


# The prose's examples, as "Where the documents disagree" lists them.
MISSPELT_CALLBACKS: list[dict[str, Any]] = [
    {**CALLBACK, "retryPolicy": {"policy": "Bounded", "maxRetryNumber": 3, "retryDelay": 120}},
    {"callback": {"webhook": {"target": "https://my.post.callback", "name": "My_Webhook", "attributres": []}}},
    {"callback": CALLBACK["callback"], "notificationTypes": ["Doors"]},
    {"callback": CALLBACK["callback"]},
    {"callback": {"webhook": {"target": "https://x", "name": "x", "batch": {"enabled": True, "size": 10}}}},
    {**CALLBACK, "batchNotify": {"size": 0, "timeWindow": 60}},
    {**CALLBACK, "retryPolicy": {"policy": "Always", "retryDelay": 10}},
    {**CALLBACK, "extendedEventParam": ["vehicle.doorsState", "vehicle.position"]},
]
MISSPELT_REMOTES: list[dict[str, Any]] = [
    {"ligths": {"on": True}},
    {"preonditionning": {"airConditioning": {"immediate": True}}},
    {"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "occurrence": {"day": ["Mon"]}}]}}},
    {"state": {"action": "state"}},
    {"horn": {"state": "Activated", "number": 2}},
    {"lights": {"on": True, "duration": "PT20S"}},
    {"charging": {"immediate": False}},
]
PLACEHOLDERS = [
    ({"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "slot": 0}]}}}, "from 1 to 4"),
    ({"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "start": "string"}]}}}, "PT14H30M"),
    ({"charging": {"schedule": {"nextDelayedTime": "string"}}}, "2026-11-21T08:00:00Z"),
]


@pytest.mark.parametrize("body", MISSPELT_CALLBACKS, ids=json.dumps)
def test_a_callback_as_the_prose_prints_it_is_accepted(ours: World, body: dict[str, Any]) -> None:
    answer = ours.caller.post(callbacks(ours), body)
    assert answer.status_code == 200, answer.content


def test_extended_event_parameters_are_kept(ours: World) -> None:
    made = ours.caller.post(callbacks(ours), MISSPELT_CALLBACKS[-1]).json()
    read = ours.caller.get(f"{callbacks(ours)}/{made['callbackId']}").json()
    assert read["subscribe"] == MISSPELT_CALLBACKS[-1]


@pytest.mark.parametrize("body", MISSPELT_REMOTES, ids=json.dumps)
def test_a_remote_as_the_prose_prints_it_is_accepted(ours: World, body: dict[str, Any]) -> None:
    answer = ours.caller.post(remotes(ours), body)
    assert answer.status_code == 202, answer.content


@pytest.mark.parametrize(("body", "words"), PLACEHOLDERS, ids=str)
def test_a_placeholder_is_refused_with_words_that_say_what_to_write(
    ours: World, body: dict[str, Any], words: str
) -> None:
    answer = ours.caller.post(remotes(ours), body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]
