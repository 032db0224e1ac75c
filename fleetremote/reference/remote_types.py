"""The page docs/remote-types.md, made from the catalogue: `script/manage remote_types` prints it, a test compares."""

import json
from typing import Any

from protocol.catalogue import KEY_ALIASES, REMOTE_TYPES, RemoteType, Wire
from protocol.schema import fields

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
        *(f"| `{path}` | {words} |" for path, words in fields(entry.schema, entry.v3.key)),
        "",
        *(f"    {json.dumps({entry.v3.key: sample.payload})}" for sample in _samples(entry)),
        "",
    ]


def _samples(entry: RemoteType) -> list[Any]:
    return [*entry.commands, *(sample for sample in entry.features if sample not in entry.commands)]
