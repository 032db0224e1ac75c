"""The orders of the list of vehicles, and reading it by key: each page begins after the last vehicle of the one before.

Where a value can be missing, those vehicles come last in both directions; they are a part of their own, read once the
other one ends.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core import signing
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from fleets.models import Vehicle
from remotes.finding.vehicles import last_key

USUAL = "name"

_SALT = "vehicle-list"
# Vehicles a statement where all are read.
AT_ONCE = 1000


# Columns whose value can be missing, and how a value is made of what JSON has kept of it.
_MAYBE_MISSING = ("energy_level", "heard_at", "last_key")
_READERS: dict[str, Callable[[str], Any]] = {"energy_level": Decimal, "heard_at": datetime.fromisoformat}


@dataclass(frozen=True)
class Sort:
    """`columns` are those of the key, the primary key follows them; one alone where its value can be missing."""

    title: Any
    columns: tuple[str, ...]
    descending: bool = False

    @property
    def has_missing(self) -> bool:
        return self.columns[0] in _MAYBE_MISSING


SORTS = {
    "name": Sort(_("Name"), ("sort_name",)),
    "-name": Sort(_("Name, Z to A"), ("sort_name",), descending=True),
    "vin": Sort(_("VIN"), ("vin",)),
    "-vin": Sort(_("VIN, Z to A"), ("vin",), descending=True),
    "model": Sort(_("Brand and model"), ("brand", "model")),
    "-model": Sort(_("Brand and model, Z to A"), ("brand", "model"), descending=True),
    "level": Sort(_("Least charge or fuel first"), ("energy_level",)),
    "-level": Sort(_("Most charge or fuel first"), ("energy_level",), descending=True),
    "heard": Sort(_("Heard longest ago first"), ("heard_at",)),
    "-heard": Sort(_("Heard last first"), ("heard_at",), descending=True),
    "action": Sort(_("Oldest last action first"), ("last_key",)),
    "-action": Sort(_("Newest action first"), ("last_key",), descending=True),
}


def token_after(vehicle: Vehicle, name: str) -> str:
    """Where the page after this vehicle begins, in the order `name`; signed, so that it is read without a doubt."""
    return signing.dumps([name, *[_kept(value) for value in _key_of(vehicle, name)]], salt=_SALT)


def read_token(token: str, name: str) -> list[Any] | None:
    """The key in a token of `token_after`; None for a broken one, or one of another order."""
    try:
        made_for, *values, pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    if made_for != name:
        return None
    return [*map(_read, SORTS[name].columns, values), pk]


def rows_after(vehicles: QuerySet[Vehicle], name: str, after: Sequence[Any] | None, number: int) -> list[Vehicle]:
    """So many vehicles after the key `after` of `read_token`: one statement, two where the part with values ends."""
    return list(islice(_walk(vehicles, SORTS[name], after, number), number))


def all_rows(vehicles: QuerySet[Vehicle], name: str) -> Iterator[list[Vehicle]]:
    """All of them in this order, AT_ONCE a time: no statement is larger, however many there are."""
    after: list[Any] | None = None
    while rows := rows_after(vehicles, name, after, AT_ONCE):
        yield rows
        if len(rows) < AT_ONCE:
            return
        after = _key_of(rows[-1], name)


def _walk(vehicles: QuerySet[Vehicle], sort: Sort, after: Sequence[Any] | None, number: int) -> Iterator[Vehicle]:
    if "last_key" in sort.columns:
        vehicles = vehicles.annotate(last_key=last_key())
    if not sort.has_missing:
        yield from _part(vehicles, sort, sort.columns, after)[:number]
        return
    (column,) = sort.columns
    if after is None or after[0] is not None:
        yield from _part(vehicles.filter(**{f"{column}__isnull": False}), sort, (column,), after)[:number]
        after = None
    rest = vehicles.filter(**{f"{column}__isnull": True})
    yield from _part(rest, sort, (), after[1:] if after else None)[:number]


def _part(
    vehicles: QuerySet[Vehicle], sort: Sort, columns: tuple[str, ...], after: Sequence[Any] | None
) -> QuerySet[Vehicle]:
    key = (*columns, "pk")
    if after is not None:
        vehicles = vehicles.filter(beyond(key, after, "<" if sort.descending else ">"))
    return vehicles.order_by(*[f"-{column}" if sort.descending else column for column in key])


def beyond(key: Sequence[str], values: Sequence[Any], sign: str) -> Func:
    """The comparison of two rows, which an index on the key's columns serves."""
    rows = [Func(*[F(name) for name in key], function="ROW"), Func(*[Value(value) for value in values], function="ROW")]
    return Func(*rows, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=BooleanField())


def _key_of(vehicle: Vehicle, name: str) -> list[Any]:
    return [*[getattr(vehicle, column) for column in SORTS[name].columns], vehicle.pk]


def _kept(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _read(column: str, value: Any) -> Any:
    return _READERS[column](value) if value is not None and column in _READERS else value
