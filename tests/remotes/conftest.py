"""A fleet with a vehicle at a gateway, and notifications about it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from fleets.models import Fleet, Gateway, UpstreamFleet, Vehicle
from remotes.models import RemoteAction
from tests.web_server import Answered, ask

from .cloud import Cloud

# An hour before the run: the noon of these stories. From now, since the product compares it with its own clock.
NOON = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)


@dataclass
class Yard:
    """One fleet, its vehicle, and its place at the gateway."""

    fleet: Fleet
    gateway: Gateway
    upstream: UpstreamFleet
    vehicle: Vehicle

    def action(self, upstream_id: str | None = "a1", **values: Any) -> RemoteAction:
        now = timezone.now()
        given: dict[str, Any] = {
            "remote_type": "Locking",
            "payload": {"state": "Unlocked"},
            "state": "accepted" if upstream_id else "queued",
            "accepted_at": now if upstream_id else None,
            "expires_at": now + timedelta(minutes=5),
            **values,
        }
        return RemoteAction.objects.create(
            fleet=self.fleet, vehicle=self.vehicle, gateway=self.gateway, upstream_id=upstream_id, **given
        )


@pytest.fixture
def yard(db: None) -> Yard:
    gateway = Gateway.objects.create(name="sandbox", base_url="http://127.0.0.1:9/connectedcar/v3", password="secret")
    fleet = Fleet.objects.create(name="Lyon")
    upstream = UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id="f1")
    vehicle = Vehicle.objects.create(
        vin="VF3ABCDE0FG123456", label="e-208", fleet=fleet, gateway=gateway, upstream_id="v1"
    )
    return Yard(fleet, gateway, upstream, vehicle)


@pytest.fixture
def cloud(yard: Yard) -> Iterator[Cloud]:
    """What answers at the yard's gateway."""
    cloud = Cloud()
    yard.gateway.base_url = cloud.base_url
    yard.gateway.save()
    yield cloud
    cloud.close()
    cloud.check()


def event(
    status: str,
    *,
    done: bool = False,
    at: datetime | str | None = NOON,
    cause: str | None = None,
    action: str = "a1",
    **more: Any,
) -> dict[str, Any]:
    """One event as upstream writes it."""
    event_status = {"type": "Done" if done else "Pending", "status": status}
    if cause:
        event_status["failureCause"] = cause
    body = {"remoteActionId": action, "vin": "VF3ABCDE0FG123456", "remoteType": "Doors", "eventStatus": event_status}
    if at is not None:
        body["eventDate"] = at if isinstance(at, str) else at.isoformat()
    return {**body, **more}


Notify = Callable[..., Answered]


@pytest.fixture
def notify(yard: Yard) -> Notify:
    """Post events to our webhook as upstream does; gives the answer."""

    def post(*events: Any, body: bytes | None = None, authorization: str | None = None) -> Answered:
        secret = f"Bearer {yard.upstream.webhook_secret}" if authorization is None else authorization
        document = json.dumps({"callbackId": "c1", "attributes": [], "events": events}).encode()
        return ask("POST", f"/webhook/{yard.upstream.webhook_id}", document if body is None else body, secret)

    return post
