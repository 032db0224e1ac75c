"""All else that a vehicle has told: what no row of its own shows (fields.py), also what is published nowhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fleets.vehicles.dates import TRUSTED, said_at
from fleets.vehicles.position import position_of
from fleets.vehicles.state.fields import ROW_OF, TITLES, UNSHOWN
from fleets.vehicles.state.values import plain

Json = Any

MOST = 200
"""So many are shown: a cloud may send anything."""
_LONGEST = 200
_DEEPEST = 20
POSITION_PATH = "lastPosition"


@dataclass(frozen=True)
class Other:
    """`title` is empty for what is published nowhere: `path` says what it is then. `texts`: its values, in order."""

    path: str
    title: str
    texts: tuple[str, ...]
    at: datetime | None = None

    @property
    def text(self) -> str:
        return ", ".join(self.texts)


def other_values(state: Json) -> list[Other]:
    """Each field that no row shows, with the date of the part that it stands in; MOST at the most."""
    leaves = sorted(islice(_leaves(state, "", None, 0), MOST), key=lambda leaf: leaf.path)
    rows = groupby(leaves, key=lambda leaf: (leaf.path, leaf.title, leaf.at))
    return [
        Other(plain(path, _LONGEST), plain(title, _LONGEST), _texts_of(same), at) for (path, title, at), same in rows
    ]


def _texts_of(same: Iterable[Other]) -> tuple[str, ...]:
    return tuple(text for leaf in same for text in leaf.texts)


def _leaves(node: Json, path: str, at: datetime | None, depth: int) -> Iterator[Other]:
    if path in ROW_OF or path in UNSHOWN or depth > _DEEPEST:
        return
    if isinstance(node, list):
        for item in node:
            yield from _leaves(item, f"{path}[]", at, depth + 1)
    elif isinstance(node, dict):
        # The document's own date is not that of what stands in it.
        at = said_at(node) or at if path else None
        yield from _of_object(node, path, at, depth)
    elif node is not None:
        yield Other(path, title_of(path), (_text(node),), at)


def _of_object(node: Json, path: str, at: datetime | None, depth: int) -> Iterator[Other]:
    place = position_of({"lastPosition": node}) if path != POSITION_PATH else None
    if place is not None:
        yield Other(path, title_of(path), (place.words,), place.at or at)
    unsaid = {*TRUSTED, "_links", *(("type", "geometry") if place else ())}
    for name, value in node.items():
        if name not in unsaid:
            yield from _leaves(value, f"{path}.{name}" if path else name, at, depth + 1)


def title_of(path: str) -> str:
    """What the field is called, with what follows its name; empty where nobody knows."""
    if path in TITLES:
        return str(TITLES[path])
    start = next((start for start in TITLES if path.startswith((f"{start}.", f"{start}["))), None)
    return f"{TITLES[start]}: {path[len(start) + 1 :]}" if start else ""


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return pgettext("value", "yes") if value else pgettext("value", "no")
    if isinstance(value, int | float):
        return str(localize(value)) if abs(value) < 10**15 else _("a number too large to show")
    return plain(str(value), _LONGEST)
