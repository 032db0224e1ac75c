"""The last look before a request goes out says go, or why not."""

import time
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from fleets import budgets
from gateways.interface import Exchange
from remotes.asking import kill_switch
from remotes.gate import gate
from remotes.models import GatewayHealth, RemoteAction
from remotes.sending.claiming import Claim
from remotes.sending.last_look import FRESH, why_not
from tests.remotes.conftest import Yard
from tests.world import make_person

pytestmark = pytest.mark.django_db


def claim_of(action: RemoteAction, *, age: float = 0.0, left: float = 10.0) -> Claim:
    now = time.monotonic()
    return Claim(action, None, None, uuid.uuid4(), read_at=now - age, deadline=now + left)


@pytest.fixture
def action(yard: Yard) -> RemoteAction:
    """Its sending has a slot of the gateway's budget."""
    budgets.take_unasked(yard.gateway.pk)
    return yard.action(None)


def test_go(action: RemoteAction) -> None:
    assert why_not(claim_of(action)) is None


def test_a_stop_that_came_since_all_was_asked_is_seen(yard: Yard, action: RemoteAction) -> None:
    kill_switch.stop(yard.fleet, make_person("camille", yard.fleet), "Drill.")
    assert str(why_not(claim_of(action, age=FRESH + 1))) == "Sending is stopped: Drill."


def test_neither_the_claim_nor_the_action_may_be_past(action: RemoteAction) -> None:
    assert str(why_not(claim_of(action, left=-1))) == "The worker was too slow."
    action.expires_at = timezone.now() - timedelta(seconds=1)
    assert str(why_not(claim_of(action))) == "The worker was too slow."


def test_whose_slot_went_to_another_request_needs_a_new_one(yard: Yard, action: RemoteAction) -> None:
    budgets.sent(yard.gateway.pk)
    assert why_not(claim_of(action)) is None
    assert budgets.in_hand(yard.gateway.pk)
    GatewayHealth.objects.update_or_create(gateway=yard.gateway, defaults={"burst_limit": 2, "day_limit": 100})
    exhausted = [("X-RateLimit-Limit-1", "100"), ("X-RateLimit-Remaining-1", "5")]
    gate.observe(yard.gateway, Exchange("GET", yard.gateway.base_url, [], b"", 0.1, 200, exhausted))
    budgets.sent(yard.gateway.pk)
    assert "requests a day are left" in str(why_not(claim_of(action)))
