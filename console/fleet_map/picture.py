"""Where many vehicles are and how they stand, in 16 bytes each, which PostgreSQL packs: 10,000 are 160 kB.

Each vehicle, by its primary key: four numbers of 32 bits, the highest byte first. Its key; how far north and east it is
in 100,000ths of a degree (a metre), or NOWHERE; and the minute since 1970 at which it told that, times 4, plus its
Condition. static/map/fleet/spots.js reads the same.
"""

from array import array
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from sys import byteorder
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, FloatField, QuerySet, When

from fleets.models import Vehicle
from remotes.finding.condition import Condition, condition

NUMBERS = 4
DEGREE = 100_000
NOWHERE = -(2**31)
# Later minutes have no room; this one is in the year 2480.
LAST_MINUTE = 2**28 - 1

_PACK = f"""
SELECT string_agg(int4send(id::int) || int4send(north) || int4send(east) || int4send(told), ''::bytea ORDER BY id)
FROM (
    SELECT id, coalesce(round(north::float8 * {DEGREE})::int, {NOWHERE}) AS north,
        coalesce(round(east::float8 * {DEGREE})::int, {NOWHERE}) AS east,
        least(greatest(coalesce(floor(extract(epoch FROM told_at::timestamptz) / 60), 0), 0), {LAST_MINUTE})::int * 4
            + condition AS told
    FROM ({{vehicles}}) AS found (id, north, east, told_at, condition)
) AS rounded
"""  # noqa: S608


@dataclass(frozen=True)
class Spot:
    """How one vehicle stands, whether its place is known, and when it told that as far as it said so."""

    condition: Condition
    has_place: bool
    at: datetime | None


@dataclass(frozen=True)
class Picture:
    """All of them, as they are sent."""

    packed: bytes

    @property
    def version(self) -> str:
        """Another one when anything has changed."""
        return sha256(self.packed).hexdigest()[:16]

    @property
    def number(self) -> int:
        return len(self._numbers) // NUMBERS

    @property
    def placeless(self) -> int:
        """How many have no position that may be shown."""
        return self._numbers[1::NUMBERS].count(NOWHERE)

    @property
    def by_condition(self) -> dict[Condition, int]:
        counted = Counter(told & 3 for told in self._numbers[3::NUMBERS])
        return {each: counted[each.value] for each in Condition}

    def spot(self, key: int) -> Spot | None:
        """That of the vehicle with this primary key; None for one that is not among them."""
        place = self._places.get(key)
        if place is None:
            return None
        _, north, _, told = self._numbers[place * NUMBERS : (place + 1) * NUMBERS]
        at = datetime.fromtimestamp(told // 4 * 60, UTC) if told >= NUMBERS and north != NOWHERE else None
        return Spot(Condition(told & 3), north != NOWHERE, at)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {key: place for place, key in enumerate(self._numbers[::NUMBERS])}

    @cached_property
    def _numbers(self) -> "array[int]":
        numbers = array("i", self.packed)
        if byteorder == "little":
            numbers.byteswap()
        return numbers


def picture_of(vehicles: QuerySet[Vehicle], fleets: Collection[int], sighted: Collection[int]) -> Picture:
    """Of these vehicles, which are of `fleets` (primary keys); with places in those of them that are `sighted`.

    One statement.
    """
    places = [_if_sighted(name, sighted) for name in ("latitude", "longitude", "position_at")]
    columns = dict(zip(("north", "east", "told_at"), places, strict=True)) | {"condition": condition(fleets)}
    rows: QuerySet[Any, Any] = vehicles.order_by().annotate(**columns).values_list("pk", *columns)
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        # Django sees by itself that none is meant.
        return Picture(b"")
    with connection.cursor() as cursor:
        cursor.execute(_PACK.format(vehicles=statement), values)
        (packed,) = cursor.fetchone() or (None,)
    return Picture(bytes(packed or b""))


def _if_sighted(name: str, sighted: Collection[int]) -> Case:
    """The column, null where it may not be seen; what may not be seen is not read at all."""
    field = Vehicle._meta.get_field(name)
    of_kind = getattr(field, "output_field", FloatField(null=True))
    return Case(*[When(fleet__in=list(sighted), then=F(name))] if sighted else [], default=None, output_field=of_kind)
