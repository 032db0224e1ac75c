"""Reads values out of a vehicle's state, whatever a cloud has put there: what has another form counts as absent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from unicodedata import category

from django.utils.formats import number_format

from fleets.vehicles.dates import read_moment

Json = Any

_GREATEST_NUMBER = 10**12
_UNSEEN = ("Cc", "Cf")


def dig(value: Json, *path: str) -> Json:
    """What lies under `path` in nested objects, None where anything on the way is missing or another thing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def moment_of(value: Json, *path: str) -> datetime | None:
    """The time under `path`; without an offset it is UTC."""
    return read_moment(dig(value, *path))


def items(value: Json) -> list[Json]:
    """A list as it is; nothing for what is none."""
    return value if isinstance(value, list) else []


def texts(value: Json) -> list[str]:
    """The texts of a list."""
    return [item for item in items(value) if isinstance(item, str)]


def plain(text: str, longest: int) -> str:
    """A text of a cloud's as a page can bear it: not longer than this, and without what turns or hides what is around.

    Those are controls and what Unicode calls formats, such as U+202E.
    """
    seen = "".join("\N{REPLACEMENT CHARACTER}" if category(letter) in _UNSEEN else letter for letter in text[:longest])
    return f"{seen}…" if len(text) > longest else seen


def number(value: Json) -> float | None:
    """A number that a vehicle can mean; None for a boolean, and for what is beyond all measure or no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _GREATEST_NUMBER:
        return None
    return value


def per_cent(value: Json) -> float | None:
    """A number from 0 to 100: any other one says nothing of a battery or a tank."""
    found = number(value)
    return found if found is not None and 0 <= found <= 100 else None


def joined(parts: Iterable[str], between: str = " · ") -> str:
    """What there is of the parts, in one line."""
    return between.join(part for part in parts if part)


def with_unit(value: float, unit: str, digits: int = 0) -> str:
    """A number as people read it, with its unit."""
    rounded = round(value, digits) if digits else round(value)
    return f"{number_format(rounded, digits or None, force_grouping=True)} {unit}"
