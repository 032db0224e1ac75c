"""The demo: the simulator's world as FleetRemote's own fleets, a person, an API client and a callback for it.

Loading is repeated at every start: it makes what is missing and leaves alone what people changed,
but for the simulator's and the receiver's addresses and the two passwords, which must be as `demo.json` says.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction

from callbacks.models import Callback
from fleets.models import ApiClient, Fleet, Gateway, Membership, UpstreamFleet, Vehicle
from fleets.models.api_client import digest_of
from fleets.programs import trust
from fleets.storage import clock
from launcher.files import read_json, write_private_json
from protocol.catalogue import TWO_PEOPLE
from protocol.v3 import decode_subscribe
from remotes.models import InboundRequest, RemoteAction
from simulator.world import (
    CLIENT_ID,
    PASSWORD,
    USER,
    V1_CLIENT_ID,
    V1_CLIENT_SECRET,
    WorldFleet,
    WorldVehicle,
)

GATEWAY_NAME = "Simulator"
V1_GATEWAY_NAME = "Simulator v1"
# The simulator's paths, and our own.
V3_PATH = "/connectedcar/v3"
V1_PATH = "/api/connectedcar/v1"
TOKEN_PATH = "/as/token.oauth2"  # noqa: S105
# A v1 account is one fleet to us, under this id.
ACCOUNT = "account"
WEB_USER = "demo"
WEB_MAIL = "demo@example.com"
API_CLIENT_ID = "demo"
API_USER = "demo-service"
SECRET_NAME = "demo.json"  # noqa: S105
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
    admin: bool = True,
) -> dict[str, Any]:
    """Load the world, write `demo.json` (mode 0600) into `home`, and return what it holds.

    Its person may do everything everywhere, or where they are no `admin` what the managers of its fleets may.
    """
    kept = read_json(demo_file(home))
    web_password = _password(kept, "web")
    api_password = _password(kept, "api")
    gateways = _load_gateways(simulator_url)
    loaded = [(_load_fleet(fleet, gateways), fleet) for fleet in world]
    fleets = [fleet for fleet, _ in loaded]
    person = _load_person(web_password, fleets, admin=admin)
    client = _load_api_client(api_password, fleets, person)
    if subscriber:
        _load_callback(fleets[0], subscriber, client)
    content = {
        "web": {"url": public_url, "user": WEB_USER, "password": web_password},
        "api": {
            "v3": public_url + V3_PATH,
            "client_id": API_CLIENT_ID,
            "user": API_USER,
            "password": api_password,
            "v1": {
                "url": public_url + V1_PATH,
                "token_url": public_url + TOKEN_PATH,
                "client_id": API_CLIENT_ID,
                "client_secret": api_password,
            },
        },
        "fleets": [_describe(fleet, origin) for fleet, origin in loaded],
    }
    write_private_json(demo_file(home), content)
    return content


def _password(kept: dict[str, Any], part: str) -> str:
    return str(kept.get(part, {}).get("password") or secrets.token_urlsafe(18))


def _load_gateways(simulator_url: str) -> dict[str, Gateway]:
    """One for each API of the simulator, by the dialect."""
    v3, _ = Gateway.objects.update_or_create(
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
    v1, _ = Gateway.objects.update_or_create(
        name=V1_GATEWAY_NAME,
        defaults={
            "dialect": Gateway.Dialect.V1,
            "base_url": simulator_url + V1_PATH,
            "client_id": V1_CLIENT_ID,
            "client_secret": V1_CLIENT_SECRET,
            "token_url": simulator_url + TOKEN_PATH,
            "is_simulated": True,
        },
    )
    return {gateway.dialect: gateway for gateway in (v3, v1)}


def _load_fleet(origin: WorldFleet, gateways: Mapping[str, Gateway]) -> Fleet:
    gateway = gateways[origin.api]
    upstream_id = ACCOUNT if origin.api == "v1" else origin.id
    # An earlier demo may have had it at the other gateway: it is the same fleet, with its history.
    before = UpstreamFleet.objects.filter(gateway__in=gateways.values(), upstream_id=origin.id)
    former = before.exclude(gateway=gateway).select_related("fleet").first()
    upstream = UpstreamFleet.objects.filter(gateway=gateway, upstream_id=upstream_id).select_related("fleet").first()
    if upstream is not None:
        fleet = upstream.fleet
    else:
        fleet = former.fleet if former else _new_fleet(origin)
        UpstreamFleet.objects.create(fleet=fleet, gateway=gateway, upstream_id=upstream_id)
    for vehicle in origin.vehicles:
        _load_vehicle(vehicle, fleet, gateway)
    if former is not None and former.gone_at is None:
        # What it can do was told by the other API.
        fleet.vehicles.filter(gateway=gateway).update(capabilities_checked_at=None)
        _leave(former)
    return fleet


def _new_fleet(origin: WorldFleet) -> Fleet:
    return Fleet.objects.create(name=origin.name, description="Vehicles of the simulator.")


def _leave(former: UpstreamFleet) -> None:
    """The gateway has the fleet no more. It stays where something was sent or told there: more may come."""
    sent = RemoteAction.objects.filter(fleet=former.fleet, gateway=former.gateway).exists()
    told = InboundRequest.objects.filter(upstream_fleet=former).exists()
    if not sent and not told:
        former.delete()
    else:
        former.gone_at = clock.now()
        former.save(update_fields=["gone_at"])


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


def _load_person(password: str, fleets: Sequence[Fleet], *, admin: bool) -> User:
    people = User.objects
    person, _ = people.get_or_create(username=WEB_USER)
    person.is_active = True
    if admin:
        person.is_staff = person.is_superuser = True
    # Where alerts go; without a mail server they are files in the home's folder `mail`.
    person.email = person.email or WEB_MAIL
    # Setting the same password anew would log everybody out.
    if not person.check_password(password):
        person.set_password(password)
    person.save()
    for fleet in fleets:
        Membership.objects.update_or_create(user=person, fleet=fleet, defaults={"role": Membership.Role.MANAGER})
    return person


def _load_api_client(password: str, fleets: Sequence[Fleet], owner: User) -> ApiClient:
    client, _ = ApiClient.objects.get_or_create(
        client_id=API_CLIENT_ID, defaults={"name": "Demo service", "username": API_USER, "owner": owner}
    )
    if client.owner is None:
        client.owner = owner
        client.save(update_fields=["owner"])
    # The one that stands in demo.json, also where somebody has ended it; others stay as they are.
    known = client.secrets.filter(digest=digest_of(password))
    has_new_password = not known.update(ends_at=None, ended_at=None)
    if has_new_password:
        client.add_secret(password, SECRET_NAME, by=owner)
    client.fleets.add(*fleets)
    _trust(client, fleets, anew=has_new_password)
    return client


def _trust(client: ApiClient, fleets: Sequence[Fleet], *, anew: bool) -> None:
    """It may send everything alone, so that published clients work unchanged; but for what people have ended since."""
    for fleet in fleets:
        rows = client.trusts.filter(fleet=fleet)
        ended = set(rows.exclude(ended_at=None).values_list("remote_type", flat=True))
        held = set(rows.filter(ended_at=None).values_list("remote_type", flat=True))
        wanted = {name for name in TWO_PEOPLE if name not in ended and name not in held}
        trust.set_up(client, fleet, sorted(wanted | held if anew else wanted))


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
        "api": origin.api,
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
