"""Sendings through a gateway whose requests carry a token: what is on record, and what waits or ends without one.

Really committed, since the store of the token is no part of a sending's transactions.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from fleets.models import AccessToken, AuditEntry, Gateway
from fleets.storage.redis import client
from fleets.tokens.store import GatewayTokens
from gateways.interface import Exchange
from gateways.tokens import Token
from remotes.asking import kill_switch
from remotes.gate import gate
from remotes.models import RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.clouds import tokens, v1
from tests.clouds.conftest import serving
from tests.remotes.conftest import Yard
from tests.world import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by_token(yard: Yard) -> Iterator[v1.Cloud]:
    """The yard's gateway speaks v1, at a small cloud of one vehicle."""
    cloud = v1.cloud(0, 1)
    gateway = yard.gateway
    gateway.dialect, gateway.base_url, gateway.token_url = "v1", cloud.url, cloud.tokens.url
    gateway.client_id, gateway.client_secret = tokens.CLIENT, tokens.SECRET
    gateway.save()
    yard.upstream.upstream_id = "account"
    yard.upstream.save()
    yard.vehicle.upstream_id = next(iter(cloud.book.vehicles))
    yard.vehicle.save()
    with serving(cloud):
        yield cloud
    cloud.tokens.close()


def dispatched(yard: Yard, action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    return action


def came(cloud: v1.Cloud) -> int:
    return sum(len(record.came) for record in cloud.book.records.values())


def registered(yard: Yard) -> None:
    """Our channel is there, and so are the limits; nothing of the vehicle is under way."""
    assert dispatched(yard, horn(yard)).state == "accepted"
    RemoteAction.objects.all().delete()
    told = [("X-RateLimit-Limit-1", "1000"), ("X-RateLimit-Remaining-1", "500")]
    gate.observe(yard.gateway, Exchange("GET", yard.gateway.base_url, [], b"", 0.1, 200, told))


def left_of_the_day(yard: Yard) -> int:
    return int(client().hget(f"budget:{yard.gateway.pk}:told", "left") or -1)


def horn(yard: Yard) -> RemoteAction:
    return yard.action(None, remote_type="Horn", payload={"state": "Activated"})


def test_what_is_sent_once_more_is_on_record_before_it_goes(yard: Yard, by_token: v1.Cloud) -> None:
    registered(yard)
    by_token.tokens.treat({"revoked": 1})
    action = dispatched(yard, horn(yard))
    assert (action.state, came(by_token)) == ("accepted", 2)
    entries = AuditEntry.objects.filter(subject=action.public_id).order_by("pk")
    told = [(entry.kind, entry.document.get("status")) for entry in entries]
    assert told == [("checked", None), ("sent", None), ("answered", 401), ("sent", None), ("answered", 202)]
    sent = [entry.document["headers"] for entry in entries if entry.kind == "sent"]
    assert all(["Authorization", "***"] in headers for headers in sent)


def test_without_a_token_it_waits_and_says_what_is_the_matter(yard: Yard, by_token: v1.Cloud) -> None:
    by_token.tokens.treat({"answer": "500"})
    action = dispatched(yard, horn(yard))
    assert (action.state, came(by_token)) == ("queued", 0)
    assert "No access token can be had, so nothing was sent." in action.detail
    assert "HTTP 500: “Internal Server Error: Failed to connect to the token service" in action.detail


def test_what_there_is_no_token_for_is_not_shown_as_answered_by_the_api(yard: Yard, by_token: v1.Cloud) -> None:
    registered(yard)
    # With other credentials there is no token yet.
    Gateway.objects.update(scopes="remote remote:horn:write")
    by_token.tokens.treat({"answer": "500"})
    action = dispatched(yard, horn(yard))
    assert (action.state, came(by_token)) == ("queued", 1)
    sent, answered = AuditEntry.objects.filter(subject=action.public_id, kind__in=["sent", "answered"]).order_by("pk")
    assert sent.kind == "sent"
    assert (answered.document["status"], answered.document["why"]["code"]) == (None, "was-not-sent")


def test_what_the_vehicles_cloud_does_not_offer_ends_so(yard: Yard, by_token: v1.Cloud) -> None:
    by_token.book.treat(yard.vehicle.upstream_id, {"lacks": True})
    action = dispatched(yard, horn(yard))
    assert (action.state, action.status) == ("done", "Failed")
    assert "This vehicle's cloud does not offer it: REMOTE_NOT_SUPPORTED" in action.detail


def test_what_has_no_place_in_the_dialect_ends_naming_the_field_though_no_check_had_found_it(
    yard: Yard, by_token: v1.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleets.vehicles.ability.why_unable", lambda *_: None)
    lights = yard.action(None, remote_type="Lights", payload={"on": True, "duration": "PT20S"})
    action = dispatched(yard, lights)
    assert (action.state, action.status, came(by_token)) == ("done", "Failed", 0)
    assert "lights.duration" in action.detail
    assert not AuditEntry.objects.filter(subject=action.public_id, kind="sent").exists()


def test_while_the_endpoint_is_left_alone_nothing_is_tried_and_no_slot_is_spent(yard: Yard, by_token: v1.Cloud) -> None:
    """Of the requests a day that the API allows; and there is one entry on record, not one for each try."""
    registered(yard)
    Gateway.objects.update(scopes="remote remote:horn:write")
    by_token.tokens.treat({"answer": "500"})
    action = dispatched(yard, horn(yard))
    AccessToken.objects.update(failures=5)
    left = left_of_the_day(yard)
    asked = by_token.tokens.count.in_all
    for _ in range(3):
        RemoteAction.objects.update(not_before=None)
        action = dispatched(yard, action)
        assert gate.leave(Gateway.objects.get()) is not None
    assert "token" in action.detail
    assert (action.state, action.attempts, by_token.tokens.count.in_all) == ("queued", 1, asked)
    assert AuditEntry.objects.filter(subject=action.public_id, kind="sent").count() == 1
    assert left_of_the_day(yard) == left
    by_token.tokens.treat({})
    AccessToken.objects.update(failed_at=timezone.now() - timedelta(seconds=16))
    assert dispatched(yard, action).state == "accepted"


def meanwhile(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object], *, renewed: bool) -> None:
    """Something happens while a token is asked for: the first one, or the one after a refusal."""
    token = GatewayTokens.token

    def late(self: GatewayTokens, fetch: Callable[[], Token], refused: Token | None = None) -> Token:
        found = token(self, fetch, refused)
        if (refused is not None) is renewed:
            do()
        return found

    monkeypatch.setattr(GatewayTokens, "token", late)
    monkeypatch.setattr("remotes.sending.last_look.FRESH", 0)


@pytest.mark.parametrize("renewed", [False, True])
def test_what_is_over_when_there_is_a_token_is_not_sent(
    yard: Yard, by_token: v1.Cloud, monkeypatch: pytest.MonkeyPatch, renewed: bool
) -> None:
    """Also where it is the second one, after a refusal."""
    registered(yard)
    action = horn(yard)
    by_token.tokens.treat({"revoked": int(renewed)})
    late = action.expires_at + timedelta(seconds=1)
    meanwhile(monkeypatch, lambda: monkeypatch.setattr(timezone, "now", lambda: late), renewed=renewed)
    action = dispatched(yard, action)
    assert (action.state, came(by_token)) == ("expired", 1)
    assert "It took too long to get an access token" in action.detail


@pytest.mark.parametrize("renewed", [False, True])
def test_a_stop_while_a_token_is_asked_for_holds(
    yard: Yard, by_token: v1.Cloud, monkeypatch: pytest.MonkeyPatch, renewed: bool
) -> None:
    registered(yard)
    camille = make_person("camille", yard.fleet)
    by_token.tokens.treat({"revoked": int(renewed)})
    meanwhile(monkeypatch, lambda: kill_switch.stop(yard.fleet, camille, "Strange commands."), renewed=renewed)
    action = dispatched(yard, horn(yard))
    assert (action.state, came(by_token)) == ("queued", 1)
    assert "Strange commands." in action.detail
    entries = AuditEntry.objects.filter(subject=action.public_id, kind="answered").order_by("pk")
    told = [entry.document.get("why", {}).get("code") for entry in entries]
    assert told == [None, "was-not-sent"][not renewed :]
