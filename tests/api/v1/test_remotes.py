"""Remote actions over v1: sent, read back as they were written, listed, taken back."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets.models import AccessToken, AuditEntry, Gateway, Vehicle
from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.models import RemoteAction
from tests.api.conftest import World, trusted
from tests.published import API_V1, hold

from .conftest import LOCK, V1Caller

TYPES = [entry for entry in REMOTE_TYPES.values() if entry.v1]
HONK = {"action": {"horn": {"state": "Activated"}}}


def send(us: V1Caller, path: str, body: Any) -> RemoteAction:
    answer = us.post(path, body)
    assert answer.status_code == 202, answer.content
    return RemoteAction.objects.get(public_id=answer.json()["remoteActionId"])


def test_a_remote_is_taken_and_read(ours: World, us: V1Caller, remotes: str) -> None:
    taken = us.post(remotes, LOCK).json()
    assert taken["type"] == "Locking"
    assert taken["_links"]["remote"]["href"].endswith(f"{remotes}/{taken['remoteActionId']}")
    read = us.get(f"{remotes}/{taken['remoteActionId']}").json()
    # Before upstream has accepted: v1 has no word for it, and asks for one.
    assert (read["status"], read["state"]) == ("Accepted", "queued")
    assert read["remote"] == LOCK
    action = RemoteAction.objects.get()
    assert (action.remote_type, action.payload, action.label) == ("Locking", {"state": "Locked"}, "gate 3")
    assert (action.api_client, action.fleet) == (us.row, ours.fleet)
    assert action.callback is not None
    assert action.callback.dialect == "v1"


def test_how_it_ended_is_told(us: V1Caller, remotes: str) -> None:
    action = send(us, remotes, LOCK)
    RemoteAction.objects.filter(pk=action.pk).update(
        state="accepted", upstream_id="u1", status="Failed", failure_cause="DoorsOpen", feedback_detail="CIDBlacklisted"
    )
    read = us.get(f"{remotes}/{action.public_id}").json()
    assert (read["status"], read["failureCause"], read["feedbackDetail"]) == ("Failed", "DoorsOpen", "CIDBlacklisted")


SAMPLES: dict[str, Any] = {
    "locking": {"state": "Locked"},
    "lights": {"state": "Activated"},
    "horn": {"state": "Activated"},
    "wakeup": {"action": "Wakeup"},
    "preconditioning": {"airConditioning": {"immediate": True}},
    "charging": {"charge": {"immediate": True}},
    "immobilization": {"activate": True},
    "stolen": {"state": True},
    "navigation": {"positions": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [4.8, 45.7]}}]},
    "vehicleFinder": {"action": "GetPresentLocation"},
    "tan": {"suppress": {"state": True, "duration": 0}},
    "onboardPersonalData": {"action": "Delete"},
}
PLACE = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [4.8, 45.7]}}
ROUTE = {"positions": [PLACE, {**PLACE, "properties": {"name": "Depot", "address": {"cityName": "Lyon"}, "x": 1}}]}


PROGRAM = {"slot": 1, "enabled": True, "start": "PT7H", "occurrence": {"day": ["Mon"]}}
RICH: list[dict[str, Any]] = [
    {"preconditioning": {"airConditioning": {"programs": [{**PROGRAM, "temp": 21.5, "actionsType": "Set"}]}}},
    {"preconditioning": {"airConditioning": {"settings": {"temp": 20, "mode": "Auto", "state": "Activated"}}}},
    {"preconditioning": {"airConditioning": {"programs": [{"slot": 2, "actionsType": "Delete"}]}}},
    {"charging": {"charge": {"settings": {"chargePreferenceRate": "LowPlus"}}}},
    {"charging": {"charge": {"deferred": {"start": {"startTime": "PT22H"}}}}},
    {"stolen": {"crankInhibit": {"activate": True}}},
    {"tan": {"confirm": {"state": False}}},
    {"navigation": ROUTE},
    {"horn": {"state": "Unactivated", "novelty": 1}},
]


@pytest.mark.parametrize("action", [*({key: payload} for key, payload in SAMPLES.items()), *RICH], ids=str)
def test_a_body_reads_back_as_it_was_written(ours: World, us: V1Caller, remotes: str, action: dict[str, Any]) -> None:
    """That any body does is shown of the codec: tests/protocol/. Behind a v1 gateway each of them can travel."""
    trusted(ours)
    Gateway.objects.update(dialect="v1")
    attributes = [{"type": "Body", "key": "status", "value": "$RemoteStatus"}]
    body = {"label": "x", "attributes": attributes, "x-trace": [1], "action": action}
    asked = send(us, remotes, body)
    read = us.get(f"{remotes}/{asked.public_id}").json()
    assert read["remote"] == body
    (key,) = action
    wire = next(entry.v1 for entry in TYPES if entry.v1 and entry.v1.key == key)
    assert read["type"] in {wire.type_name, *wire.by_part.values()}


def test_remotes_are_listed_newest_first_and_paged_by_tokens(us: V1Caller, remotes: str) -> None:
    sent = [send(us, remotes, {**HONK, "label": str(number)}).public_id for number in range(5)]
    page = us.get(remotes, "?pageSize=2").json()
    found = [item["remoteActionId"] for item in page["_embedded"]["remoteActions"]]
    assert (page["total"], page["totalPage"], page["currentPage"]) == (5, 3, 1)
    token = page["_links"]["next"]["href"].partition("?")[2]
    # A token stands for the size too.
    assert "pageSize" not in token
    for number in (2, 3):
        page = us.get(remotes, f"?{token}").json()
        assert page["currentPage"] == number
        found += [item["remoteActionId"] for item in page["_embedded"]["remoteActions"]]
        token = page["_links"].get("next", {"href": ""})["href"].partition("?")[2]
    assert not token
    assert found == sent[::-1]
    sliced = us.get(remotes, "?indexRange=1-2").json()["_embedded"]["remoteActions"]
    assert [item["remoteActionId"] for item in sliced] == sent[2:4][::-1]


@pytest.mark.parametrize(
    "query", ["pageSize=0", "pageSize=501", "pageSize=x", "indexRange=5", "indexRange=3-1", "pageToken=x"]
)
def test_a_bad_page_is_400(us: V1Caller, remotes: str, query: str) -> None:
    answer = us.get(remotes, f"?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(query.partition("=")[0])


def test_a_page_token_stands_alone_and_a_page_has_500_at_the_most(us: V1Caller, remotes: str) -> None:
    for _ in range(2):
        send(us, remotes, HONK)
    token = us.get(remotes, "?pageSize=1").json()["_links"]["next"]["href"].partition("?")[2]
    assert us.get(remotes, f"?{token}&pageSize=1").status_code == 400
    assert us.get(remotes, f"?{token}&indexRange=0-").status_code == 400
    assert us.get(remotes, "?pageSize=500").status_code == 200


def test_the_extensions_are_those_of_v3(us: V1Caller, remotes: str) -> None:
    us.headers = {"X-Reason": "the gate is open", "Idempotency-Key": "k1"}
    body = {**LOCK, "timeToLive": "PT90S", "whenAwake": True}
    action = send(us, remotes, body)
    assert (action.reason, action.when_awake, action.extra) == ("the gate is open", True, {})
    assert round((action.expires_at - action.created_at).total_seconds()) == 90
    assert send(us, remotes, body) == action
    assert us.post(remotes, HONK).status_code == 409
    us.headers = {"X-Reason": "it was shut meanwhile"}
    assert us.request("DELETE", f"{remotes}/{action.public_id}").status_code == 204
    assert us.get(f"{remotes}/{action.public_id}").json()["state"] == "cancelled"
    assert us.request("DELETE", f"{remotes}/{action.public_id}").status_code == 409
    told = AuditEntry.objects.filter(subject=action.public_id).values_list("reason", "api_client")
    assert set(told) >= {("the gate is open", us.row.pk), ("it was shut meanwhile", us.row.pk)}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "action: "),
        ({"action": {}}, "action: "),
        ({"action": {"windows": {}}}, "wakeup"),
        ({"action": {"state": {"action": "state"}}}, "use one of"),
        ({"action": {"locking": {"state": "Open"}}}, "action.locking.state: "),
        ({"action": {"horn": {"state": "Activated"}, "lights": {"state": "Activated"}}}, "horn and lights"),
        ({"door": {"state": "Locked"}, "action": {"horn": {"state": "Activated"}}}, "door: "),
        ({**LOCK, "channelAttributes": {}}, "channelAttributes: "),
        ({**LOCK, "attributes": [{"type": "Header", "key": "a", "value": "b"}]}, "attributes[0].type: "),
        ({**LOCK, "timeToLive": "P2D"}, "timeToLive: "),
        ({**LOCK, "whenAwake": 1}, "whenAwake: "),
        ([], "object"),
        ("{", "JSON"),
    ],
    ids=str,
)
def test_a_bad_remote_is_400_and_says_what_to_send(us: V1Caller, remotes: str, body: Any, words: str) -> None:
    answer = us.post(remotes, body)
    assert (answer.status_code, answer.json()["name"]) == (400, "BAD_REQUEST")
    assert words in answer.json()["message"]
    assert RemoteAction.objects.count() == 0


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry.name)
def test_what_the_vehicle_lacks_is_501_before_anything_is_sent(us: V1Caller, remotes: str, entry: RemoteType) -> None:
    assert entry.v1 is not None
    Vehicle.objects.update(capabilities=[])
    answer = us.post(remotes, {"action": {entry.v1.key: SAMPLES[entry.v1.key]}})
    assert (answer.status_code, answer.json()["name"]) == (501, "REMOTE_NOT_SUPPORTED")
    # No reason would help, and none changes the answer.
    us.headers = {"X-Reason": "Not returned."}
    again = us.post(remotes, {"action": {entry.v1.key: SAMPLES[entry.v1.key]}})
    assert (again.status_code, again.json()["message"]) == (501, answer.json()["message"])
    assert RemoteAction.objects.count() == 0


def test_what_its_document_says_no_to_is_501_and_what_asks_too_much_of_it_400(
    ours: World, us: V1Caller, remotes: str
) -> None:
    told = {"supported": True, "parameters": {"immediate": False, "programs": {"size": 1}}}
    Vehicle.objects.update(capability_document={"remote": {"preconditioning": told}})
    at_once = us.post(remotes, {"action": {"preconditioning": {"airConditioning": {"immediate": True}}}})
    assert (at_once.status_code, at_once.json()["name"]) == (501, "REMOTE_NOT_SUPPORTED")
    program = {"enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}}
    programs = [{**program, "slot": slot} for slot in (1, 2)]
    two = us.post(remotes, {"action": {"preconditioning": {"airConditioning": {"programs": programs}}}})
    assert (two.status_code, two.json()["name"]) == (400, "BAD_REQUEST")
    assert "1 at the most" in two.json()["message"]


def test_what_has_no_place_at_the_vehicles_cloud_is_400_and_named(us: V1Caller, remotes: str) -> None:
    """Our vehicle is behind a v3 gateway, which knows no temperature."""
    settings = {"airConditioning": {"settings": {"temp": 20, "mode": "Auto", "state": "Activated"}}}
    answer = us.post(remotes, {"action": {"preconditioning": settings}})
    assert (answer.status_code, answer.json()["name"]) == (400, "BAD_REQUEST")
    assert "preconditioning.airConditioning.settings" in answer.json()["message"]
    Gateway.objects.update(dialect="v1")
    assert us.post(remotes, {"action": {"preconditioning": settings}}).status_code == 202


@pytest.mark.parametrize(
    ("cloud", "told", "action", "words"),
    [
        ("v1", {}, {"locking": {"state": "Locked", "forced": True}}, "does not take action.locking.forced."),
        (
            "v3",
            {},
            {"charging": {"charge": {"deferred": {"start": {"startTime": "PT22H"}}}}},
            "action.charging.charge.deferred.",
        ),
        ("v3", {}, {"navigation": ROUTE}, "action.navigation.positions[1].properties."),
        (
            "v3",
            {},
            {"charging": {"charge": {"programs": [{**PROGRAM, "minChargingLevel": 1, "maxChargingLevel": 50}]}}},
            "action.charging.charge.programs[0].minChargingLevel.",
        ),
        ("v3", {"door": {"supported": False}}, LOCK["action"], ": action.locking is not supported."),
        (
            "v3",
            {"lights": {"supported": True, "parameters": {"on": [True]}}},
            {"lights": {"state": "Unactivated"}},
            "action.lights.state is not supported with Unactivated; allowed is: Activated.",
        ),
        (
            "v3",
            {"charging": {"supported": True, "parameters": {"immediate": {"start": False}}}},
            {"charging": {"charge": {"immediate": True}}},
            "action.charging.charge.immediate: true is not supported",
        ),
        (
            "v3",
            {"charging": {"supported": True, "parameters": {"preferences": {"level": False}}}},
            {"charging": {"charge": {"settings": {"chargePreferenceRate": "LowPlus"}}}},
            "action.charging.charge.settings.chargePreferenceRate is not supported.",
        ),
    ],
    ids=str,
)
def test_a_field_that_is_refused_is_named_as_the_caller_has_written_it(
    us: V1Caller, remotes: str, cloud: str, told: Any, action: Any, words: str
) -> None:
    Gateway.objects.update(dialect=cloud)
    Vehicle.objects.update(capability_document={"remote": told} if told else {})
    answer = us.post(remotes, {"action": action})
    assert answer.status_code in (400, 501)
    assert words in answer.json()["message"]
    assert RemoteAction.objects.count() == 0


def test_what_our_account_may_not_send_there_is_501(ours: World, us: V1Caller, remotes: str) -> None:
    Gateway.objects.update(dialect="v1")
    AccessToken.objects.create(
        gateway=ours.vehicle.gateway, value="x", scopes=["remote:lights:write"], obtained_at=timezone.now()
    )
    answer = us.post(remotes, HONK)
    assert (answer.status_code, answer.json()["name"]) == (501, "REMOTE_NOT_SUPPORTED")
    assert "remote:horn:write" in answer.json()["message"]


def test_sending_and_listing_cost_few_statements(
    us: V1Caller, remotes: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        send(us, remotes, {**HONK, "label": str(number)})
    # The token, the place, the fleet's rules, the action, the audit, and the test's own savepoint around those two.
    with django_assert_num_queries(7):
        us.post(remotes, HONK)
    # The token, the place, the total, the page.
    with django_assert_num_queries(4):
        assert us.get(remotes).json()["total"] == 31


def test_a_route_whose_places_a_client_may_not_see_breaks_no_published_client(us: V1Caller, remotes: str) -> None:
    send(us, remotes, {"action": {"navigation": {"positions": [PLACE]}}})
    type(us.row).objects.update(sees_positions=False)
    read = us.get(remotes).json()
    hold(read, "RemoteActions", API_V1)
    assert read["_embedded"]["remoteActions"][0]["remote"] == {"action": {"navigation": {"positions": []}}}
