"""Hypothesis strategies made from the catalogue's JSON Schemas: what a schema allows, and what breaks one rule of it.

`valid` draws values that a schema allows. `broken` draws such values with exactly one rule broken and the path of
the breach, as an error is expected to name it. Both read the part of JSON Schema that the catalogue uses: types,
`enum`, `const`, ranges, formats, `prefixItems`, `uniqueBy`, `required`, and `oneOf`, `anyOf`, `not`, `if` over the
presence of keys. Anything else is refused loudly, so that a new rule is not passed over in silence.
"""

import math
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, combinations
from typing import Any

from hypothesis import strategies as st

from protocol.catalogue import REMOTE_TYPES
from protocol.schema import Schema, path_of

Path = tuple[str | int, ...]
Breach = tuple[Any, Path]

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
_SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS

KNOWN = {
    *("type", "properties", "required", "enum", "const", "format", "minimum", "maximum", "items", "prefixItems"),
    *("minItems", "maxItems", "uniqueBy", "oneOf", "anyOf", "not", "if", "then", "else", "aliases", "$comment"),
    *("minLength", "maxLength", "absent"),
}


@cache
def bodies(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a remote action of one type, with and without a label and fields that nobody knows."""
    entry = REMOTE_TYPES[name]
    label: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional={"label": TEXTS})
    extra = st.dictionaries(st.sampled_from(["note", "x-trace", "extendedEventParam"]), _SCALARS, max_size=2)
    parts = st.tuples(label, valid(entry.schema), extra)
    return parts.map(lambda drawn: {**drawn[0], entry.v3.key: drawn[1], **drawn[2]})


@cache
def broken_bodies(name: str) -> st.SearchStrategy[tuple[dict[str, Any], str]]:
    """Bodies with one broken rule, and the path that the refusal must name."""
    entry = REMOTE_TYPES[name]
    key = entry.v3.key
    return broken(entry.schema).map(lambda breach: ({key: breach[0]}, path_of([key, *breach[1]])))


def valid(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that `schema` allows."""
    unknown = set(schema) - KNOWN
    assert not unknown, f"teach tests/strategies.py the keywords {unknown}"
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _VALID[schema["type"]](schema)


def broken(schema: Schema) -> st.SearchStrategy[Breach]:
    """Values with exactly one rule of `schema` broken, each with the path of the breach."""
    wrong = [_wrong_type(schema)]
    if "enum" in schema:
        wrong.append(st.sampled_from([f"{schema['enum'][0]}x", "", "string"]).map(_here))
    elif schema["type"] in _BROKEN:
        wrong += _BROKEN[schema["type"]](schema)
    return st.one_of(wrong)


def _here(value: Any) -> Breach:
    return value, ()


def _wrong_type(schema: Schema) -> st.SearchStrategy[Breach]:
    others: dict[str, list[Any]] = {
        "object": [{}, {"a": 1}],
        "array": [[], [1]],
        "string": ["", "string"],
        "boolean": [True, False],
        "integer": [0, 7],
        "number": [0.5, 1.0],
        "null": [None],
    }
    del others[schema["type"]]
    if schema["type"] == "number":
        del others["integer"]
    return st.sampled_from(list(chain.from_iterable(others.values()))).map(_here)


# Text and numbers


def _times(hours: int) -> st.SearchStrategy[str]:
    parts = st.tuples(st.integers(0, hours), st.integers(0, 59), st.integers(0, 59))
    whole = parts.map(lambda p: f"PT{p[0]}H{p[1]}M{p[2]}S")
    return whole | st.integers(0, hours).map(lambda h: f"PT{h}H") | st.integers(0, 59).map(lambda m: f"PT{m}M")


_FORMATS: dict[str, st.SearchStrategy[str]] = {
    "day-time": _times(23),
    "duration": _times(99) | st.sampled_from(["P1D", "P1Y2M3DT4H5M6S", "P2W", "PT20S"]),
    "date-time": st.datetimes().map(lambda time: time.isoformat() + "Z")
    | st.sampled_from(["2026-11-21t08:00:00z", "2026-11-21T08:00:00.123456+01:00", "2024-02-29T23:59:59-12:30"]),
}
_BAD_FORMATS = {
    "day-time": ["string", "", "14:30", "PT24H", "PT23H59M60S", "P1D", "P1DT1H", "PT", "P", "PT1.5H", "pt1h", "PT1H\n"],
    "duration": ["string", "", "20", "PT", "P", "P1DT", "PT20", "PT-1S", "20S", "PT٣S"],
    "date-time": ["string", "", "2026-11-21", "2026-11-21T08:00:00", "2026-02-30T08:00:00Z", "2026-11-21 08:00:00Z"],
}


def _string(schema: Schema) -> st.SearchStrategy[str]:
    if "format" in schema:
        return _FORMATS[schema["format"]]
    return TEXTS.filter(lambda text: schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 30))


