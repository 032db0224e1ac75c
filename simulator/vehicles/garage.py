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
    """Add the fleets that are not there yet, each with its vehicles, parked and locked.

    One that is there is reached by the API that the world says, whichever it was before.
    """
    sql = "INSERT INTO fleets (id, name, created, api) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET api = ?"
    with db.transaction():
        for fleet in world:
            db.run(sql, fleet.id, fleet.name, now, fleet.api, fleet.api)
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
    """The row (seq, id, name, created, api) of a fleet of v3."""
    return db.row("SELECT * FROM fleets WHERE id = ? AND api = 'v3'", fleet_id)


def account(db: Database) -> Row:
    """The first fleet of v1's account, for which its channels stand. Raises LookupError when the world has none."""
    found = db.row("SELECT * FROM fleets WHERE api = 'v1' ORDER BY seq LIMIT 1")
    if found is None:
        raise LookupError("no fleet of this world is reached by v1")
    return found


def vehicle(db: Database, vehicle_id: str, fleet_id: str | None = None) -> Vehicle | None:
    """A vehicle by its id, of that fleet when one is named."""
    row = db.row("SELECT fleet_id, body FROM vehicles WHERE id = ?", vehicle_id)
    if row is None or fleet_id not in (None, row["fleet_id"]):
        return None
    return _decode(row["body"])


def vehicle_of_account(db: Database, vehicle_id: str) -> Vehicle | None:
    """A vehicle of v1's account by its id."""
    sql = "SELECT v.body FROM vehicles v JOIN fleets f ON f.id = v.fleet_id WHERE v.id = ? AND f.api = 'v1'"
    body = db.value(sql, vehicle_id)
    return None if body is None else _decode(body)


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
