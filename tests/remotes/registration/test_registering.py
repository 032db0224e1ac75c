"""Our callback upstream: what it is registered with, at clouds that are strict and at others, and that it is no secret.

The cloud is one over real HTTP (tests/remotes/cloud.py).
"""

import json
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from fleets.models import AuditEntry, UpstreamFleet
from gateways.interface import GatewayError, Refused
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.models import GatewayHealth, InboundRequest, RemoteAction
from remotes.registration import registration
from remotes.registration.facts import registrations
from remotes.sending.dispatch import dispatch_vehicle
from remotes.sending.sweep import check_registrations
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Notify, Yard, event
from tests.web_server import ask
from tests.world import make_fleet, make_person

PUBLISHED = [entry.v3.type_name for entry in REMOTE_TYPES.values() if not entry.v3.extension]


def types_at(cloud: Cloud, callback_id: str = "c1") -> list[str]:
    found: list[str] = cloud.callbacks[callback_id]["subscribe"]["remoteTypes"]
    return found


def sent(yard: Yard, name: str = "State") -> RemoteAction:
    entry = REMOTE_TYPES[name]
    action = request_action(yard.vehicle, Remote(entry, entry.features[0].payload))
    dispatch_vehicle(yard.vehicle.pk)
    action.refresh_from_db()
    return action


def again(action: RemoteAction) -> RemoteAction:
    """Once more, when its time has come."""
    RemoteAction.objects.filter(pk=action.pk).update(not_before=timezone.now(), due_at=timezone.now())
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def test_a_cloud_is_asked_for_the_published_types_and_to_try_for_3_days(yard: Yard, cloud: Cloud) -> None:
    registration.check(yard.upstream.pk)
    body = cloud.callbacks["c1"]["subscribe"]
    assert body["remoteTypes"] == PUBLISHED
    retry = body["retryPolicy"]
    assert (retry["policy"], retry["retryNumber"] * retry["retryDelay"]) == ("Bounded", 3 * 24 * 3600)
    yard.upstream.refresh_from_db()
    assert yard.upstream.callback_types == PUBLISHED
    # Nothing is to be changed then.
    cloud.asked.clear()
    registration.check(yard.upstream.pk)
    assert cloud.asked == ["GET c1"]


@pytest.mark.parametrize("status", [400, 422])
def test_a_cloud_that_refuses_unpublished_types_takes_our_callback_and_decides_on_actions(
    yard: Yard, cloud: Cloud, status: int
) -> None:
    cloud.strict, cloud.strict_status = set(PUBLISHED), status
    assert sent(yard).state == "accepted"
    assert types_at(cloud) == PUBLISHED
    RemoteAction.objects.all().delete()
    # Its own words stay with the action, and it is not asked for more types with each one.
    for _ in range(2):
        cloud.next.append((status, {"message": "VehicleState: never heard of it"}, {}))
        cloud.asked.clear()
        action = sent(yard)
        assert (action.state, action.status, action.failure_cause) == ("done", "Failed", "GeneralError")
        assert "never heard of it" in action.detail
        RemoteAction.objects.all().delete()
    assert cloud.asked == ["POST remotes"]
    assert types_at(cloud) == PUBLISHED
    # Its callback is right all the same.
    registration.check(yard.upstream.pk)
    assert cloud.asked == ["POST remotes", "GET c1"]


def test_a_cloud_that_has_more_types_learns_of_ours_when_one_is_needed(yard: Yard, cloud: Cloud) -> None:
    cloud.enforces_types = True
    action = sent(yard)
    # Refused once, and sent again at once.
    assert (action.state, len(cloud.posted)) == ("accepted", 2)
    assert set(types_at(cloud)) == {*PUBLISHED, "VehicleState"}
    # What it has taken once is asked for where our callback is made anew, and at the gateway's other fleets.
    cloud.callbacks.clear()
    check_registrations(yard.gateway.pk)
    assert "VehicleState" in types_at(cloud)
    other = make_fleet().upstream_fleets.get()
    UpstreamFleet.objects.filter(pk=other.pk).update(gateway=yard.gateway, upstream_id="f2")
    registration.check(other.pk)
    assert "VehicleState" in types_at(cloud, "c2")


def test_an_action_waits_while_nobody_knows_whether_the_type_is_taken(yard: Yard, cloud: Cloud) -> None:
    registration.check(yard.upstream.pk)
    cloud.enforces_types = True
    cloud.broken.append("PUT c1")
    action = sent(yard)
    assert (action.state, len(cloud.posted)) == ("queued", 1)
    assert "No callback" in action.detail
    assert again(action).state == "accepted"


