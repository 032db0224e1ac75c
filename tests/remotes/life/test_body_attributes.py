"""The Body attributes of a remote of v1 stand in each message about it, wherever the news come from."""

import json
from typing import Any

import pytest

from callbacks import channels
from callbacks.delivery.forming import form
from callbacks.models import Callback, Notification
from fleets.storage import clock
from remotes.models import RemoteAction
from tests.callbacks.outbox_world import make_channel
from tests.published import hold
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Notify, Yard
from tests.remotes.life import test_fan_out as ways
from tests.remotes.life.test_fan_out import Way

NAMES = ("RemoteType", "RemoteStatus", "RemoteLabel", "Vin")
ATTRIBUTES = [{"type": "Body", "key": name, "value": f"${name}"} for name in NAMES]


@pytest.fixture
def member(yard: Yard) -> Callback:
    return channels.member(make_channel(yard.fleet), yard.fleet)


@pytest.mark.parametrize(
    ("way", "status", "label"),
    [
        (ways.by_notification, "Success", "night shift"),
        (ways.by_notification, "Success", None),
        (ways.by_a_notification_that_overtakes_the_answer, "Success", "night shift"),
        (ways.by_polling, "Success", "night shift"),
        (ways.by_a_refusal, "Failed", "night shift"),
        (ways.by_expiring, "Failed", None),
    ],
)
def test_variables_are_filled_in_and_the_label_stays_here(
    yard: Yard,
    cloud: Cloud,
    notify: Notify,
    member: Callback,
    way: Way,
    status: str,
    label: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    action_of = Yard.action

    def with_attributes(self: Yard, *args: str, **values: Any) -> RemoteAction:
        return action_of(self, *args, **{"extra": {"attributes": ATTRIBUTES}, "label": label, **values})

    monkeypatch.setattr(Yard, "action", with_attributes)
    action = way(yard, cloud, notify, member)
    ((batch,), _) = form(member, clock.now(), 10)
    message = json.loads(batch.body)
    given = ["Doors", status, label or "", yard.vehicle.vin]
    assert message["attributes"] == [{"key": name, "value": value} for name, value in zip(NAMES, given, strict=True)]
    assert message["remoteEvent"]["remoteActionId"] == action.public_id
    assert "label" not in message["remoteEvent"]
    assert not Notification.objects.exists()
    hold(message, "Message", "connected-car-v1-webhook.yaml")
