"""The page docs/remote-types.md, made from the catalogue: `script/manage remote_types` prints it, a test compares."""

import json
from collections.abc import Iterator
from typing import Any

from protocol.catalogue import KEY_ALIASES, REMOTE_TYPES, RemoteType, Wire
from protocol.schema import Schema, expected

_HEAD = """\
# Remote types

Made from the catalogue (`protocol/catalogue.py`, `protocol/payloads.py`) by
`script/manage remote_types > docs/remote-types.md`; a test compares. The same rules are checked by the API, and shown
at `/api/docs`.

A remote action is `{"label": "…", "<key>": {…}}` with exactly one key. Fields that are not listed here are kept and
passed on. VehicleFinder, Tan and OnboardPersonalData are an extension of v3 under their v1 keys. How v1 says each of
them, and what can't be said there: [dialects.md](dialects.md).

*Time to live*: an action that could not be sent by then is never sent. *Urgent*: waits only until the action before it
is accepted. *Two people*: another person must agree, unless the fleet's rules say otherwise (docs/four-eyes.md).
*Again by machine*: sent once more when the manufacturer's cloud surely has no trace of the first try.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *_overview(), *_spellings(), *(line for e in REMOTE_TYPES.values() for line in _type(e))])


def _overview() -> list[str]:
    rows = [
        f"| {entry.name} | {entry.title} | {wire(entry.v3)} | {wire(entry.v1)} |"
        f" {int(entry.time_to_live.total_seconds() // 60)} min | {_yes(entry.urgent)} | {_yes(entry.dangerous)} |"
        f" {_yes(entry.two_people)} |"
        f" {_yes(entry.resend)} |"
        for entry in REMOTE_TYPES.values()
    ]
    return [
        "| type | title | v3 key → type | v1 key → type | time to live | urgent | dangerous | two people"
        " | again by machine |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
    ]


def wire(written: Wire | None) -> str:
    """The key of a remote type in a dialect and the name in its notifications: `key` → name."""
    if written is None:
        return "–"
    return f"`{written.key}` → {' / '.join(written.by_part.values()) or written.type_name}"


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _spellings() -> list[str]:
    found = ", ".join(f"`{alias}` for `{name}`" for alias, name in KEY_ALIASES.items())
    return [
        f"Misspelt keys that published examples print are taken on input: {found}, and `occurrence` for `occurence`.",
        "Where both spellings come with different values, the answer is 400.",
        "",
    ]


def _type(entry: RemoteType) -> list[str]:
    return [
        f"## {entry.name}",
        "",
        "| field | allowed |",
        "| --- | --- |",
        *(f"| `{path}` | {words} |" for path, words in fields(entry.schema, entry.v3.key, False)),
        "",
        *(f"    {json.dumps({entry.v3.key: sample.payload})}" for sample in _samples(entry)),
        "",
    ]


def _samples(entry: RemoteType) -> list[Any]:
    return [*entry.commands, *(sample for sample in entry.features if sample not in entry.commands)]


def fields(schema: Schema, path: str, required: bool) -> Iterator[tuple[str, str]]:
    """Each field below `schema` with what is allowed there, the field itself first."""
    yield path, "; ".join([*(["required"] if required else []), expected(schema), *_rules(schema)])
    for key, part in schema.get("properties", {}).items():
        yield from fields(part, f"{path}.{key}", key in schema.get("required", []))
    if schema["type"] != "array":
        return
    for place, part in enumerate(schema.get("prefixItems", [])):
        yield from fields(part, f"{path}[{place}]", False)
    yield from fields(schema["items"], f"{path}[]", False)


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
