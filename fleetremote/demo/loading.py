"""The demo: the simulator's world as FleetRemote's own fleets, a person, an API client and a callback for it.

Loading is repeated at every start: it makes what is missing and leaves alone what people changed,
but for the simulator's and the receiver's addresses and the two passwords, which must be as `demo.json` says.
"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.db import transaction

from callbacks.models import Callback
from fleets.models import ApiClient, Fleet, Gateway, Membership, UpstreamFleet, Vehicle
from launcher.files import read_json, write_private_json
from protocol.v3 import decode_subscribe
from simulator.world import CLIENT_ID, PASSWORD, USER, WorldFleet, WorldVehicle

GATEWAY_NAME = "Simulator"
V3_PATH = "/connectedcar/v3"
WEB_USER = "demo"
WEB_MAIL = "demo@example.com"
API_CLIENT_ID = "demo"
API_USER = "demo-service"
RECEIVER_NAME = "Demo receiver"
RECEIVER_PATH = "/hook"


@dataclass(frozen=True)
class Subscriber:
    """Whom the demo's callback notifies: its address without a path, and the secret that it verifies with."""

    url: str
    secret: str


def demo_file(home: Path) -> Path:
    """Where the demo's addresses, ids and passwords are kept."""
    return home / "demo.json"


@transaction.atomic
def load_demo(
    world: Sequence[WorldFleet],
    *,
    home: Path,
    public_url: str,
    simulator_url: str,
    subscriber: Subscriber | None = None,
) -> dict[str, Any]:
    """Load the world, write `demo.json` (mode 0600) into `home`, and return what it holds."""
    kept = read_json(demo_file(home))
    web_password = _password(kept, "web")
    api_password = _password(kept, "api")
    gateway = _load_gateway(simulator_url)
    loaded = [(_load_fleet(fleet, gateway), fleet) for fleet in world]
    fleets = [fleet for fleet, _ in loaded]
    _load_person(web_password, fleets)
    client = _load_api_client(api_password, fleets)
    if subscriber:
        _load_callback(fleets[0], subscriber, client)
    content = {
        "web": {"url": public_url, "user": WEB_USER, "password": web_password},
        "api": {
            "v3": public_url + V3_PATH,
            "client_id": API_CLIENT_ID,
            "user": API_USER,
            "password": api_password,
        },
        "fleets": [_describe(fleet, origin) for fleet, origin in loaded],
    }
    write_private_json(demo_file(home), content)
    return content


def _password(kept: dict[str, Any], part: str) -> str:
    return str(kept.get(part, {}).get("password") or secrets.token_urlsafe(18))


def _load_gateway(simulator_url: str) -> Gateway:
    gateway, _ = Gateway.objects.update_or_create(
        name=GATEWAY_NAME,
        defaults={
            "dialect": Gateway.Dialect.V3,
            "base_url": simulator_url + V3_PATH,
            "client_id": CLIENT_ID,
            "username": USER,
            "password": PASSWORD,
            "is_simulated": True,
        },
    )
    return gateway


def _load_fleet(origin: WorldFleet, gateway: Gateway) -> Fleet:
    known = UpstreamFleet.objects.filter(gateway=gateway, upstream_id=origin.id)
    upstream = known.select_related("fleet").first()
    if upstream is None:
        fleet = Fleet.objects.create(name=origin.name, description="Vehicles of the simulator.")
        UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=origin.id)
    else:
        fleet = upstream.fleet
    for vehicle in origin.vehicles:
        _load_vehicle(vehicle, fleet, gateway)
    return fleet


def _load_vehicle(origin: WorldVehicle, fleet: Fleet, gateway: Gateway) -> None:
    place = {"fleet": fleet, "gateway": gateway, "upstream_id": origin.id}
    Vehicle.objects.update_or_create(
        vin=origin.vin,
        defaults=place,
        create_defaults={
            **place,
            "label": origin.label,
            "plate": origin.plate,
            "brand": origin.brand,
            "model": origin.model,
            "motorization": origin.motorization,
        },
    )


def _load_person(password: str, fleets: Sequence[Fleet]) -> None:
    people = get_user_model().objects
    person, _ = people.get_or_create(username=WEB_USER)
    person.is_staff = person.is_superuser = person.is_active = True
    # Where alerts go; without a mail server they are files in the home's folder `mail`.
    person.email = person.email or WEB_MAIL
    # Setting the same password anew would log everybody out.
    if not person.check_password(password):
        person.set_password(password)
    person.save()
    for fleet in fleets:
        Membership.objects.update_or_create(user=person, fleet=fleet, defaults={"role": Membership.Role.MANAGER})


def _load_api_client(password: str, fleets: Sequence[Fleet]) -> ApiClient:
    client, _ = ApiClient.objects.get_or_create(
        client_id=API_CLIENT_ID, defaults={"name": "Demo service", "username": API_USER}
    )
    client.set_secret(password)
    client.save()
    client.fleets.add(*fleets)
    return client


def _load_callback(fleet: Fleet, subscriber: Subscriber, client: ApiClient) -> None:
    target = subscriber.url + RECEIVER_PATH
    public_id = receiver_id(fleet)
    callback = Callback.objects.select_for_update().filter(public_id=public_id).first()
    if callback is None:
        callback = Callback(public_id=public_id, fleet=fleet, created_by=client, secret=subscriber.secret)
        webhook = {"target": target, "name": RECEIVER_NAME}
        retry = {"policy": "Bounded", "retryNumber": 3, "retryDelay": 10}
        callback.register(decode_subscribe({"callback": {"webhook": webhook}, "retryPolicy": retry}))
        callback.save()
    elif _without_port(callback.target) == _without_port(target):
        callback.target = callback.webhook["target"] = target
        callback.save(update_fields=["target", "subscribe", "updated_at"])


def receiver_id(fleet: Fleet) -> str:
    """Made of the fleet's, so that it is known again under another name, and once deleted does not come back."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{fleet.public_id}/{RECEIVER_NAME}").hex


def _without_port(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.hostname or "").geturl()


def _describe(fleet: Fleet, origin: WorldFleet) -> dict[str, Any]:
    known = {vehicle.vin: vehicle for vehicle in fleet.vehicles.all()}
    return {
        "id": fleet.public_id,
        "name": fleet.name,
        "vehicles": [
            {
                "id": known[vehicle.vin].public_id,
                "vin": vehicle.vin,
                "label": known[vehicle.vin].label,
                "profile": vehicle.profile,
            }
            for vehicle in origin.vehicles
        ],
    }
