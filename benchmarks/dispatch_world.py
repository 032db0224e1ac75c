"""Makes what is sent to: a fleet with vehicles at one or more gateways, and who may send.

python -m benchmarks.dispatch_world FILE        in FleetRemote's environment; reads a Wanted, prints a World, as JSON
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django

from simulator.world import CLIENT_ID, PASSWORD, USER


@dataclass(frozen=True)
class Wanted:
    """Vehicles, as (VIN, id at the cloud), at as many gateways to one cloud, by turns; the id of their fleet there."""

    base_url: str
    fleet_id: str
    vehicles: Sequence[tuple[str, str]]
    gateways: int = 1


@dataclass(frozen=True)
class World:
    """How to send: each vehicle's path of remotes under the API by its VIN, `query` and `authorization` of a client."""

    paths: Mapping[str, str]
    query: str
    user: str
    password: str


def main(wanted: Wanted) -> World:
    django.setup()
    from fleets.models import Fleet

    fleet = Fleet.objects.create(name="Lyon")
    user, password = _api_client(fleet)
    callback_id = _callback(fleet)
    _register([_upstream(wanted, fleet, number) for number in range(wanted.gateways)])
    paths = {
        vin: f"/connectedcar/v3/fleets/{fleet.public_id}/vehicles/{public_id}/callbacks/{callback_id}/remotes"
        for vin, public_id in _vehicles(wanted, fleet).items()
    }
    return World(paths, "client_id=bench", user, password)


def _api_client(fleet: Any) -> tuple[str, str]:
    from fleets.models import ApiClient

    no_limit = 2_000_000_000
    client = ApiClient(client_id="bench", name="bench", username="bench", day_limit=no_limit, burst_limit=no_limit)
    secret = client.new_secret()
    client.save()
    client.fleets.add(fleet)
    return client.username, secret


def _callback(fleet: Any) -> str:
    from callbacks.models import Callback
    from protocol.v3 import decode_subscribe

    callback = Callback(fleet=fleet)
    webhook = {"target": "http://127.0.0.1:9/nobody", "name": "bench"}
    callback.register(decode_subscribe({"callback": {"webhook": webhook}}))
    callback.save()
    return str(callback.public_id)


def _upstream(wanted: Wanted, fleet: Any, number: int) -> Any:
    from fleets.models import Gateway, UpstreamFleet

    gateway = Gateway.objects.create(
        name=f"Gateway {number}", base_url=wanted.base_url, client_id=CLIENT_ID, username=USER, password=PASSWORD
    )
    return UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=wanted.fleet_id)


def _register(upstreams: Sequence[Any]) -> None:
    """Our callback at each, so that the first sending needs not."""
    from remotes.sending import registration

    for upstream in upstreams:
        registration.check(upstream.pk)


def _vehicles(wanted: Wanted, fleet: Any) -> dict[str, str]:
    from fleets.models import Gateway, Vehicle

    gateways = list(Gateway.objects.order_by("pk"))
    made = Vehicle.objects.bulk_create(
        Vehicle(vin=vin, upstream_id=upstream_id, fleet=fleet, gateway=gateways[number % len(gateways)])
        for number, (vin, upstream_id) in enumerate(wanted.vehicles)
    )
    return {vehicle.vin: vehicle.public_id for vehicle in made}


if __name__ == "__main__":
    print(json.dumps(asdict(main(Wanted(**json.loads(Path(sys.argv[1]).read_text()))))))
