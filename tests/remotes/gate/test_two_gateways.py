"""Two gateways count by themselves: fleets, vehicles, callbacks and actions there have the same ids, and nothing mixes.

The fleet stands at both, as one that has vehicles in two accounts of the manufacturer.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from callbacks.models import Notification
from fleets.models import Gateway, UpstreamFleet, Vehicle
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import request_action
from remotes.intake import ingest
from remotes.life.adoption import adopt_newest
from remotes.models import GatewayHealth, RemoteAction, RemoteEvent
from remotes.tasks import dispatch, reconcile
from tests.callbacks.outbox_world import make_callback
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard, event

UNLOCK = Remote(REMOTE_TYPES["Locking"], {"state": "Unlocked"})
TWIN_VIN = "VF7ABCDE0FG123457"


@pytest.fixture
def twin(yard: Yard) -> Yard:
    """The same fleet's place at another gateway, and its vehicle there: under the same ids."""
    gateway = Gateway.objects.create(name="second", base_url="http://127.0.0.1:9/connectedcar/v3", password="other")
    upstream = UpstreamFleet.objects.create(fleet=yard.fleet, gateway=gateway, upstream_id=yard.upstream.upstream_id)
    vehicle = Vehicle.objects.create(
        vin=TWIN_VIN, fleet=yard.fleet, gateway=gateway, upstream_id=yard.vehicle.upstream_id
    )
    return Yard(yard.fleet, gateway, upstream, vehicle)


@pytest.fixture
def second(twin: Yard) -> Iterator[Cloud]:
    """What answers at the twin's gateway. It gives the same ids as the other: c1, a1, a2 …"""
    cloud = Cloud()
    twin.gateway.base_url = cloud.base_url
    twin.gateway.save()
    yield cloud
    cloud.close()


def tell(place: Yard, *events: dict[str, Any], secret: str = "") -> int:
    """The place's gateway notifies us; gives the status of our answer."""
    document = {"callbackId": "c1", "attributes": [], "events": [{**one, "vin": place.vehicle.vin} for one in events]}
    headers = {"Authorization": f"Bearer {secret or place.upstream.webhook_secret}"}
    url = f"/webhook/{place.upstream.webhook_id}"
    return Client().post(url, document, content_type="application/json", headers=headers).status_code


def sent(place: Yard) -> RemoteAction:
    """An action of the place's vehicle, as the worker leaves it."""
    action = request_action(place.vehicle, UNLOCK)
    dispatch(place.vehicle.pk)
    action.refresh_from_db()
    return action


def standing(action: RemoteAction) -> tuple[str, str]:
    action.refresh_from_db()
    return action.state, action.status


def looked_after(action: RemoteAction) -> None:
    """Let its due time come, and look."""
    RemoteAction.objects.filter(pk=action.pk).update(due_at=timezone.now())
    reconcile(action.pk)


def test_each_is_sent_to_its_own_gateway_with_its_own_callback(yard: Yard, cloud: Cloud, twin: Yard, second: Cloud):
    actions = [sent(place) for place in (yard, twin)]
    assert [(action.state, action.upstream_id, action.upstream_callback_id) for action in actions] == [
        ("accepted", "a1", "c1")
    ] * 2
    for place, there, action in zip((yard, twin), (cloud, second), actions, strict=True):
        assert [body["label"] for body in there.posted] == [action.upstream_label]
        webhook = there.callbacks["c1"]["subscribe"]["callback"]["webhook"]
        assert webhook["target"].endswith(f"/webhook/{place.upstream.webhook_id}/{place.upstream.path_secret}")


def test_an_action_goes_under_the_callback_that_its_gateway_gave_us(
    yard: Yard, cloud: Cloud, twin: Yard, second: Cloud
) -> None:
    """There the id of our callback at the other gateway is somebody else's."""
    second.callbacks["c1"] = {"id": "c1"}
    assert sent(yard).upstream_callback_id == "c1"
    assert sent(twin).upstream_callback_id == "c2"
    # And once both are registered, too.
    RemoteAction.objects.all().delete()
    assert [sent(place).upstream_callback_id for place in (yard, twin)] == ["c1", "c2"]


def test_a_gateway_whose_account_has_changed_is_asked_under_the_new_one(
    yard: Yard, cloud: Cloud, twin: Yard, second: Cloud
) -> None:
    assert sent(yard).state == "accepted"
    Gateway.objects.filter(pk=yard.gateway.pk).update(base_url=second.base_url)
    second.callbacks["c1"] = {"id": "c1"}
    RemoteAction.objects.all().delete()
    assert sent(yard).state == "accepted"
    assert (len(cloud.posted), len(second.posted)) == (1, 1)


@pytest.mark.parametrize("first", [0, 1], ids=["one first", "the other first"])
def test_the_same_news_of_the_same_id_move_both_and_each_only_by_its_own(yard: Yard, twin: Yard, first: int) -> None:
    places = [yard, twin][first:] + [yard, twin][:first]
    actions = [place.action(callback=make_callback(place.fleet)) for place in places]
    assert tell(places[0], event("Success", done=True)) == 200
    assert [standing(action) for action in actions] == [("done", "Success"), ("accepted", "")]
    assert tell(places[1], event("Success", done=True)) == 200
    assert [standing(action) for action in actions] == [("done", "Success")] * 2
    told = Notification.objects.order_by("pk").values_list("remote_action_id", "vin")
    assert list(told) == [(action.public_id, action.vehicle.vin) for action in actions]


