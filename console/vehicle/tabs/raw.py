"""What is kept of a vehicle word for word: its state, its capabilities, and what it is known by elsewhere."""

import json
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from fleets.models import Vehicle
from protocol.canonical.places import without_places

MOST_CHARACTERS = 30_000


@dataclass(frozen=True)
class Document:
    """Indented JSON, empty where there is none; `is_cut`: there is more of it than is shown."""

    text: str
    is_cut: bool


@dataclass(frozen=True)
class Raw:
    """`account`: the connection to the manufacturer's cloud; `hides_positions`: what says where it is is left out."""

    state: Document
    capabilities: Document
    upstream_id: str
    account: str
    hides_positions: bool


def raw_of(vehicle: Vehicle, *, sees_positions: bool) -> Raw:
    """No query: the vehicle's gateway is at hand."""
    state = vehicle.state if sees_positions else without_places(vehicle.state)
    return Raw(
        state=_document(state),
        capabilities=_document(vehicle.capability_document),
        upstream_id=vehicle.upstream_id or "",
        account=str(vehicle.gateway),
        hides_positions=not sees_positions,
    )


def _document(value: Any) -> Document:
    text = "".join(map(_visible, json.dumps(value, indent=2, ensure_ascii=False))) if value else ""
    return Document(text[:MOST_CHARACTERS], len(text) > MOST_CHARACTERS)


def _visible(letter: str) -> str:
    """What would not be seen, or would change how others are seen, as JSON escapes it."""
    return letter if letter == "\n" or not category(letter).startswith("C") else json.dumps(letter)[1:-1]
