"""Fleets and vehicles on disk."""

from collections.abc import Iterable, Sequence

import msgspec

from simulator.database import Database, Row
from simulator.vehicles.state import State
from simulator.vehicles.vehicle import Vehicle, with_profile
from simulator.world import WorldFleet, WorldVehicle

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Vehicle).decode


def seed(db: Database, world: Iterable[WorldFleet], now: float) -> None:
    """Add the fleets that are not there yet, each with its vehicles, parked and locked."""
    with db.transaction():
        for fleet in world:
            if db.value("SELECT 1 FROM fleets WHERE id = ?", fleet.id) is None:
                db.run("INSERT INTO fleets (id, name, created) VALUES (?, ?, ?)", fleet.id, fleet.name, now)
            for vehicle in fleet.vehicles:
                _add(db, fleet.id, vehicle, now)


def _add(db: Database, fleet_id: str, item: WorldVehicle, now: float) -> None:
    vehicle = Vehicle(
        id=item.id,
        fleet_id=fleet_id,
        vin=item.vin,
        label=item.label,
        plate=item.plate,
        brand=item.brand,
        model=item.model,
        motorization=item.motorization,
        profile=item.profile,
        state=State(battery_at=now),
        created_at=now,
        reported_at=now,
    )
    vehicle = with_profile(vehicle, item.profile, now)
    db.run(
        "INSERT OR IGNORE INTO vehicles (id, fleet_id, vin, body) VALUES (?, ?, ?, ?)",
        vehicle.id,
        fleet_id,
        vehicle.vin,
        _encode(vehicle),
    )


def fleet(db: Database, fleet_id: str) -> Row | None:
    """The fleet's row (seq, id, name, created)."""
    return db.row("SELECT * FROM fleets WHERE id = ?", fleet_id)


def vehicle(db: Database, vehicle_id: str, fleet_id: str | None = None) -> Vehicle | None:
    """A vehicle by its id, of that fleet when one is named."""
    row = db.row("SELECT fleet_id, body FROM vehicles WHERE id = ?", vehicle_id)
    if row is None or fleet_id not in (None, row["fleet_id"]):
        return None
    return _decode(row["body"])


def vehicle_by_vin(db: Database, vin: str) -> Vehicle | None:
    """A vehicle by its VIN."""
    body = db.value("SELECT body FROM vehicles WHERE vin = ?", vin)
    return None if body is None else _decode(body)


def vehicles(db: Database) -> list[Vehicle]:
    """All vehicles, in the order in which they were added."""
    return read(db.rows("SELECT body FROM vehicles ORDER BY seq"))


def read(rows: Sequence[Row]) -> list[Vehicle]:
    """The vehicles of rows that have a `body`."""
    return [_decode(row["body"]) for row in rows]


def save(db: Database, vehicle: Vehicle) -> None:
    """Write what became of a vehicle."""
    db.run("UPDATE vehicles SET body = ? WHERE id = ?", _encode(vehicle), vehicle.id)
