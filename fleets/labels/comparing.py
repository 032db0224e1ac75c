"""Compares the lines of a file with the vehicles as they are: one statement, however many there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from fleets.labels import codes
from fleets.labels.lines import Change, Fault, Line
from fleets.models import Vehicle
from protocol.why import Why


@dataclass
class Compared:
    """What would change, why lines can't be taken, and how many lines leave their vehicle as it is."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unchanged: int = 0


def compare(lines: Sequence[Line], fleet_id: int | None, seen: Collection[int] | None = None) -> Compared:
    """`fleet_id`: whose vehicles are meant, None for those of all fleets.

    Whoever sees only the fleets `seen` (primary keys) is not told that another one has a vehicle; None sees all.
    """
    found = Vehicle.objects.filter(vin__in=[line.vin for line in lines]).order_by()
    rows = found.values_list("vin", "pk", "public_id", "fleet_id", "fleet__name", "label", "plate")
    vehicles = {row[0]: row[1:] for row in rows}
    done = Compared()
    for line in lines:
        if line.vin not in vehicles:
            code = codes.UNKNOWN_ANYWHERE if fleet_id is None else codes.UNKNOWN
            done.faults.append(Fault(line.number, Why(code, vin=line.vin)))
            continue
        key, public_id, its_fleet, its_fleets_name, label, plate = vehicles[line.vin]
        if fleet_id not in (None, its_fleet):
            done.faults.append(Fault(line.number, _elsewhere(line.vin, its_fleet, its_fleets_name, seen)))
            continue
        wanted_label = label if line.label is None else line.label
        wanted_plate = plate if line.plate is None else line.plate
        if (wanted_label, wanted_plate) == (label, plate):
            done.unchanged += 1
            continue
        done.changes.append(
            Change(line.number, key, public_id, its_fleet, line.vin, label, wanted_label, plate, wanted_plate)
        )
    return done


def _elsewhere(vin: str, fleet_id: int, name: str, seen: Collection[int] | None) -> Why:
    if seen is None or fleet_id in seen:
        return Why(codes.OTHER_FLEET, vin=vin, fleet=name)
    return Why(codes.UNKNOWN, vin=vin)
