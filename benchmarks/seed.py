"""Makes what the notifications are about: one fleet at one gateway, its vehicles, and remote actions under way.

python -m benchmarks.seed        in FleetRemote's environment; prints a Seed as JSON
"""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import django

from benchmarks.notifications import ACTIONS, ACTIONS_A_VEHICLE, upstream_id, vin


@dataclass(frozen=True)
class Seed:
    """How to reach what was made."""

    gateway_id: int
    webhook_path: str
    webhook_authorization: str
    api_query: str
    api_authorization: str


# Old events as a server has them after a while, so that the indexes have some depth.
_HISTORY = """
INSERT INTO remotes_remoteevent
    (action_id, gateway_id, source, upstream_action_id, vin, remote_type, type, status, event_date, extra, received_at,
     stage, effective_at, rank)
SELECT action.id, gateway_id, 'webhook', upstream_id, '', 'Doors', 'Pending', 'Accepted', at, '{}', at, 1, at, 0
FROM remotes_remoteaction action, generate_series(1, 10) AS n, LATERAL (SELECT now() - n * interval '1 day' AS at) given
"""


def main() -> None:
    django.setup()
    from django.db import connection

    gateway_id, upstream, fleet = _gateway_and_fleets()
    _actions(fleet, gateway_id)
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY)
        cursor.execute("VACUUM ANALYZE")
    query, authorization = _api_client(fleet)
    seed = Seed(
        gateway_id=gateway_id,
        webhook_path=f"/webhook/{upstream.webhook_id}",
        webhook_authorization=f"Bearer {upstream.webhook_secret}",
        api_query=query,
        api_authorization=authorization,
    )
    print(json.dumps(asdict(seed)))


def _gateway_and_fleets() -> tuple[int, Any, Any]:
    from fleets.models import Fleet, Gateway, UpstreamFleet

    gateway = Gateway.objects.create(name="bench", base_url="http://127.0.0.1:9/connectedcar/v3")
    fleet = Fleet.objects.create(name="Bench")
    return gateway.pk, UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id="bench"), fleet


def _actions(fleet: Any, gateway_id: int) -> None:
    from django.utils import timezone

    from fleets.models import Vehicle
    from remotes.models import RemoteAction

    now = timezone.now()
    vehicles = Vehicle.objects.bulk_create(
        Vehicle(vin=vin(number), fleet=fleet, gateway_id=gateway_id, upstream_id=str(number))
        for number in range(ACTIONS // ACTIONS_A_VEHICLE)
    )
    RemoteAction.objects.bulk_create(
        RemoteAction(
            fleet=fleet,
            vehicle=vehicles[number // ACTIONS_A_VEHICLE],
            gateway_id=gateway_id,
            remote_type="Locking",
            payload={"state": "Unlocked"},
            state=RemoteAction.State.ACCEPTED,
            upstream_id=upstream_id(number),
            accepted_at=now,
            due_at=now + timedelta(hours=1),
            expires_at=now + timedelta(minutes=5),
        )
        for number in range(ACTIONS)
    )


def _api_client(fleet: Any) -> tuple[str, str]:
    """The query and the Authorization header of an API client that may use the fleet."""
    from fleets.models import ApiClient

    no_limit = 2_000_000_000
    client = ApiClient(client_id="bench", name="bench", username="bench", day_limit=no_limit, burst_limit=no_limit)
    secret = client.new_secret()
    client.fleets.add(fleet)
    return "client_id=bench", "Basic " + base64.b64encode(f"bench:{secret}".encode()).decode()


if __name__ == "__main__":
    main()
