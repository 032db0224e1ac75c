"""A page of the vehicles that are found in all fleets that a person may see: by fleet, then by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core import signing

from console.vehicle_list.sorting import beyond
from fleets.access import vehicles_of
from fleets.models import Vehicle
from fleets.vehicles.search import matching

PAGE_SIZE = 50
SUGGESTED = 8

_SALT = "search"
# The index vehicle_by_name goes along these, from one fleet to the next.
_KEY = ("fleet_id", "sort_name", "pk")
# What is shown of a vehicle, since its documents are long.
_SHOWN = ("public_id", "vin", "label", "plate", "brand", "model", "gone_at", "sort_name")
_OF_ITS_FLEET = ("fleet__public_id", "fleet__name", "gateway__is_simulated")


@dataclass(frozen=True)
class Found:
    """`next_after` is the token of the next page, empty on the last; `is_whole`: this page is the only one."""

    vehicles: list[Vehicle]
    next_after: str
    is_whole: bool

    @property
    def only_one(self) -> Vehicle | None:
        return self.vehicles[0] if self.is_whole and len(self.vehicles) == 1 else None


def found(user: User, words: str, token: str = "", size: int = PAGE_SIZE) -> Found:
    """So many vehicles after the token that the person sees: one statement, however many fleets there are."""
    after = _read(token)
    rows = matching(vehicles_of(user), words).select_related("fleet", "gateway").only(*_SHOWN, *_OF_ITS_FLEET)
    if after is not None:
        rows = rows.filter(beyond(_KEY, after, ">"))
    vehicles = list(rows.order_by(*_KEY)[: size + 1])
    shown = vehicles[:size]
    has_more = len(vehicles) > size
    return Found(shown, _token(shown[-1]) if has_more else "", after is None and not has_more)


def _token(vehicle: Vehicle) -> str:
    """Signed, so that it is read without a doubt."""
    return signing.dumps([getattr(vehicle, name) for name in _KEY], salt=_SALT)


def _read(token: str) -> Sequence[Any] | None:
    """None for the first page, and for a broken one."""
    try:
        return list(signing.loads(token, salt=_SALT)) if token else None
    except signing.BadSignature:
        return None
