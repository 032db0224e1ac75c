"""The page docs/dialects.md, made from catalogue and forms: `script/manage dialects` prints it, a test compares.

Whether a payload travels is not written here: each example is asked for (protocol/canonical/travel.py).
"""

import json
from collections.abc import Iterator

from fleetremote.reference.remote_types import wire
from protocol import v1, v3
from protocol.canonical import JsonObject, Remote
from protocol.canonical.form import Form
from protocol.canonical.moving import Fixed, Move, Moves, ours_of
from protocol.canonical.travel import cannot_travel
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.codec import Codec
from protocol.examples import EXAMPLES
from protocol.schema import fields
from protocol.v1.forms import FORMS as V1_FORMS
from protocol.v3.forms import FORMS as V3_FORMS

_HEAD = """\
# The two dialects

Made from the catalogue and the forms (`protocol/catalogue.py`, `protocol/v1/forms.py`, `protocol/v3/forms.py`,
`protocol/examples.py`) by `script/manage dialects > docs/dialects.md`; a test compares.

A vehicle is reached in the dialect of its gateway, a client writes in that of the API that it calls, and a subscriber
reads that of what it has registered. All combinations work. What a client says and the vehicle's dialect has no place
for is refused before anything is sent, naming the field; it is never left out silently. Fields that neither dialect
publishes are passed on as they are, at their places.

`script/manage walkthrough --dialects` shows it on the running demo: each feature over both APIs to a vehicle that
either reaches, and each field that can't travel. It waits for the end and for the notification in the dialect of who
asked, prints a table (or `--json`), and exits with 1 where something neither ends well nor is refused naming the field.

| | Fleet Owner v3 | Connected Car v1 |
| --- | --- | --- |
| body of a remote action | `{"label": "…", "<key>": {…}}` | `{"label": "…", "action": {"<key>": {…}}}` |
| `attributes` of a remote action | – | Body attributes, returned with each message of the action |
| callback, channel | its own retry policy, batches, types | every 10 s for 3 days; 100 that wait go as one array |
| attributes of a callback, a channel | Header, Query, Body | Header, Query |
| variables there | `$vin`, `$callbackID`, `$remoteType`, `$fleetID` | `$Vin`, `$ChannelId`, `$ChannelLabel` |
| variables in Body attributes of a remote action | – | `$RemoteType`, `$RemoteStatus`, `$RemoteLabel`, `$Vin` |
| a notification | `{callbackId, attributes, events: […]}` | a message with one `remoteEvent`, or an array of them |
| the vehicle in a notification | `vin` of each event | the channel's or the action's attributes |
"""

_FIELDS = """\
*v3*, *v1*: where the field stands. *Allowed in v1*: what v1 takes there; for v3 see [remote-types.md](remote-types.md).
"""


def page() -> str:
    """The whole page, in Markdown."""
    types = [line for entry in REMOTE_TYPES.values() for line in _type(entry)]
    return "\n".join([_HEAD, *_overview(), _FIELDS, *types])


def _overview() -> list[str]:
    return [
        "| feature | v3 key → type | v1 key → type | v3 has no place for | v1 has no place for |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {entry.name} | {wire(entry.v3)} | {wire(entry.v1)} | {_without(V3_FORMS.get(entry.name), entry)} |"
            f" {_without(V1_FORMS.get(entry.name), entry)} |"
            for entry in REMOTE_TYPES.values()
        ),
        "",
    ]


def _without(form: Form | None, entry: RemoteType) -> str:
    if form is None:
        return "the whole type"
    return ", ".join(f"`{entry.v3.key}.{item.place}`" for item in form.no_place)


def _type(entry: RemoteType) -> list[str]:
    form = V1_FORMS.get(entry.name)
    table = _field_table(entry, form) if form else [f"v1 has no such remote action: `{entry.v3.key}` is refused.", ""]
    return [f"## {entry.name}", "", *table, *_examples(entry)]


def _field_table(entry: RemoteType, form: Form) -> list[str]:
    """A row for each field that v1 has, then for each that only v3 has."""
    ours = {path.removeprefix(".") for path, _ in fields(entry.schema, "", False)}
    rows, seen = [], {""}
    for dotted, words in fields(form.schema, "", False):
        path = dotted.removeprefix(".")
        place = _canonical(form.moves, path)
        # Published of v3 only: v1 takes it for a vehicle that v3 reaches.
        beyond = ["not in v1's file, and taken"] if any(item.place == place for item in form.no_place) else []
        remarks = [*beyond, *_fixed(form.moves, path), *_changes(form.moves, path), *_refusals(entry, form, place)]
        has_place = place in ours and place not in seen and not _fixed(form.moves, path)
        seen |= set() if _fixed(form.moves, path) else {place}
        if path:
            rows.append(_row(_v3_place(entry, place) if has_place else "–", _v1_place(entry, path), words, remarks))
    rows += [
        _row(_v3_place(entry, place), "–", "", _refusals(entry, form, place))
        for place in sorted(ours - seen)
        if not any(other.startswith(f"{place}.") for other in seen)
    ]
    return ["| v3 | v1 | allowed in v1 | on the way |", "| --- | --- | --- | --- |", *rows, ""] if rows else []


def _row(ours: str, theirs: str, words: str, remarks: list[str]) -> str:
    return f"| {ours} | {theirs} | {words} | {'; '.join(remarks)} |"


def _v3_place(entry: RemoteType, place: str) -> str:
    return f"`{entry.v3.key}.{place}`"


def _v1_place(entry: RemoteType, path: str) -> str:
    return f"`action.{entry.v1.key}.{path}`" if entry.v1 else "–"


def _canonical(moves: Moves, path: str) -> str:
    return ours_of(moves, path.replace("[]", "[99]")).replace("[99]", "[]")


def _each(moves: Moves, around: str = "") -> Iterator[tuple[str, Move | Fixed]]:
    """Every move with its place in v1."""
    for move in moves:
        yield around + move.theirs, move
        if isinstance(move, Move):
            yield from _each(move.each, f"{around}{move.theirs}[].")


def _fixed(moves: Moves, path: str) -> list[str]:
    return [f"always {move.value}" for place, move in _each(moves) if place == path and isinstance(move, Fixed)]


def _changes(moves: Moves, path: str) -> list[str]:
    found = [move.words for place, move in _each(moves) if place == path and isinstance(move, Move)]
    return [f"{_word(ours)} ↔ {_word(theirs)}" for words in found for ours, theirs in words.items()]


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _refusals(entry: RemoteType, form: Form, place: str) -> list[str]:
    found = []
    for dialect, its in (("v3", V3_FORMS[entry.name]), ("v1", form)):
        for item in its.no_place:
            if item.place == place:
                but_for = f", but for {item.but_for}" if item.but_for else ""
                found.append(f"refused to a vehicle that {dialect} reaches{but_for}")
    return found


def _examples(entry: RemoteType) -> list[str]:
    rows = [f"| {_said(entry, payload, v3)} | {_said(entry, payload, v1)} |" for payload in EXAMPLES[entry.name]]
    return ["| to a v3 vehicle | to a v1 vehicle |", "| --- | --- |", *rows, ""]


def _said(entry: RemoteType, payload: JsonObject, codec: Codec) -> str:
    error = cannot_travel(entry, payload, codec.DIALECT)
    if error:
        return f"refused: `{error.path}` {error.message}"
    return f"`{json.dumps(codec.encode_remote(Remote(entry, payload)))}`"
