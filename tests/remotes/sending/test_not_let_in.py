"""What refuses us in front of the API, or refuses our credentials, ends no action and says nothing of a vehicle."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fleets.models import UpstreamFleet, Vehicle
from fleets.storage.redis import client
from fleets.sync.capabilities import refresh_all
from gateways.interface import GatewayError
from protocol import statuses
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.gate import gate, gateway_health
from remotes.intake.vehicle_state import refresh
from remotes.models import GatewayHealth, RemoteAction
from remotes.registration import registration
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.reconcile import reconcile
from remotes.words import codes
from remotes.words.expired import EXPIRED
from remotes.words.failures import words_of
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard

pytestmark = pytest.mark.django_db(transaction=True)

State = GatewayHealth.State

Answer = tuple[int, Any, dict[str, str]]
GATEWAY = {"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not allowed by the gateway."}
NO_CLIENT = {"httpCode": "401", "httpMessage": "Unauthorized", "moreInformation": "Invalid client id or password."}
PAGE = "<html><head><title>%s</title></head><body><h1>%s</h1><hr>nginx</body></html>"
BAD_GATEWAY: Answer = (502, PAGE % ("502 Bad Gateway", "502 Bad Gateway"), {})
LOG_IN: Answer = (302, "", {"Location": "https://sso.example/login?token=abc"})
NOT_FOUND: Answer = (404, PAGE % ("404 Not Found", "404 Not Found"), {})


@pytest.fixture(autouse=True)
def empty_redis() -> Iterator[None]:
    yield
    client().flushall()


@pytest.fixture
def vehicles(yard: Yard) -> list[Vehicle]:
    return [
        Vehicle.objects.create(vin=f"VF3ABCDE0FG00000{n}", fleet=yard.fleet, gateway=yard.gateway, upstream_id=f"w{n}")
        for n in range(5)
    ]


@pytest.fixture(autouse=True)
def registered(yard: Yard, cloud: Cloud) -> None:
    registration.check(yard.upstream.pk)


def ask(vehicle: Vehicle) -> RemoteAction:
    return request_action(vehicle, Remote(REMOTE_TYPES["Locking"], {"state": "Locked"}))


def dispatched(action: RemoteAction) -> RemoteAction:
    """After one dispatch, whatever it waited for."""
    RemoteAction.objects.filter(pk=action.pk, state="queued").update(not_before=None)
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def reconciled(action: RemoteAction) -> RemoteAction:
    RemoteAction.objects.filter(pk=action.pk).update(due_at=timezone.now())
    reconcile(action.pk)
    action.refresh_from_db()
    return action


def expired(action: RemoteAction) -> RemoteAction:
    RemoteAction.objects.filter(pk=action.pk).update(expires_at=timezone.now())
    return dispatched(action)


def health(yard: Yard) -> GatewayHealth:
    gateway_health.forget_reading(yard.gateway.pk)
    return gate.health(yard.gateway)


def probe_is_due(yard: Yard) -> None:
    GatewayHealth.objects.update(probe_at=timezone.now())
    gateway_health.forget_reading(yard.gateway.pk)


# What is answered to a sending, the words, the code of what it waits for.
REFUSALS = [
    (403, GATEWAY, "Forbidden: Not allowed by the gateway.", codes.IN_FRONT_BECAUSE),
    (401, NO_CLIENT, "Unauthorized: Invalid client id or password.", codes.CREDENTIALS_BECAUSE),
    (401, PAGE % ("401", "Log in"), "401: Log in nginx", codes.CREDENTIALS_BECAUSE),
    (403, {**GATEWAY, "moreInformation": "Client id not registered."}, "Client id not", codes.CREDENTIALS_BECAUSE),
    (403, PAGE % ("Blocked", "Blocked"), "Blocked: nginx", codes.IN_FRONT_BECAUSE),
    (403, "", "HTTP 403", codes.IN_FRONT_BECAUSE),
    (400, {"error": "invalid_grant", "error_description": "Revoked."}, "Revoked.", codes.CREDENTIALS_BECAUSE),
    (404, NOT_FOUND[1], "404 Not Found: nginx", codes.NOTHING_THERE),
    (413, PAGE % ("Too large", "Too large"), "Too large: nginx", codes.IN_FRONT_BECAUSE),
]


@pytest.mark.parametrize(("status", "body", "said", "code"), REFUSALS)
def test_an_action_that_was_not_let_in_waits_and_is_sent_once_it_is(
    yard: Yard, cloud: Cloud, status: int, body: Any, said: str, code: str
) -> None:
    cloud.in_front["POST"] = (status, body, {})
    action = dispatched(ask(yard.vehicle))
    assert (action.state, action.why.code if action.why else "") == ("queued", code)
    assert said in action.detail
    cloud.in_front.clear()
    probe_is_due(yard)
    assert dispatched(action).state == "accepted"
    assert (len(cloud.posted), health(yard).state) == (1, State.UP)


@pytest.mark.parametrize(("status", "body", "said", "code"), REFUSALS)
def test_one_that_is_not_let_in_to_the_end_says_so_and_not_that_the_vehicle_lacks_rights(
    yard: Yard, cloud: Cloud, status: int, body: Any, said: str, code: str
) -> None:
    cloud.in_front["POST"] = (status, body, {})
    action = expired(dispatched(ask(yard.vehicle)))
    assert (action.state, action.failure_cause) == ("expired", statuses.GENERAL_ERROR)
    assert said in action.detail
    assert words_of("GeneralError", action.why)[1] is EXPIRED[code]


def test_only_the_apis_own_403_is_a_lack_of_rights(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append((403, {"code": 40399, "uuid": "u", "message": "Not booked.", "timestamp": "t"}, {}))
    action = dispatched(ask(yard.vehicle))
    assert (action.failure_cause, "Not booked." in action.detail) == (statuses.MISSING_RIGHTS, True)


@pytest.mark.parametrize("body", [GATEWAY, NO_CLIENT])
def test_a_gateway_that_lets_us_do_nothing_is_closed_and_opens_by_itself(yard: Yard, cloud: Cloud, body: Any) -> None:
    cloud.in_front["POST"] = (int(body["httpCode"]), body, {})
    action = dispatched(ask(yard.vehicle))
    found = health(yard)
    assert (found.state, cloud.asked.count("POST remotes")) == (State.REFUSED, 2)
    assert body["moreInformation"] in str(found.why)
    # What waits says it too, and goes when a probe is let in.
    waiting = dispatched(action)
    assert body["moreInformation"] in waiting.detail
    cloud.in_front.clear()
    probe_is_due(yard)
    assert (dispatched(action).state, health(yard).state) == ("accepted", State.UP)


def test_a_firewall_that_dislikes_one_request_closes_nothing_for_the_others(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    blocked: Answer = (403, PAGE % ("Blocked", "Blocked"), {})
    disliked = ask(yard.vehicle)
    for vehicle in vehicles[:3]:
        cloud.next.append(blocked)
        cloud.next.append(blocked)
        RemoteAction.objects.filter(pk=disliked.pk).update(attempts=0)
        assert dispatched(disliked).state == "queued"
        assert dispatched(ask(vehicle)).state == "accepted"
    assert health(yard).state == State.UP
    for _ in range(2):
        cloud.next.extend([blocked, blocked])
        RemoteAction.objects.filter(pk=disliked.pk).update(attempts=0)
        assert dispatched(disliked).state == "queued"
    assert health(yard).state == State.UP
    cloud.in_front["POST"] = blocked
    dispatched(ask(vehicles[3]))
    assert health(yard).state == State.REFUSED


@pytest.mark.parametrize("body", [GATEWAY, NO_CLIENT])
def test_a_gateway_is_closed_when_only_reading_is_tried(yard: Yard, cloud: Cloud, body: Any) -> None:
    cloud.in_front["GET"] = (int(body["httpCode"]), body, {})
    for _ in range(2):
        refresh(yard.vehicle.pk)
    assert health(yard).state == State.REFUSED
    assert body["moreInformation"] in str(health(yard).why)


def test_a_gateway_that_only_refuses_to_be_read_takes_actions_all_the_same(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    """Readings close it once; after that an action has shown that they speak for themselves alone."""
    cloud.in_front["GET"] = (403, GATEWAY, {})
    for _ in range(2):
        refresh(yard.vehicle.pk)
    assert health(yard).state == State.REFUSED
    probe_is_due(yard)
    assert dispatched(ask(yard.vehicle)).state == "accepted"
    for _ in range(3):
        refresh(yard.vehicle.pk)
    assert health(yard).state == State.UP
    # It is read again, and refused again later: that may be about everything again.
    cloud.in_front.clear()
    refresh(yard.vehicle.pk)
    cloud.in_front["GET"] = (403, GATEWAY, {})
    for _ in range(2):
        refresh(yard.vehicle.pk)
    assert health(yard).state == State.REFUSED
    # Where nothing is sent either, that closes it whatever was shown.
    probe_is_due(yard)
    assert dispatched(ask(vehicles[0])).state == "accepted"
    GatewayHealth.objects.update(since=timezone.now() - timedelta(hours=1))
    gateway_health.forget_reading(yard.gateway.pk)
    cloud.in_front["POST"] = (403, GATEWAY, {})
    dispatched(ask(vehicles[1]))
    assert health(yard).state == State.REFUSED


def test_registering_and_capabilities_that_are_refused_in_front_close_it_too(
    yard: Yard, cloud: Cloud, vehicles: list[Vehicle]
) -> None:
    cloud.in_front["GET"] = (403, GATEWAY, {})
    with pytest.raises(GatewayError):
        registration.check(yard.upstream.pk)
    assert "Not allowed by the gateway." in UpstreamFleet.objects.get().callback_error
    refresh_all()
    assert health(yard).state == State.REFUSED
    # The one that was refused may have been to blame; all others are asked for again as soon as we are let in.
    assert Vehicle.objects.filter(capabilities_checked_at__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ((401, NO_CLIENT, {}), codes.CREDENTIALS_BECAUSE, "Invalid client id or password."),
        ((403, GATEWAY, {}), codes.IN_FRONT_BECAUSE, "Not allowed by the gateway."),
        (NOT_FOUND, codes.NOTHING_THERE, "404 Not Found: nginx"),
        (LOG_IN, codes.NO_CALLBACK, "leads to https://sso.example/login."),
        (BAD_GATEWAY, codes.NO_CALLBACK, "“502 Bad Gateway: nginx”"),
    ],
)
def test_an_action_waits_while_our_callback_is_not_let_in(
    yard: Yard, cloud: Cloud, answer: Any, code: str, said: str
) -> None:
    UpstreamFleet.objects.update(callback_id="")
    cloud.in_front["POST"] = answer
    action = dispatched(ask(yard.vehicle))
    assert (action.state, action.why.code if action.why else "", cloud.posted) == ("queued", code, [])
    assert said in action.detail
    assert said in UpstreamFleet.objects.get().callback_error


@pytest.mark.parametrize("answer", [NOT_FOUND, LOG_IN, BAD_GATEWAY, (404, GATEWAY, {}), (404, "", {})])
def test_a_proxy_that_finds_nothing_does_not_say_that_our_callback_is_gone(
    yard: Yard, cloud: Cloud, answer: Any
) -> None:
    cloud.in_front["GET"] = answer
    with pytest.raises(GatewayError):
        registration.check(yard.upstream.pk)
    assert cloud.asked.count("POST callbacks") == 1
    cloud.in_front.clear()
    cloud.callbacks.clear()
    assert registration.check(yard.upstream.pk).callback_id == "c1"
    assert cloud.asked.count("POST callbacks") == 2


@pytest.mark.parametrize("words", [{"message": "callback not found"}, NOT_FOUND[1]])
def test_a_callback_that_is_not_in_the_whole_list_is_gone_whatever_form_the_404_has(
    yard: Yard, cloud: Cloud, words: Any
) -> None:
    cloud.no_callback = words
    cloud.callbacks["c9"] = cloud.callbacks.pop("c1")
    cloud.callbacks["c9"]["id"] = "c9"
    cloud.callbacks["c8"] = {**cloud.callbacks["c9"], "id": "c8"}
    assert registration.check(yard.upstream.pk).callback_id == "c3"
    assert cloud.asked.count("POST callbacks") == 2


@pytest.mark.parametrize("answer", [NOT_FOUND, LOG_IN, (404, GATEWAY, {})])
def test_a_proxy_that_finds_nothing_does_not_say_that_an_action_is_unknown(
    yard: Yard, cloud: Cloud, answer: Any
) -> None:
    action = dispatched(ask(yard.vehicle))
    cloud.in_front["GET"] = answer
    waits = []
    for polls in (1, 2, 3):
        assert (reconciled(action).state, action.polls) == ("accepted", polls)
        assert action.due_at
        waits.append((action.due_at - timezone.now()).total_seconds())
    # Nor is it asked for every few seconds, for three days.
    assert waits == pytest.approx([301, 601, 901], abs=10)
    cloud.next.append("cut-before")
    lost = dispatched(ask(Vehicle.objects.create(vin="VF3ABCDE0FG000009", fleet=yard.fleet, gateway=yard.gateway)))
    RemoteAction.objects.filter(pk=lost.pk).update(sent_at=timezone.now() - timedelta(hours=1))
    for _ in range(3):
        assert reconciled(lost).state == "unknown"
    assert lost.absent_since is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (LOG_IN, "The manufacturer's cloud answered HTTP 302, which leads to https://sso.example/login."),
        (BAD_GATEWAY, "The manufacturer's cloud answered HTTP 502: “502 Bad Gateway: nginx”."),
        (
            (500, {"response": None, "error": "vehicle is offline or asleep", "error_description": ""}, {}),
            "The manufacturer's cloud answered HTTP 500: “vehicle is offline or asleep”.",
        ),
        (
            (200, PAGE % ("Log in", "Log in"), {}),
            "A page came in place of an answer of the manufacturer's cloud: “Log in: nginx”.",
        ),
        (
            (408, PAGE % ("Time-out", "Time-out"), {}),
            "The manufacturer's cloud answered HTTP 408: “Time-out: nginx”.",
        ),
    ],
)
def test_what_may_have_come_through_is_unknown_is_looked_up_and_keeps_its_words(
    yard: Yard, cloud: Cloud, answer: Any, said: str
) -> None:
    cloud.next.append(answer)
    action = dispatched(ask(yard.vehicle))
    assert (action.state, action.detail) == ("unknown", said)
    # Nothing like it is sent meanwhile, and the look-up finds what had come through.
    cloud.accept({"label": action.upstream_label, "door": {"state": "Locked"}})
    assert reconciled(action).state == "accepted"
    assert len(cloud.posted) == 1


def test_a_refusal_of_the_request_ends_it_in_whatever_form_it_is_written(yard: Yard, cloud: Cloud) -> None:
    for status, body, said in [
        (400, {"errors": {"400": "BAD REQUEST"}}, "BAD REQUEST"),
        (422, {"type": "about:blank", "title": "Unprocessable", "detail": "No such slot."}, "No such slot."),
        (400, {"code": 40001, "message": "door.state: unknown"}, "door.state: unknown"),
    ]:
        cloud.next.append((status, body, {}))
        action = dispatched(ask(yard.vehicle))
        assert (action.state, action.failure_cause) == ("done", statuses.GENERAL_ERROR)
        assert said in action.detail