def test_a_refused_action_of_a_published_type_asks_for_no_more(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append((400, {"message": "no"}, {}))
    assert sent(yard, "Horn").state == "done"
    assert "PUT c1" not in cloud.asked


def test_types_that_our_callback_has_from_before_are_kept(yard: Yard, cloud: Cloud) -> None:
    """As every callback that was registered before types were noted down."""
    everything = [entry.v3.type_name for entry in REMOTE_TYPES.values()]
    before = {"callback": {"webhook": {"target": "http://old", "name": "x"}}, "remoteTypes": everything}
    cloud.callbacks["c1"] = {"id": "c1", "status": "Running", "subscribe": before}
    UpstreamFleet.objects.update(callback_id="c1", callback_target="http://old")
    registration.check(yard.upstream.pk)
    assert types_at(cloud) == everything


# Notifications while it is checked, and what is known of it.


def test_notifications_come_in_while_our_callback_is_registered(
    yard: Yard, cloud: Cloud, transactional_db: None
) -> None:
    """Upstream may notify us before it has answered; the row is locked, and nothing that comes in waits for it."""
    path, secret = f"/webhook/{yard.upstream.webhook_id}", f"Bearer {yard.upstream.webhook_secret}"
    body = json.dumps({"events": [event("Accepted")]}).encode()

    def post() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        assert ask("POST", path, body, secret).status_code == 200

    cloud.meanwhile("POST callbacks", post)
    registration.check(yard.upstream.pk)
    assert InboundRequest.objects.count() == 1


def test_what_is_known_of_our_callbacks(
    yard: Yard, cloud: Cloud, notify: Notify, django_assert_num_queries: Any
) -> None:
    (never,) = registrations(yard.gateway.pk)
    assert (never.is_registered, never.checked_at, never.failed, never.last_notification_at) == (False, *[None] * 3)
    registration.check(yard.upstream.pk)
    assert notify(event("Accepted")).status_code == 200
    assert notify(body=b"?").status_code == 200
    assert notify(authorization="Bearer wrong").status_code == 401
    cloud.callbacks.clear()
    cloud.broken.append("POST callbacks")
    with pytest.raises(GatewayError):
        registration.check(yard.upstream.pk)
    with django_assert_num_queries(1):
        (known,) = registrations(yard.gateway.pk)
    assert known.callback_id == "c1"
    assert known.target == f"http://127.0.0.1:8000/webhook/{yard.upstream.webhook_id}/***"
    assert known.is_failing
    assert known.failed is not None
    assert "HTTP 500" in str(known.failed.why)
    assert known.registered_at is not None
    assert known.checked_at is not None
    assert known.registered_at < known.checked_at
    newest = InboundRequest.objects.order_by("-id")[0]
    assert (newest.outcome, known.last_notification_at) == ("quarantined", newest.received_at)
    assert known.unreadable is not None
    assert known.unreadable.at == newest.received_at
    assert known.refused is not None
    assert known.refused >= newest.received_at
    # A check that goes well is later, and what went wrong is still told.
    registration.check(yard.upstream.pk)
    (known,) = registrations(yard.gateway.pk)
    assert (known.is_failing, known.failed is None) == (False, False)


def test_the_newest_notification_of_a_quiet_fleet_is_found_by_index(yard: Yard) -> None:
    quiet = make_fleet().upstream_fleets.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO remotes_inboundrequest"
            " (id, upstream_fleet_id, received_at, body, outcome, reason, event_count)"
            " SELECT gen_random_uuid(), %s, now(), '', 'stored', '', 1 FROM generate_series(1, 5000)",
            [yard.upstream.pk],
        )
        cursor.execute("ANALYZE remotes_inboundrequest")
    plan = InboundRequest.objects.filter(upstream_fleet=quiet).order_by("-id").values("received_at")[:1].explain()
    assert "inbound_of_fleet" in plan


# The secrets.


def test_no_secret_of_our_webhook_is_kept_or_shown(yard: Yard, cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    """Though the cloud repeats it in its refusal, in another spelling of JSON."""
    caplog.set_level(logging.DEBUG)
    path, header = yard.upstream.path_secret, yard.upstream.webhook_secret
    cloud.echo = True
    with pytest.raises(Refused) as caught:
        registration.check(yard.upstream.pk)
    assert "/***" in str(caught.value)
    cloud.echo = False
    registration.check(yard.upstream.pk)
    assert sent(yard, "Horn").state == "accepted"
    root = Client()
    root.force_login(make_person("root", is_staff=True, is_superuser=True))
    pages = [
        f"/admin/fleets/upstreamfleet/{yard.upstream.pk}/change/",
        "/admin/fleets/upstreamfleet/",
        f"/admin/fleets/gateway/{yard.gateway.pk}/change/",
    ]
    shown = "".join(root.get(page).content.decode() for page in pages)
    assert "/***" in shown
    yard.upstream.refresh_from_db()
    kept = [str(vars(row)) for row in (*AuditEntry.objects.all(), *GatewayHealth.objects.all())]
    kept += [bytes(entry.body or b"").decode() for entry in AuditEntry.objects.exclude(body=None)]
    kept += [str(caught.value), str(registrations(yard.gateway.pk)[0].failed), yard.upstream.callback_target]
    # As our own web server serves it, and as Django does.
    assert ask("POST", f"/webhook/{yard.upstream.webhook_id}/{path}", b"?").status_code == 200
    for address in (f"/webhook/{yard.upstream.webhook_id}/{path}/", f"/webhook/x/{path}"):
        assert Client().post(address, b"?", content_type="application/json").status_code == 401
        assert ask("POST", address, b"?").status_code == 401
    for text in (shown, caplog.text, *kept):
        assert path not in text
        assert header not in text
