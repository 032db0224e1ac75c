"""Reads what a gateway lists, fleet by fleet. A list that fails is a problem and stops no other."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from fleets.clients import watched_client
from fleets.models import Gateway, UpstreamFleet, Vehicle
from fleets.sync import codes
from fleets.sync.plan import LONGEST_ID, Left, Listed, left, unfit
from fleets.vehicles.state import dig
from gateways.interface import GatewayClient, GatewayError
from protocol.ids import id_text, vin_capitals
from protocol.why import Why


@dataclass
class Reading:
    """What upstream lists. `fleets`: names by ids; `whole`: ids of the fleets whose vehicles were read to the end.

    `fleets_read` are done with, whole or not. `problems` say what could not be read.
    """

    fleets: dict[str, str] = field(default_factory=dict)
    fleets_are_whole: bool = False
    whole: set[str] = field(default_factory=set)
    fleets_read: int = 0
    vehicles: list[Listed] = field(default_factory=list)
    left_out: list[Left] = field(default_factory=list)
    problems: list[Why] = field(default_factory=list)


def read(gateway: Gateway, tell: Callable[[Reading], None] = lambda reading: None) -> Reading:
    """All fleets and vehicles of the gateway, or of those that were chosen; see `read_from`."""
    chosen = None
    if not gateway.takes_all_fleets:
        chosen = set(UpstreamFleet.objects.filter(gateway=gateway).values_list("upstream_id", flat=True))
    return read_from(lambda: watched_client(gateway), chosen, tell)


def read_from(
    client_of: Callable[[], GatewayClient], chosen: Collection[str] | None, tell: Callable[[Reading], None]
) -> Reading:
    """The fleets and vehicles that a client lists; of a list that fails, what came before it did.

    `chosen` are ids of fleets, None for all of them. `tell` is told of the reading as it goes on, again and again.
    """
    reading = Reading()
    try:
        client = client_of()
        for item in client.fleets():
            _take_fleet(reading, item, chosen)
        reading.fleets_are_whole = True
    except GatewayError as error:
        reading.problems.append(Why(codes.FLEETS_UNREAD, why=error.why))
    for fleet_id in reading.fleets:
        _read_vehicles(client, fleet_id, reading, tell)
        reading.fleets_read += 1
    return reading


def _take_fleet(reading: Reading, item: dict[str, Any], chosen: Collection[str] | None) -> None:
    fleet_id = _id(item)
    if chosen is not None and fleet_id not in chosen:
        return
    name = _text(item, "name")[:100]
    if 0 < len(fleet_id) <= LONGEST_ID:
        reading.fleets[fleet_id] = name or f"Fleet {fleet_id}"[:100]
    else:
        reading.left_out.append(Left("", "", "", Why(codes.FLEET_WITHOUT_ID, name=name)))


def _read_vehicles(client: GatewayClient, fleet_id: str, reading: Reading, tell: Callable[[Reading], None]) -> None:
    try:
        for item in client.vehicles(fleet_id):
            vehicle = _vehicle(item, fleet_id)
            why = unfit(vehicle)
            if why is None:
                reading.vehicles.append(vehicle)
            else:
                reading.left_out.append(left(vehicle, why))
            tell(reading)
        reading.whole.add(fleet_id)
    except GatewayError as error:
        reading.problems.append(Why(codes.VEHICLES_UNREAD, fleet=fleet_id, why=error.why))


def _vehicle(item: dict[str, Any], fleet_id: str) -> Listed:
    """VehicleItem. `brand` stands in the branding extension, and deprecated beside it."""
    motorization = _text(item, "motorization")
    branding = dig(item, "_embedded", "extension", "branding")
    return Listed(
        vin=vin_capitals(_text(item, "vin")),
        fleet=fleet_id,
        upstream_id=_id(item),
        motorization=motorization if motorization in Vehicle.Motorization.values else "",
        brand=(_text(branding, "brand") or _text(item, "brand"))[:50],
        model=_text(branding, "label")[:100],
    )


def _id(item: dict[str, Any]) -> str:
    return (id_text(item.get("id")) or "").strip()


def _text(item: Any, name: str) -> str:
    value = dig(item, name)
    return value.strip() if isinstance(value, str) else ""
