"""Checks a body against a JSON Schema and says what is wrong in words that name the field by its path.

The schemas stay plain JSON Schema, so that the API docs can show the rules that are enforced. Four things are added:
the formats `day-time`, `duration`, `date-time`; the keyword `uniqueBy` (no two items with the same value of a key);
and the keywords `aliases` (misspelt keys and their right names) and `absent` (a value that means that none is given),
which `respell` reads and the check passes over.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from protocol.errors import Invalid
from protocol.formats import WORDS as FORMATS
from protocol.formats import formats

Schema = dict[str, Any]


def _unique_by(_validator: object, key: str, items: Any, _schema: Schema) -> Iterator[ValidationError]:
    if not isinstance(items, list):
        return
    seen = []
    for place, item in enumerate(items):
        value = item.get(key) if isinstance(item, dict) else None
        if value is not None and value in seen:
            words = f"{_shown(value)} stands twice; each {key} once at the most"
            yield ValidationError(words, path=[place, key])
        seen.append(value)


def _is_integer(_checker: object, value: object) -> bool:
    # OpenAPI 3.0's integer has no fraction part: 1.0 is none.
    return isinstance(value, int) and not isinstance(value, bool)


_extend: Any = validators.extend
_Validator = _extend(
    Draft202012Validator,
    {"uniqueBy": _unique_by},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)

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


def expected(schema: Schema) -> str:
    """What a value of a simple schema may be: "a whole number from 1 to 4"."""
    words = _TYPES[schema["type"]]
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        words = f"{words} from {least} to {most}"
    elif least is not None:
        words = f"{words}, {least} or more"
    elif most is not None:
        words = f"{words}, {most} or less"
    if "enum" in schema:
        words = f"{words}, one of {', '.join(map(str, schema['enum']))}"
    return f"{words}: {FORMATS[schema['format']]}" if "format" in schema else words


_WORDS: dict[str, Callable[[Any], str]] = {
    "enum": lambda e: f"{_shown(e.instance)} is not allowed; use one of {', '.join(map(str, e.validator_value))}",
    "const": lambda e: f"{_shown(e.instance)} is not allowed; use {e.validator_value}",
    "type": lambda e: f"must be {expected(e.schema)}",
    "minimum": lambda e: f"{_shown(e.instance)} is not allowed; must be {expected(e.schema)}",
    "maximum": lambda e: f"{_shown(e.instance)} is not allowed; must be {expected(e.schema)}",
    "minItems": lambda e: f"has {len(e.instance)} items; at least {e.validator_value} needed",
    "maxItems": lambda e: f"has {len(e.instance)} items; {e.validator_value} at the most",
    "minLength": lambda e: "must not be empty",
    "maxLength": lambda e: f"is too long; {e.validator_value} characters at the most",
    "format": lambda e: f"{_shown(e.instance)} is not allowed; {FORMATS[e.validator_value]}",
    "oneOf": lambda e: f"needs exactly one of: {_groups(e.validator_value)}",
    "anyOf": lambda e: f"needs at least one of: {_groups(e.validator_value)}",
    "not": lambda e: str(e.schema.get("$comment", "this combination is not allowed")),
}
# A value that is wrong says more than a value that is missing, and that more than a combination that is not allowed.
_ORDER = {"required": 1, "oneOf": 2, "anyOf": 2, "not": 2}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def path_of(parts: list[str | int]) -> str:
    """Keys and indexes as a reader would write them: `programs[0].slot`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def _invalid(error: Any, root: str) -> Invalid:
    parts: list[str | int] = [root] if root else []
    parts += list(error.absolute_path)
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return Invalid(path_of([*parts, missing]), "is required")
    words = _WORDS.get(str(error.validator))
    return Invalid(path_of(parts), words(error) if words else error.message)


def check(schema: Schema, value: Any, root: str = "") -> None:
    """Raise Invalid for the breach of `schema` by `value` that says most: a wrong value, then what is missing.

    Among equals the one nearest to the root. `root` is the name that `value` has in its body; paths begin with it.
    """
    errors = list(_Validator(schema, format_checker=formats).iter_errors(value))
    if errors:
        error = min(errors, key=lambda e: (_ORDER.get(str(e.validator), 0), len(e.absolute_path)))
        raise _invalid(error, root)


def rename(body: Mapping[str, Any], alias: str, name: str, path: str = "") -> dict[str, Any]:
    """`body` with the misspelt `alias` under its right `name`; Invalid where both stand with different values."""
    if alias not in body:
        return dict(body)
    if name in body and body[name] != body[alias]:
        place = f"{path}.{name}" if path else name
        raise Invalid(place, f"stands beside {alias} with another value; send {name} only")
    return {**{key: value for key, value in body.items() if key != alias}, name: body[alias]}


def respell(schema: Schema, value: Any, path: str = "") -> Any:
    """`value` with the `aliases` of its schema under their right names, and without what is `absent` by its value."""
    if isinstance(value, list) and "items" in schema:
        return [respell(schema["items"], item, f"{path}[{place}]") for place, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    for alias, name in schema.get("aliases", {}).items():
        value = rename(value, alias, name, path)
    known = schema.get("properties", {})
    return {
        key: respell(known[key], item, f"{path}.{key}" if path else key) if key in known else item
        for key, item in value.items()
        if not _is_absent(known.get(key, {}), item)
    }


def _is_absent(schema: Schema, value: object) -> bool:
    # False equals 0, and is another thing.
    return "absent" in schema and type(value) is type(schema["absent"]) and value == schema["absent"]


def fields(schema: Schema, path: str, required: bool = False) -> Iterator[tuple[str, str]]:
    """Each field below `schema` with what is allowed there, the field itself first."""
    yield path, "; ".join([*(["required"] if required else []), expected(schema), *_rules(schema)])
    for key, part in schema.get("properties", {}).items():
        yield from fields(part, f"{path}.{key}", key in schema.get("required", []))
    if schema["type"] != "array":
        return
    for place, part in enumerate(schema.get("prefixItems", [])):
        yield from fields(part, f"{path}[{place}]")
    yield from fields(schema["items"], f"{path}[]")


def _rules(schema: Schema) -> Iterator[str]:
    if "absent" in schema:
        yield f"{schema['absent']} means that none is given"
    if "minItems" in schema:
        yield f"at least {schema['minItems']}"
    if "maxItems" in schema:
        yield f"{schema['maxItems']} at the most"
    if "uniqueBy" in schema:
        yield f"each {schema['uniqueBy']} once"
    for keyword, words in (("oneOf", "exactly one of"), ("anyOf", "at least one of")):
        if keyword in schema:
            yield f"{words} {', '.join(option['required'][0] for option in schema[keyword])}"
    if "not" in schema:
        yield str(schema["$comment"])
    if "if" in schema:
        ((key, rule),) = schema["if"]["properties"].items()
        condition = f"{key} is {json.dumps(rule['const'])}"
        if "then" in schema:
            yield f"where {condition}: {', '.join(schema['then']['required'])} required"
        if "else" in schema:
            yield f"unless {condition}: {', '.join(schema['else']['required'])} required"
