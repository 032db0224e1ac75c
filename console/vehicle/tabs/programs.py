"""The programs of the week that a vehicle has stored, for its cabin and for charging, with the way to change them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from console.forms.programs import Program, read_programs
from console.vehicle.panel import is_able
from fleets.models import Membership, Vehicle
from fleets.vehicles.dates import said_at
from fleets.vehicles.state import dig
from fleets.vehicles.state.facts import charging_in
from protocol.catalogue import REMOTE_TYPES, RemoteType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Programs:
    """Those of one remote type by their slot, told `at`; `form`: the type whose form changes them, if they may."""

    key: str
    title: "StrOrPromise"
    programs: list[tuple[int, Program]]
    at: datetime | None
    form: RemoteType | None


def programs_of(vehicle: Vehicle, member: Membership) -> list[Programs]:
    """Of what the vehicle can do or has told; no query."""
    climate, charge = dig(vehicle.state, "preconditioning", "airConditioning"), charging_in(vehicle.state)
    found = [
        _read("Preconditioning", _("Cabin programs"), climate, dig(climate, "programs"), vehicle, member),
        _read("Charging", _("Charging programs"), charge, dig(charge, "schedule", "programs"), vehicle, member),
    ]
    return [programs for programs in found if programs.programs or programs.form]


def _read(name: str, title: "StrOrPromise", part: Any, items: Any, vehicle: Vehicle, member: Membership) -> Programs:
    entry = REMOTE_TYPES[name]
    may_change = name in member.sends and is_able(vehicle, entry)
    return Programs(
        name.lower(), title, sorted(read_programs(items).items()), said_at(part), entry if may_change else None
    )