def _broken_string(schema: Schema) -> list[st.SearchStrategy[Breach]]:
    found = [st.sampled_from(_BAD_FORMATS[schema["format"]])] if "format" in schema else []
    found += [st.just("")] if schema.get("minLength") else []
    found += [st.just("x" * (schema["maxLength"] + 1))] if "maxLength" in schema else []
    return [strategy.map(_here) for strategy in found]


def _integer(schema: Schema) -> st.SearchStrategy[int]:
    least = schema.get("minimum", -1000)
    return st.integers(least, schema.get("maximum", least + 1000))


def _number(schema: Schema) -> st.SearchStrategy[float]:
    least, most = schema.get("minimum", -1e6), schema.get("maximum", 1e6)
    return st.floats(least, most) | st.integers(int(least), int(most))


def _out_of_range(schema: Schema) -> list[st.SearchStrategy[Breach]]:
    least = min(schema.get("minimum", 0), schema.get("absent", math.inf))
    found = [st.sampled_from([least - 1, least - 10**6])] if "minimum" in schema else []
    found += [st.sampled_from([schema["maximum"] + 1, schema["maximum"] + 10**6])] if "maximum" in schema else []
    return [strategy.map(_here) for strategy in found]


# Lists


def _array(schema: Schema) -> st.SearchStrategy[list[Any]]:
    first = schema.get("prefixItems", [])
    least, most = schema.get("minItems", 0), schema.get("maxItems", 6)
    if first:
        rest = st.lists(valid(schema["items"]), max_size=min(most, 3) - len(first))
        return st.tuples(*map(valid, first), rest).map(lambda drawn: [*drawn[:-1], *drawn[-1]])
    return st.lists(valid(schema["items"]), min_size=least, max_size=min(most, least + 3), unique_by=_unique(schema))


def _some(schema: Schema) -> st.SearchStrategy[list[Any]]:
    """Not empty. By `filter(bool)` Hypothesis fails on lists of two at the most: it continues with a chance of 0."""
    return _array({**schema, "minItems": max(1, schema.get("minItems", 0))})


def _unique(schema: Schema) -> Callable[[Any], Any] | None:
    key = schema.get("uniqueBy")
    return None if key is None else lambda item: item.get(key, object())


@st.composite
def _broken_item(draw: st.DrawFn, schema: Schema) -> Breach:
    items = draw(_some(schema))
    place = draw(st.integers(0, len(items) - 1))
    kinds = [*schema.get("prefixItems", []), *[schema["items"]] * len(items)]
    item, path = draw(broken(kinds[place]))
    before, after = ([other for other in part if not _clash(schema, item, other)] for part in _around(items, place))
    return [*before, item, *after], (len(before), *path)


def _around(items: list[Any], place: int) -> tuple[list[Any], list[Any]]:
    return items[:place], items[place + 1 :]


def _clash(schema: Schema, one: Any, other: Any) -> bool:
    """Whether both have the same value where `uniqueBy` allows it once: a second broken rule."""
    key = schema.get("uniqueBy")
    return key is not None and isinstance(one, dict) and key in one and one[key] == other.get(key)


@st.composite
def _repeated(draw: st.DrawFn, schema: Schema) -> Breach:
    key = schema["uniqueBy"]
    item = draw(valid(schema["items"]).filter(lambda item: key in item))
    other = draw(valid(schema["items"]).filter(lambda item: key in item))
    return [item, {**other, key: item[key]}], (1, key)


def _broken_array(schema: Schema) -> list[st.SearchStrategy[Breach]]:
    found = [_broken_item(schema)]
    if "uniqueBy" in schema:
        found.append(_repeated(schema))
    if schema.get("minItems"):
        found.append(_array(schema).map(lambda items: _here(items[: schema["minItems"] - 1])))
    if "maxItems" in schema:
        # One item many times breaks uniqueness too, but further from the root.
        found.append(_some(schema).map(lambda items: _here(items[:1] * (schema["maxItems"] + 1))))
    return found


# Objects


def _cases(schema: Schema) -> list[Schema]:
    """`schema` without its `if`: one schema for each way it may turn out; `chosen` is the key that it asks about."""
    if "if" not in schema:
        return [schema]
    ((key, wanted),) = schema["if"]["properties"].items()
    kind, value = schema["properties"][key], wanted["const"]
    others = [item for item in kind.get("enum", [True, False]) if item != value]
    plain = {name: rule for name, rule in schema.items() if name not in ("if", "then", "else")}
    required = plain.get("required", [])
    then, otherwise = schema.get("then", {}).get("required", []), schema.get("else", {}).get("required", [])
    properties = plain["properties"]
    yes = {**plain, "properties": {**properties, key: {**kind, "enum": [value]}}, "required": [*required, *then]}
    no = {**plain, "properties": {**properties, key: {**kind, "enum": others}}, "required": [*required, *otherwise]}
    return [{**yes, "chosen": key}, no]


