"""How a dialect writes the payload of one remote type: where its fields stand, its rules, and what it has no place for.

A payload in another form than the canonical one is read and written by what its form says, nothing else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protocol.canonical.document import JsonObject
from protocol.canonical.moving import Move, Moves, ours_of, places, read, without, write
from protocol.errors import Invalid
from protocol.schema import Schema, check, respell


def says_nothing(value: object) -> bool:
    """Whether a value is empty, or holds nothing but empty ones: a client may write all its fields."""
    if isinstance(value, dict):
        return all(map(says_nothing, value.values()))
    return value is None or value == "" or value == []


@dataclass(frozen=True)
class NoPlace:
    """A field of the canonical payload that the dialect has no place for.

    `nothing`: whether a value says no more than its absence does, so that leaving it out loses nothing; `but_for`
    says which one that is.
    """

    place: str
    nothing: Callable[[Any], bool] = says_nothing
    but_for: str = ""


@dataclass(frozen=True)
class Form:
    """`schema` is the JSON Schema of what the dialect writes; `name` what the dialect is called in words.

    `no_place`: what it has no place for. `absent`: what it writes where the canonical payload may leave a field out.
    `tidy` takes away what clients write without meaning it.
    """

    name: str
    schema: Schema
    moves: Moves = ()
    no_place: tuple[NoPlace, ...] = ()
    absent: JsonObject = field(default_factory=dict)
    tidy: Callable[[JsonObject], JsonObject] = dict

    def encode(self, payload: JsonObject, root: str) -> JsonObject:
        """The canonical `payload` as the dialect writes it.

        Raises Invalid where something in it has no place there or breaks a rule of it; its path begins with `root` and
        goes on in terms of the canonical payload.
        """
        for item in self.no_place:
            payload = without(payload, item.place, item.nothing)
            for place, _ in places(payload, item.place):
                raise Invalid(f"{root}.{place}", f"has no place in {self.name}; leave it out")
        written = {**self.absent, **write(self.moves, payload, root)}
        try:
            check(self.schema, written, "")
        except Invalid as error:
            ours = ours_of(self.moves, error.path)
            raise Invalid(f"{root}.{ours}" if ours else root, self._in_canonical_terms(error.message)) from None
        return written

    def _in_canonical_terms(self, message: str) -> str:
        if message == "is required":
            return f"is required in {self.name}; add it"
        if not message.startswith("needs "):
            return message
        for move in self.moves:
            if isinstance(move, Move):
                message = re.sub(rf"\b{_last(move.theirs)}\b", _last(move.ours), message)
        return message

    def show(self, payload: JsonObject) -> JsonObject:
        """The canonical `payload` as near to the dialect's form as it comes: what has no place stays where it is."""
        return write(self.moves, payload, "", lenient=True)

    def decode(self, payload: Any, root: str) -> JsonObject:
        """What the dialect has written as a canonical payload. Raises Invalid; paths are in the dialect's terms."""
        written = respell(self.schema, payload, root)
        written = self.tidy(written) if isinstance(written, dict) else written
        check(self.schema, written, root)
        for item in self.no_place:
            if not _is_of(self.schema, item.place):
                for place, _ in places(written, item.place):
                    raise Invalid(f"{root}.{place}", f"is no field of {self.name}; leave it out")
        return read(self.moves, written, root)


def _last(place: str) -> str:
    return place.rpartition(".")[2]


def _is_of(schema: Schema, place: str) -> bool:
    """Whether a schema says something of a place."""
    for part in place.split("."):
        properties = schema.get("properties", {})
        if part.removesuffix("[]") not in properties:
            return False
        schema = properties[part.removesuffix("[]")]
        schema = schema["items"] if part.endswith("[]") else schema
    return True
