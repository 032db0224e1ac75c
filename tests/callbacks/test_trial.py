"""Test notifications: made up, of the published shape, and delivered like any other."""

import json
from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from callbacks.delivery.policy import LIFE
from callbacks.models import Batch, Callback
from callbacks.trial import NO_VIN, send_test
from fleets.models import Fleet
from tests.published import WEBHOOK, hold
from tests.world import make_fleet, make_vehicle

from .outbox_world import is_woken, make_callback


@pytest.fixture
def fleet(db: None) -> Fleet:
    return make_fleet()


def body_of(batch: Batch) -> dict[str, Any]:
    return json.loads(bytes(batch.body))


def test_its_body_is_a_published_notification_with_one_event(fleet: Fleet) -> None:
    vehicle = make_vehicle(fleet)
    make_vehicle(fleet)
    callback = make_callback(fleet)
    body = body_of(send_test(callback))
    hold(body, "RemoteEvents", WEBHOOK)
    assert body["callbackId"] == callback.public_id
    (event,) = body["events"]
    assert (event["vin"], event["remoteType"], event["test"]) == (vehicle.vin, "VehicleState", True)
    assert event["eventStatus"] == {"type": "Done", "status": "Success"}
    assert datetime.fromisoformat(event["eventDate"]).tzinfo is not None


def test_body_attributes_are_resolved_as_in_any_other(fleet: Fleet) -> None:
    vehicle = make_vehicle(fleet)
    attributes = [
        {"type": "Body", "key": name.lower(), "value": f"${name}"}
        for name in ("vin", "callbackID", "remoteType", "fleetID")
    ]
    attributes += [{"type": "Body", "key": "site", "value": "Lyon"}, {"type": "Header", "key": "X-A", "value": "b"}]
    callback = make_callback(fleet, attributes=attributes)
    assert body_of(send_test(callback))["attributes"] == [
        {"key": "vin", "value": vehicle.vin},
        {"key": "callbackid", "value": callback.public_id},
        {"key": "remotetype", "value": "VehicleState"},
        {"key": "fleetid", "value": fleet.public_id},
        {"key": "site", "value": "Lyon"},
    ]


def test_a_fleet_without_vehicles_gets_a_neutral_vin(fleet: Fleet) -> None:
    batch = send_test(make_callback(fleet))
    assert body_of(batch)["events"][0]["vin"] == batch.vins[0] == NO_VIN
    assert len(NO_VIN) == 17


def test_each_is_an_event_of_its_own_that_follows_no_order(fleet: Fleet) -> None:
    callback = make_callback(fleet)
    first, second = send_test(callback), send_test(callback)
    assert first.remote_action_ids != second.remote_action_ids
    assert first.webhook_id != second.webhook_id
    first.refresh_from_db()
    assert (first.kind, first.state, first.order_keys, first.event_count) == ("test", "waiting", [], 1)
    assert first.remote_action_ids == [body_of(first)["events"][0]["remoteActionId"]]
    assert (first.expires_at - first.oldest_at, first.due_at) == (LIFE, first.formed_at)


@pytest.mark.parametrize("status", list(Callback.Status))
def test_it_is_kept_whatever_the_status_and_wakes_the_delivery(
    fleet: Fleet, status: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    callback = make_callback(fleet)
    Callback.objects.update(status=status)
    with django_capture_on_commit_callbacks(execute=True):
        send_test(callback)
        assert not is_woken(callback)
    assert is_woken(callback)
    assert callback.batches.get().state == "waiting"