def test_a_secret_opens_the_webhook_of_its_own_gateway_only(yard: Yard, twin: Yard) -> None:
    action = twin.action()
    assert tell(twin, event("Success", done=True), secret=yard.upstream.webhook_secret) == 401
    assert standing(action) == ("accepted", "")


def test_both_are_asked_for_and_each_answer_is_its_own(yard: Yard, cloud: Cloud, twin: Yard, second: Cloud) -> None:
    ours, theirs = sent(yard), sent(twin)
    for there, action, status in ((cloud, ours, "SentToVehicle"), (second, theirs, "SentToVehicle")):
        there.actions["a1"]["status"] = status
        looked_after(action)
    assert [standing(action) for action in (ours, theirs)] == [("accepted", "SentToVehicle")] * 2
    assert [action.events.count() for action in (ours, theirs)] == [1, 1]
    second.actions["a1"] |= {"status": "Failed", "failureCause": "DoorsOpen"}
    looked_after(theirs)
    looked_after(ours)
    assert [standing(action) for action in (ours, theirs)] == [("accepted", "SentToVehicle"), ("done", "Failed")]


def test_what_was_read_at_one_is_not_merged_with_what_the_other_tells(
    yard: Yard, cloud: Cloud, twin: Yard, second: Cloud
) -> None:
    """What polling has read has no date. The notification of the same brings it, but only from the same gateway."""
    ours, theirs = sent(yard), sent(twin)
    for there, action in ((cloud, ours), (second, theirs)):
        there.actions["a1"]["status"] = "SentToVehicle"
        looked_after(action)
    assert tell(twin, event("SentToVehicle")) == 200
    assert [(one.source, one.event_date is not None) for one in ours.events.all()] == [("poll", False)]
    assert [(one.source, one.event_date is not None) for one in theirs.events.all()] == [("webhook", True)]


def test_a_notification_stands_beside_one_that_was_merged_elsewhere(
    yard: Yard, cloud: Cloud, twin: Yard, second: Cloud
) -> None:
    """Both in one request of ours: what is merged at one gateway is inserted at the other."""
    ours, theirs = sent(yard), sent(twin)
    second.actions["a1"]["status"] = "SentToVehicle"
    looked_after(theirs)
    requests = [
        ingest.read(place.upstream.pk, place.gateway.pk, timezone.now(), _body(place)) for place in (yard, twin)
    ]
    ingest.store(requests)
    assert [action.events.filter(source="webhook").count() for action in (ours, theirs)] == [1, 1]


def _body(place: Yard) -> bytes:
    return json.dumps({"events": [{**event("SentToVehicle"), "vin": place.vehicle.vin}]}).encode()


def test_orphans_go_to_the_action_at_their_own_gateway(yard: Yard, cloud: Cloud, twin: Yard, second: Cloud) -> None:
    assert tell(twin, event("Failed", done=True, cause="DoorsOpen")) == 200
    assert tell(yard, event("Success", done=True)) == 200
    ours = sent(yard)
    adopt_newest()
    assert standing(ours) == ("done", "Success")
    assert RemoteEvent.objects.filter(action=None).count() == 1
    theirs = sent(twin)
    assert [standing(action) for action in (ours, theirs)] == [("done", "Success"), ("done", "Failed")]
    assert not RemoteEvent.objects.filter(action=None).exists()


def test_news_of_an_unknown_action_wait_though_the_other_gateway_has_one_of_this_id(
    yard: Yard, cloud: Cloud, twin: Yard
) -> None:
    ours = sent(yard)
    assert tell(twin, event("Failed", done=True, cause="DoorsOpen")) == 200
    adopt_newest()
    assert standing(ours) == ("accepted", "")
    assert RemoteEvent.objects.filter(action=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_fails_closes_only_itself(yard: Yard, cloud: Cloud, twin: Yard, second: Cloud) -> None:
    """Whose failures are counted: one more at the other must not close that one too."""
    vehicles = [
        Vehicle.objects.create(
            vin=f"VF3ABCDE0FG65432{number}", fleet=yard.fleet, gateway=yard.gateway, upstream_id=f"w{number}"
        )
        for number in range(5)
    ]
    for vehicle in vehicles:
        cloud.next.append((500, {}, {}))
        request_action(vehicle, UNLOCK)
        dispatch(vehicle.pk)
    second.next.append((500, {}, {}))
    assert sent(twin).state == "unknown"
    states = {row.gateway.name: row.state for row in GatewayHealth.objects.all()}
    assert states.get("sandbox") == "down"
    assert states.get("second", "up") == "up"
    RemoteAction.objects.filter(vehicle=twin.vehicle).delete()
    assert sent(twin).state == "accepted"
    assert sent(yard).state == "queued"


def test_what_one_gateway_takes_a_second_holds_nothing_back_at_the_other(
    yard: Yard, cloud: Cloud, twin: Yard, second: Cloud
) -> None:
    cloud.next.append((202, {"remoteActionId": "a1"}, {"X-RateLimit-Limit-2": "1"}))
    for place in (yard, twin):
        UpstreamFleet.objects.filter(pk=place.upstream.pk).update(
            callback_id="c1", callback_target=f"http://127.0.0.1:8000/webhook/{place.upstream.webhook_id}/***"
        )
    cloud.callbacks["c1"] = second.callbacks["c1"] = {"id": "c1"}
    assert sent(yard).state == "accepted"
    assert sent(twin).state == "accepted"
