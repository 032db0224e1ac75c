"""What the cloud answers to a sending is told in its own words: on pages, in the audit, and in an alert."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alerts.causes import actions, gateways
from fleets.models import Fleet, Vehicle
from fleets.storage.redis import client
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes.asking.ask import request_action
from remotes.gate import gate, gateway_health
from remotes.intake.vehicle_state import refresh
from remotes.life.endings import end_by_us
from remotes.models import Alert, RemoteAction
from remotes.registration import registration
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.looking_up import end_unknown
from remotes.words import codes
from tests.cases import case
from tests.console.conftest import LogIn
from tests.console.explain.test_no_cause import text_of
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard, cloud, yard
from tests.world import make_action, make_person, one_is_enough

__all__ = ["cloud", "yard"]

pytestmark = pytest.mark.django_db(transaction=True)
OFFLINE = "vehicle is offline or asleep"

# By the place in the case: how the action stands after it, the words, and how the gateway does.
WAITS, FAILED, UNKNOWN = "queued", "done", "unknown"
RIGHT = [
    (WAITS, "Forbidden: Not allowed by the gateway.", "refused"),
    (WAITS, "Unauthorized: Invalid client id or secret.", "refused"),
    (WAITS, "invalid_grant: The grant is revoked.", "refused"),
    (FAILED, "BAD REQUEST", "up"),
    (WAITS, "404 Not Found", "up"),
    (UNKNOWN, OFFLINE, "up"),
]


@pytest.fixture(autouse=True)
def empty_redis() -> Iterator[None]:
    yield
    client().flushall()


@pytest.fixture
def manager(yard: Yard, log_in: LogIn) -> Client:
    return log_in(make_person("camille", yard.fleet))


def sent(yard: Yard, cloud: Cloud, answer: dict[str, Any]) -> RemoteAction:
    """A dangerous action that has got this answer, twice where it was tried twice."""
    one_is_enough(yard.fleet)
    # A secret that stands in the words would be taken out of them.
    yard.gateway.password = "correct horse"
    yard.gateway.save()
    registration.check(yard.upstream.pk)
    kind = {"Content-Type": answer.get("type", "application/json")}
    cloud.in_front["POST"] = (answer["code"], answer["body"], kind)
    action = request_action(yard.vehicle, Remote(REMOTE_TYPES["Immobilization"], {"activate": False}))
    for _ in range(2):
        RemoteAction.objects.filter(pk=action.pk, state="queued").update(not_before=None)
        dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    return action


def page_of(fleet: Fleet, vehicle: Vehicle) -> str:
    return f"/fleets/{fleet.public_id}/vehicles/{vehicle.public_id}"


@pytest.mark.parametrize("place", range(len(RIGHT)))
def test_each_answer_is_told_in_its_own_words(yard: Yard, cloud: Cloud, manager: Client, place: int) -> None:
    answer, (state, words, gateway) = case("answers-to-a-send")["answers"][place], RIGHT[place]
    action = sent(yard, cloud, answer)
    gateway_health.forget_reading(yard.gateway.pk)
    assert (action.state, gate.health(yard.gateway).state) == (state, gateway)
    assert action.failure_cause != "MissingRights"
    assert words in action.detail
    for page in (
        page_of(yard.fleet, yard.vehicle),
        f"/fleets/{yard.fleet.public_id}/actions",
        f"/fleets/{yard.fleet.public_id}/audit?about={action.public_id}",
    ):
        assert words in text_of(manager, page), page
    RemoteAction.objects.filter(pk=action.pk).update(sent_at=timezone.now().replace(year=2020))
    actions.look(timezone.now())
    gateways.look()
    told = [words in alert.words for alert in Alert.objects.all()]
    assert told == ([] if place == 4 else [True])
    yard.vehicle.refresh_from_db()
    assert yard.vehicle.gone_at is None


def test_the_words_of_an_answer_outlive_the_not_knowing(yard: Yard, cloud: Cloud, manager: Client) -> None:
    action = sent(yard, cloud, case("answers-to-a-send")["answers"][-1])
    # A notification that may be of it has words of its own.
    RemoteAction.objects.update(why=Why(codes.PROBABLY_TAKEN))
    shown = text_of(manager, page_of(yard.fleet, yard.vehicle))
    assert f"Answered with status 500: “{OFFLINE}”" in shown
    end_unknown(action, codes.NOT_LISTED)
    action.refresh_from_db()
    page = text_of(manager, f"{page_of(yard.fleet, yard.vehicle)}/actions/{action.public_id}/explain")
    assert f"The manufacturer's cloud says: {OFFLINE}" in page
    assert "HTTP 500" in page


def test_what_was_never_answered_is_given_no_words(yard: Yard, manager: Client) -> None:
    action = yard.action(None)
    end_by_us(action, Why(codes.NOT_MANAGER))
    page = text_of(manager, f"{page_of(yard.fleet, yard.vehicle)}/actions/{action.public_id}/explain")
    assert "The manufacturer's cloud says" not in page


def test_where_the_cloud_gives_no_state_nobody_is_told_to_wake_the_vehicle_for_one(
    yard: Yard, cloud: Cloud, manager: Client
) -> None:
    answer = case("answer-to-status-404")
    hour = timezone.now() - timedelta(hours=1)
    Vehicle.objects.update(state={"odometer": {"mileage": 7}}, state_read_at=hour, heard_at=hour)
    cloud.in_front["GET"] = (answer["code"], answer["body"], {"Content-Type": "application/json"})
    refresh(yard.vehicle.pk)
    failed = make_action(yard.vehicle, state="done", status="Failed", failure_cause="VehicleInUse")
    page = page_of(yard.fleet, yard.vehicle)
    text = text_of(manager, page)
    assert "gave no state of this vehicle: Not Found: Position not found." in text
    assert "Not known: the vehicle's state could not be read." in text
    explanation = f"{page}/actions/{failed.public_id}/explain"
    assert "command-refresh" not in manager.get(page).content.decode()
    assert 'id="explained-refresh"' not in manager.get(explanation).content.decode()
    Vehicle.objects.update(state_problem=None)
    assert 'id="explained-refresh"' in manager.get(explanation).content.decode()
