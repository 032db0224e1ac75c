"""Checks a body against a JSON Schema and says what is wrong in words that name the field by its path.

The schemas stay plain JSON Schema, so that the API docs can show the rules that are enforced. Two things are added:
the formats `day-time`, `duration`, `date-time` and the keyword `uniqueBy` (no two items with the same value of a key).
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from protocol.errors import Invalid

Schema = dict[str, Any]

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

formats = FormatChecker(formats=())


@formats.checks("duration")
def is_duration(value: object) -> bool:
    """True for an ISO 8601 duration such as PT20S."""
    return not isinstance(value, str) or _DURATION.fullmatch(value) is not None


@formats.checks("day-time")
def is_day_time(value: object) -> bool:
    """True for an ISO 8601 duration from midnight that stays within the day, such as PT14H30M."""
    if not isinstance(value, str):
        return True
    found = _DURATION.fullmatch(value)
    if found is None or any(found.group(1, 2, 3, 4)):
        return False
    hours, minutes, seconds = (int(part or 0) for part in found.group(5, 6, 7))
    return hours * 3600 + minutes * 60 + seconds < 24 * 3600


@formats.checks("date-time")
def is_date_time(value: object) -> bool:
    """True for an RFC 3339 time such as 2026-11-21T08:00:00Z."""
    if not isinstance(value, str):
        return True
    if _RFC3339.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def _unique_by(_validator: object, key: str, items: Any, _schema: Schema) -> Iterator[ValidationError]:
    if not isinstance(items, list):
        return
    seen = []
    for item in items:
        value = item.get(key) if isinstance(item, dict) else None
        if value is not None and value in seen:
            yield ValidationError(f"each {key} once at the most; {value!r} stands twice")
        seen.append(value)


_extend: Any = validators.extend
_Validator = _extend(Draft202012Validator, {"uniqueBy": _unique_by})

_FORMATS = {
    "duration": "use an ISO 8601 duration such as PT20S",
    "day-time": "use an ISO 8601 duration from midnight, below 24 hours, such as PT14H30M",
    "date-time": "use an RFC 3339 time such as 2026-11-21T08:00:00Z",
}
_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def _groups(options: list[Schema]) -> str:
    return ", ".join(" with ".join(option.get("required", [])) for option in options)


_WORDS: dict[str, Callable[[Any], str]] = {
    "enum": lambda e: f"{_shown(e.instance)} is not allowed; use one of {', '.join(map(str, e.validator_value))}",
    "const": lambda e: f"{_shown(e.instance)} is not allowed; use {e.validator_value}",
    "type": lambda e: f"must be {_TYPES[e.validator_value]}",
    "minimum": lambda e: f"{e.instance} is too small; the least is {e.validator_value}",
    "maximum": lambda e: f"{e.instance} is too large; the most is {e.validator_value}",
    "minItems": lambda e: f"has {len(e.instance)} items; at least {e.validator_value} needed",
    "maxItems": lambda e: f"has {len(e.instance)} items; {e.validator_value} at the most",
    "minLength": lambda e: "must not be empty",
    "maxLength": lambda e: f"is too long; {e.validator_value} characters at the most",
    "pattern": lambda e: f"{_shown(e.instance)} does not have the form {e.validator_value}",
    "format": lambda e: f"{_shown(e.instance)} is not allowed; {_FORMATS[e.validator_value]}",
    "oneOf": lambda e: f"needs exactly one of: {_groups(e.validator_value)}",
    "anyOf": lambda e: f"needs at least one of: {_groups(e.validator_value)}",
    "not": lambda e: str(e.schema.get("$comment", "this combination is not allowed")),
    "minProperties": lambda e: f"needs at least one of: {', '.join(e.schema.get('properties', {}))}",
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _path(parts: list[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def _invalid(error: Any, root: str) -> Invalid:
    parts: list[str | int] = [root] if root else []
    parts += list(error.absolute_path)
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return Invalid(_path([*parts, missing]), "is required")
    words = _WORDS.get(str(error.validator))
    return Invalid(_path(parts), words(error) if words else error.message)


def check(schema: Schema, value: Any, root: str = "") -> None:
    """Raise Invalid for the first breach (nearest to the root) of `schema` by `value`.

    `root` is the name that `value` has in its body; paths in errors begin with it.
    """
    errors = list(_Validator(schema, format_checker=formats).iter_errors(value))
    if errors:
        # Breaches inside a value before breaches of it as a whole: they say more.
        error = min(errors, key=lambda e: (len(e.absolute_path), e.validator in ("anyOf", "oneOf", "not")))
        raise _invalid(error, root)
