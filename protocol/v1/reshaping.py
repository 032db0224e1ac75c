"""Moves fields and words within documents of others, in place. What has another form than published is left alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from protocol.canonical.document import JsonObject

_GREATEST = 10**9


def objects(value: Any) -> Iterator[JsonObject]:
    """The objects that `value` is: itself, or those in a list, also in a list of lists."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def move(source: JsonObject, name: str, new_name: str, target: JsonObject | None = None) -> None:
    """Give a field its other name, or its place in `target`; not where that is taken."""
    target = source if target is None else target
    if name in source and new_name not in target:
        target[new_name] = source.pop(name)


def fill(document: JsonObject, **values: Any) -> None:
    """Put in what is missing, and something is known for."""
    for name, value in values.items():
        if value is not None:
            document.setdefault(name, value)


def reword(document: JsonObject, name: str, words: Mapping[str, str]) -> None:
    """Say a field's word as the other dialect has it; any other value stays."""
    word = document.get(name)
    if isinstance(word, str) and word in words:
        document[name] = words[word]


def scale(document: JsonObject, name: str, factor: float, digits: int) -> None:
    """Say a number in the other dialect's unit, rounded to so many digits; what can't be one of it stays."""
    value = document.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _GREATEST:
        document[name] = round(value * factor, digits)


def words_back(words: Mapping[str, str]) -> dict[str, str]:
    """The same table the other way round."""
    return {other: word for word, other in words.items()}
