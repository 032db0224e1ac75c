"""Makes what is sent to: fleets with vehicles at one or more gateways, and who may send.

python -m benchmarks.dispatch_world FILE    in FleetRemote's environment; reads a list of Wanted, prints as many World
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
    """Vehicles, as (VIN, id at the cloud), at as many gateways to one cloud, by turns; the id of their fleet there.

    `name` is the fleet's. `token_url`: of a cloud that speaks v1, where each gateway is an account of its own: it has
    `client_id`, followed by a number, and `client_secret`.
    """

    base_url: str
    fleet_id: str
    vehicles: Sequence[tuple[str, str]]
    gateways: int = 1
    name: str = "Lyon"
    token_url: str = ""
    client_id: str = CLIENT_ID
    client_secret: str = ""


@dataclass(frozen=True)
class World:
    """How to send: each vehicle's path of remotes under the API by its VIN, `query` and `authorization` of a client."""

    paths: Mapping[str, str]
    query: str
    user: str
    password: str


def main(wanted: Sequence[Wanted]) -> list[World]:
    django.setup()
    return [_world(one) for one in wanted]


def _world(wanted: Wanted) -> World:
    from fleets.models import Fleet

    fleet = Fleet.objects.create(name=wanted.name)
    client_id = f"bench-{fleet.pk}"
    password = _api_client(fleet, client_id)
    callback_id = _callback(fleet)
    upstreams = _upstreams(wanted, fleet)
    _register(upstreams)
    paths = {
        vin: f"/connectedcar/v3/fleets/{fleet.public_id}/vehicles/{public_id}/callbacks/{callback_id}/remotes"
        for vin, public_id in _vehicles(wanted, upstreams).items()
    }
    return World(paths, f"client_id={client_id}", client_id, password)


def _api_client(fleet: Any, name: str) -> str:
    """Make a client whose id and user have this name, trusted to need no second person; gives its secret."""
    from fleets.models import ApiClient
    from fleets.programs import trust
    from protocol.catalogue import TWO_PEOPLE

    no_limit = 2_000_000_000
    client = ApiClient(client_id=name, name=name, username=name, day_limit=no_limit, burst_limit=no_limit)
    secret = client.new_secret()
    client.fleets.add(fleet)
    trust.set_up(client, fleet, TWO_PEOPLE)
    return secret


def _callback(fleet: Any) -> str:
    from callbacks.models import Callback
    from protocol.v3 import decode_subscribe

    callback = Callback(fleet=fleet, created_by=fleet.api_clients.get())
    webhook = {"target": "http://127.0.0.1:9/nobody", "name": "bench"}
    callback.register(decode_subscribe({"callback": {"webhook": webhook}}))
    callback.save()
    return str(callback.public_id)


def _upstreams(wanted: Wanted, fleet: Any) -> list[Any]:
    from fleets.models import Gateway

    first = Gateway.objects.count()
    return [_upstream(wanted, fleet, first + number) for number in range(wanted.gateways)]


def _upstream(wanted: Wanted, fleet: Any, number: int) -> Any:
    from fleets.models import Gateway, UpstreamFleet

    name, client_id = f"Gateway {number}", wanted.client_id
    if wanted.token_url:
        client_id += f"-{number}"
        secrets = {"dialect": "v1", "token_url": wanted.token_url, "client_secret": wanted.client_secret}
    else:
        secrets = {"username": USER, "password": PASSWORD}
    gateway = Gateway.objects.create(name=name, base_url=wanted.base_url, client_id=client_id, **secrets)
    return UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=wanted.fleet_id)


def _register(upstreams: Sequence[Any]) -> None:
    """Our callback at each, so that the first sending needs not."""
    from remotes.registration import registration

    for upstream in upstreams:
        registration.check(upstream.pk)


def _vehicles(wanted: Wanted, upstreams: Sequence[Any]) -> dict[str, str]:
    from fleets.models import Vehicle

    by_turns = [upstreams[number % len(upstreams)] for number in range(len(wanted.vehicles))]
    made = Vehicle.objects.bulk_create(
        Vehicle(vin=vin, upstream_id=upstream_id, fleet=upstream.fleet, gateway=upstream.gateway)
        for (vin, upstream_id), upstream in zip(wanted.vehicles, by_turns, strict=True)
    )
    return {vehicle.vin: vehicle.public_id for vehicle in made}


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps([asdict(world) for world in main([Wanted(**one) for one in asked])]))
