"""Reads what a gateway lists, fleet by fleet. A list that fails is a problem in words and stops no other."""

from dataclasses import dataclass, field
from typing import Any

from fleets.clients import watched_client
from fleets.models import Gateway, Vehicle
from fleets.sync.plan import Listed, unfit
from fleets.vehicles.state import dig
from gateways.interface import GatewayClient, GatewayError
from protocol.ids import id_text


@dataclass
class Reading:
    """What upstream lists. `fleets`: names by ids; `whole`: ids of the fleets whose vehicles were read to the end."""

    fleets: dict[str, str] = field(default_factory=dict)
    fleets_are_whole: bool = False
    whole: set[str] = field(default_factory=set)
    vehicles: list[Listed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read(gateway: Gateway) -> Reading:
    """All fleets and vehicles of the gateway; of a list that fails, what came before it did."""
    reading = Reading()
    try:
        client = watched_client(gateway)
        for item in client.fleets():
            _take_fleet(reading, item)
        reading.fleets_are_whole = True
    except GatewayError as error:
        reading.problems.append(f"The fleets could not all be read: {error}")
    for fleet_id in reading.fleets:
        _read_vehicles(client, fleet_id, reading)
    return reading


def _take_fleet(reading: Reading, item: dict[str, Any]) -> None:
    fleet_id = _id(item)
    if 0 < len(fleet_id) <= 200:
        reading.fleets[fleet_id] = _text(item, "name")[:100] or f"Fleet {fleet_id}"[:100]
    else:
        reading.problems.append("A fleet has no id that can be used; it is left out.")


def _read_vehicles(client: GatewayClient, fleet_id: str, reading: Reading) -> None:
    try:
        for item in client.vehicles(fleet_id):
            vehicle = _vehicle(item, fleet_id)
            problem = unfit(vehicle)
            if problem is None:
                reading.vehicles.append(vehicle)
            else:
                reading.problems.append(problem)
        reading.whole.add(fleet_id)
    except GatewayError as error:
        reading.problems.append(f"The vehicles of fleet {fleet_id} could not all be read: {error}")


def _vehicle(item: dict[str, Any], fleet_id: str) -> Listed:
    """VehicleItem. `brand` stands in the branding extension, and deprecated beside it."""
    motorization = _text(item, "motorization")
    branding = dig(item, "_embedded", "extension", "branding")
    return Listed(
        vin=_text(item, "vin"),
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