def _groups_of(options: list[Schema], keys: set[str]) -> int:
    return sum(_holds(option, keys) for option in options)


def _holds(rule: Schema, keys: set[str]) -> bool:
    """Whether an object with just these `keys` meets the presence rules of `rule`."""
    return (
        set(rule.get("required", [])) <= keys
        and ("oneOf" not in rule or _groups_of(rule["oneOf"], keys) == 1)
        and ("anyOf" not in rule or _groups_of(rule["anyOf"], keys) >= 1)
        and ("not" not in rule or not _holds(rule["not"], keys))
    )


def _key_sets(schema: Schema) -> Iterator[set[str]]:
    """Every set of known keys that holds the required ones."""
    needed = {*schema.get("required", []), *([schema["chosen"]] if "chosen" in schema else [])}
    free = [key for key in schema["properties"] if key not in needed]
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            yield needed | set(chosen)


def _with_keys(schema: Schema, keys: set[str]) -> st.SearchStrategy[dict[str, Any]]:
    known = {key: valid(rule) for key, rule in schema["properties"].items() if key in keys}
    extra = st.dictionaries(st.sampled_from(["x-more", "future"]), _SCALARS, max_size=1)
    return st.tuples(st.fixed_dictionaries(known), extra).map(lambda drawn: {**drawn[0], **drawn[1]})


def _is_free(schema: Schema) -> bool:
    """Whether any keys may stand together, so that their combinations need not be gone through."""
    return not {"oneOf", "anyOf", "not"} & schema.keys()


def _free(schema: Schema, *more: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the required keys and `more`, and any of the others."""
    needed = {*schema.get("required", []), *([schema["chosen"]] if "chosen" in schema else []), *more}
    sure = {key: valid(rule) for key, rule in schema["properties"].items() if key in needed}
    perhaps = {key: valid(rule) for key, rule in schema["properties"].items() if key not in needed}
    extra = st.dictionaries(st.sampled_from(["x-more", "future"]), _SCALARS, max_size=1)
    parts = st.tuples(st.fixed_dictionaries(sure, optional=perhaps), extra)
    return parts.map(lambda drawn: {**drawn[0], **drawn[1]})


def _object(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of([whole for case in _cases(schema) for whole in _wholes(case)])


def _wholes(case: Schema) -> list[st.SearchStrategy[dict[str, Any]]]:
    if _is_free(case):
        return [_free(case)]
    return [_with_keys(case, keys) for keys in _key_sets(case) if _holds(case, keys)]


def _broken_object(schema: Schema) -> list[st.SearchStrategy[Breach]]:
    found = []
    for case in _cases(schema):
        if _is_free(case):
            found += [_replaced(key, rule, [_free(case, key)]) for key, rule in case["properties"].items()]
            found += [_missing(key, [_free(case)]) for key in case.get("required", [])]
            continue
        allowed = [(keys, _with_keys(case, keys)) for keys in _key_sets(case) if _holds(case, keys)]
        for key, rule in case["properties"].items():
            found += [_replaced(key, rule, [whole for keys, whole in allowed if key in keys])]
        found += [_missing(key, [whole for _, whole in allowed]) for key in case.get("required", [])]
        refused = [_with_keys(case, keys) for keys in _key_sets(case) if not _holds(case, keys)]
        found += [st.one_of(refused).map(_here)] if refused else []
    return found


def _replaced(key: str, rule: Schema, wholes: list[st.SearchStrategy[dict[str, Any]]]) -> st.SearchStrategy[Breach]:
    parts = st.tuples(st.one_of(wholes), broken(rule))
    return parts.map(lambda drawn: ({**drawn[0], key: drawn[1][0]}, (key, *drawn[1][1])))


def _missing(key: str, wholes: list[st.SearchStrategy[dict[str, Any]]]) -> st.SearchStrategy[Breach]:
    whole = st.one_of(wholes)
    return whole.map(lambda value: ({name: item for name, item in value.items() if name != key}, (key,)))


_VALID: dict[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _schema: st.booleans(),
}
_BROKEN: dict[str, Callable[[Schema], list[st.SearchStrategy[Breach]]]] = {
    "object": _broken_object,
    "array": _broken_array,
    "string": _broken_string,
    "integer": _out_of_range,
    "number": _out_of_range,
}
