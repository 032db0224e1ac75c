"""A fleet's alert webhooks get alerts like any callback: signed, retried, seen on its pages."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from alerts.raising import clear_alert, raise_alert
from alerts.sweep import sweep
from callbacks import status
from callbacks.models import Batch, Callback, Notification
from callbacks.trial import send_test
from fleets.models import Fleet
from remotes.life.endings import end_by_us
from remotes.models import Alert, AlertChoice
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import make_callback
from tests.world import make_action, make_fleet, make_vehicle, written

Kind = Alert.Kind


def webhook(fleet: Fleet, target: str = "https://example.com/hook", **choice: Any) -> Callback:
    callback = make_callback(fleet, target=target)
    Callback.objects.filter(pk=callback.pk).update(for_alerts=True)
    if choice:
        AlertChoice.objects.create(fleet=fleet, callback=callback, **choice)
    return callback


def waiting(callback: Callback) -> int:
    return Notification.objects.filter(callback=callback).count()


def raise_wake_ups(fleet: Fleet | None) -> None:
    raise_alert(Kind.WAKE_UPS, fleet.pk if fleet else None, "1", "Nearly spent.")


def test_alert_and_all_clear_arrive_signed(desk: Desk) -> None:
    callback = webhook(desk.fleet, desk.sink.url)
    vehicle = make_vehicle(desk.fleet, "Van 1")
    action = make_action(vehicle, "immobilise")
    end_by_us(action, written("It was refused."))
    sweep()
    desk.deliver(callback)
    (got,) = desk.sink.got
    document = Webhook(callback.secret).verify(got.body, got.headers)
    assert document["callbackId"] == callback.public_id
    (told,) = document["events"]
    alert = Alert.objects.get()
    assert told == {
        "alertId": alert.public_id,
        "kind": "dangerous-action",
        "fleetId": desk.fleet.public_id,
        "vin": vehicle.vin,
        "remoteActionId": action.public_id,
        "message": "“Immobilise” for Van 1 failed. It was refused.",
        "raisedAt": told["raisedAt"],
        "count": 1,
    }
    assert abs(datetime.fromisoformat(told["raisedAt"]) - alert.first_at) < timedelta(seconds=1)
    clear_alert(Kind.DANGEROUS_ACTION, desk.fleet.pk, alert.key, "Camille has seen to it.")
    sweep()
    desk.deliver(callback)
    (over,) = desk.sink.got[1].events
    assert (over["alertId"], over["message"]) == (alert.public_id, "Camille has seen to it.")
    assert over["clearedAt"] >= over["raisedAt"]


def test_a_webhook_that_was_away_gets_it_later(desk: Desk) -> None:
    callback = webhook(desk.fleet, desk.sink.url)
    desk.sink.behave = lambda _: 500
    raise_wake_ups(desk.fleet)
    sweep()
    desk.deliver(callback)
    desk.sink.behave = lambda _: 200
    Batch.objects.update(due_at=timezone.now())
    desk.until(callback, lambda: desk.states(callback) == ["delivered"], "the alert to arrive")
    assert len({got.webhook_id for got in desk.sink.got}) == 1


def test_each_webhook_gets_the_kinds_that_go_there(fleet: Fleet) -> None:
    everything = webhook(fleet)
    others = webhook(fleet, kinds=[Kind.GATEWAY_DOWN])
    nothing = webhook(fleet, kinds=[])
    plain, elsewhere = make_callback(fleet), webhook(make_fleet("Paris"))
    raise_wake_ups(fleet)
    sweep()
    assert [waiting(callback) for callback in (everything, others, nothing, plain, elsewhere)] == [1, 0, 0, 0, 0]
    raise_wake_ups(None)
    sweep()
    assert (waiting(everything), waiting(elsewhere)) == (2, 1)


def test_a_webhook_is_not_told_of_its_own_failure(fleet: Fleet) -> None:
    failed, other = webhook(fleet), webhook(fleet)
    status.fail(failed, "Nothing arrives.")
    sweep()
    assert (waiting(failed), waiting(other)) == (0, 1)


def test_a_test_of_a_webhook_is_an_alert(fleet: Fleet) -> None:
    callback = webhook(fleet)
    callback.refresh_from_db()
    (event,) = json.loads(bytes(send_test(callback).body))["events"]
    assert (event["kind"], event["test"], event["fleetId"]) == ("test", True, fleet.public_id)
    assert "remoteType" not in event


def test_what_is_told_is_told_with_the_webhooks_in_one_commit(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    callback = webhook(fleet)
    raise_wake_ups(fleet)
    with monkeypatch.context() as patch:
        patch.setattr("alerts.telling.next_telling", lambda _: 1 / 0)
        sweep()
    assert waiting(callback) == 0
    sweep()
    sweep()
    assert waiting(callback) == 1
