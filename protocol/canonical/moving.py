"""Fields at other places and with other words: how a dialect writes what the canonical form has, and back.

Places are written as a reader would: `schedule.programs`, and `programs[].temp` for a field of each item of a list.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from protocol.canonical.document import JsonObject
from protocol.errors import Invalid

_MISSING: Any = object()
_STRANGER = "stands where the other dialect has another field; leave it out"


@dataclass(frozen=True)
class Move:
    """A field that stands at `ours` in the canonical payload and at `theirs` in the dialect's.

    `words`: canonical values and what the dialect writes for them; others stay as they are. `each`: what moves within
    each item of the list that the field is.
    """

    ours: str
    theirs: str
    words: Mapping[str | bool, str | bool] = field(default_factory=dict)
    each: "tuple[Move | Fixed, ...]" = ()


@dataclass(frozen=True)
class Fixed:
    """A field that the dialect writes always the same, and that the canonical form leaves out."""

    theirs: str
    value: str


Moves = tuple[Move | Fixed, ...]


def write(moves: Moves, document: JsonObject, root: str, lenient: bool = False) -> JsonObject:
    """The canonical `document` as the dialect writes it; `root` is its name, with which paths begin.

    Raises Invalid for an unknown field that stands where the dialect would read something else; `lenient` leaves such
    a field, and the one that ought to stand there, where they are.
    """
    steps = [(move.ours, move.theirs) for move in moves if isinstance(move, Move)]
    if not lenient:
        _refuse_strangers([theirs for _, theirs in steps], {ours for ours, _ in steps}, document, root)
    written: JsonObject = deepcopy(document)
    taken = [(move, _take(written, move.ours)) for move in moves if isinstance(move, Move)]
    for move, value in taken:
        if value is _MISSING:
            continue
        changed = _worded(move.words, value)
        if move.each and isinstance(value, list):
            place = _joined(root, move.ours)
            changed = [_in_item(write, move.each, item, f"{place}[{n}]", lenient) for n, item in enumerate(value)]
        if _put(written, move.theirs, changed):
            continue
        if not lenient:
            raise Invalid(_joined(root, move.theirs.partition(".")[0]), _STRANGER)
        _put(written, move.ours, value)
    for fixed in moves:
        if isinstance(fixed, Fixed):
            _put(written, fixed.theirs, fixed.value)
    return written


def read(moves: Moves, document: JsonObject, root: str) -> JsonObject:
    """What the dialect has written in the canonical form.

    Raises Invalid for an unknown field that stands where the canonical form has something else.
    """
    fixed = {move.theirs for move in moves if isinstance(move, Fixed)}
    steps = [(move.ours, move.theirs) for move in moves if isinstance(move, Move)]
    _refuse_strangers([ours for ours, _ in steps], {theirs for _, theirs in steps} | fixed, document, root)
    found: JsonObject = deepcopy(document)
    for place in fixed:
        _take(found, place)
    taken = [(move, _take(found, move.theirs)) for move in moves if isinstance(move, Move)]
    for move, value in taken:
        if value is _MISSING:
            continue
        back = {theirs: ours for ours, theirs in move.words.items()}
        changed = _worded(back, value)
        if move.each and isinstance(value, list):
            place = _joined(root, move.theirs)
            changed = [_in_item(read, move.each, item, f"{place}[{n}]") for n, item in enumerate(value)]
        if not _put(found, move.ours, changed):
            raise Invalid(_joined(root, move.ours.partition(".")[0]), _STRANGER)
    return found


def ours_of(moves: Moves, path: str) -> str:
    """The canonical place of a `path` in what the dialect writes, both without the name of the payload."""
    return _moved(moves, path, lambda move: (move.theirs, move.ours))


def theirs_of(moves: Moves, path: str) -> str:
    """The other way: where the dialect writes what stands at the canonical `path`."""
    return _moved(moves, path, lambda move: (move.ours, move.theirs))


def _moved(moves: Moves, path: str, way: Callable[[Move], tuple[str, str]]) -> str:
    """`way` gives of a move the place that it is read from, and the other."""
    for move in moves:
        if not isinstance(move, Move):
            continue
        source, target = way(move)
        if path == source or path.startswith((f"{source}.", f"{source}[")):
            return target + _rest_of(move.each, path[len(source) :], way)
        if path and source.startswith(f"{path}."):
            return target.rpartition(".")[0]
    return path


def _rest_of(each: Moves, rest: str, way: Callable[[Move], tuple[str, str]]) -> str:
    item = re.match(r"(\[\d+\])\.?(.*)", rest)
    if not each or item is None:
        return rest
    inner = _moved(each, item[2], way)
    return f"{item[1]}.{inner}" if inner else item[1]


def places(document: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Each place that `pattern` names and that is there, with its value: `programs[].temp` → `programs[0].temp`."""
    head, many, rest = pattern.partition("[].")
    value = _get(document, head)
    if value is _MISSING:
        return
    if not many:
        yield head, value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from ((f"{head}[{number}].{place}", found) for place, found in places(item, rest))


def without(document: JsonObject, pattern: str, nothing: Callable[[Any], bool]) -> JsonObject:
    """`document` without the fields at `pattern` whose value says nothing."""
    if not any(nothing(value) for _, value in places(document, pattern)):
        return document
    kept = deepcopy(document)
    _leave_out(kept, pattern, nothing)
    return kept


def _leave_out(document: Any, pattern: str, nothing: Callable[[Any], bool]) -> None:
    head, many, rest = pattern.partition("[].")
    value = _get(document, head)
    if many and isinstance(value, list):
        for item in value:
            _leave_out(item, rest, nothing)
    elif not many and value is not _MISSING and nothing(value):
        _take(document, head)


def _refuse_strangers(meant: list[str], own: set[str], document: JsonObject, root: str) -> None:
    for place in meant:
        if place not in own and _get(document, place) is not _MISSING:
            raise Invalid(_joined(root, place), _STRANGER)


def _in_item(step: Callable[..., JsonObject], moves: Moves, item: Any, *more: Any) -> Any:
    return step(moves, item, *more) if isinstance(item, dict) else item


def _worded(words: Mapping[Any, Any], value: Any) -> Any:
    return words.get(value, value) if isinstance(value, str | bool) else value


def _joined(root: str, place: str) -> str:
    return f"{root}.{place}" if root else place


@cache
def _parts(place: str) -> tuple[str, ...]:
    return tuple(place.split("."))


def _get(document: Any, place: str) -> Any:
    for part in _parts(place):
        if not isinstance(document, dict) or part not in document:
            return _MISSING
        document = document[part]
    return document


def _take(document: JsonObject, place: str) -> Any:
    """Take a value out, and the objects around it that are empty then."""
    first, *rest = _parts(place)
    inner = document.get(first, _MISSING)
    if not rest:
        return document.pop(first, _MISSING)
    if not isinstance(inner, dict):
        return _MISSING
    value = _take(inner, ".".join(rest))
    if value is not _MISSING and not inner:
        del document[first]
    return value


def _put(document: Any, place: str, value: Any) -> bool:
    """Put a value in where nothing stands; False where something does."""
    *around, last = _parts(place)
    for part in around:
        document = document.setdefault(part, {})
        if not isinstance(document, dict):
            return False
    return bool(document.setdefault(last, value) is value)
