"""What was sent to the manufacturer's cloud for an action and what came back, as the audit keeps it: secrets masked."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from fleets.models import AuditEntry
from fleets.words.why import say
from protocol.canonical.places import body_without_whereabouts, without_whereabouts
from protocol.why import Why, read_why
from remotes.models import RemoteAction

Kind = AuditEntry.Kind

# Requests and answers of one page, the newest, and characters of a body; the audit has the rest.
MOST = 20
MOST_CHARACTERS = 3_000


@dataclass(frozen=True)
class Message:
    """A request or an answer. `line` is its first line, `headers` a line each.

    `body` is indented where it is JSON; `is_cut`: there is more of it than is shown.
    """

    is_request: bool
    at: datetime
    purpose: str
    line: str
    headers: str
    body: str
    is_cut: bool


@dataclass(frozen=True)
class Record:
    """`is_cut`: there are older ones. `hides_positions`: what says where a vehicle is is left out."""

    messages: list[Message]
    is_cut: bool
    hides_positions: bool = False


def record_of(action: RemoteAction, *, sees_positions: bool) -> Record:
    """The newest requests and answers, the oldest of them first: one query.

    For who may not see where vehicles are, what says so is left out of them (protocol/canonical/places.py).
    """
    entries = AuditEntry.objects.filter(subject=action.public_id, kind__in=[Kind.SENT, Kind.ANSWERED])
    found = list(entries.order_by("-id").only("kind", "at", "document", "body")[: MOST + 1])
    shown = found[:MOST] if sees_positions else [hide_whereabouts(entry) for entry in found[:MOST]]
    return Record([_message(entry) for entry in reversed(shown)], len(found) > MOST, not sees_positions)


def hide_whereabouts(entry: AuditEntry) -> AuditEntry:
    """The entry as somebody may see it who may not see where vehicles are; not to be saved."""
    entry.document = without_whereabouts(entry.document)
    if entry.body is not None:
        entry.body = body_without_whereabouts(bytes(entry.body))
    return entry


def _message(entry: AuditEntry) -> Message:
    document = entry.document if isinstance(entry.document, dict) else {}
    body, is_cut = _body(bytes(entry.body or b""), document)
    return Message(
        is_request=entry.kind == Kind.SENT,
        at=entry.at,
        purpose=say(Why(str(document.get("purpose") or ""))),
        line=str(document.get("request") or "") if entry.kind == Kind.SENT else _status_line(document),
        headers=_headers(document.get("headers")),
        body=body,
        is_cut=is_cut,
    )


def _status_line(document: dict[str, Any]) -> str:
    if document.get("status") is None:
        return gettext("No answer: %(error)s") % {"error": _error(document)}
    return f"HTTP {document['status']} · {document.get('milliseconds')} ms"


def _error(document: dict[str, Any]) -> str:
    """What came instead of an answer, and how the network put it."""
    why = read_why(document.get("why"))
    return " · ".join(filter(None, (say(why), str(document.get("error") or ""))))


def _headers(pairs: Any) -> str:
    rows = pairs.items() if isinstance(pairs, dict) else pairs if isinstance(pairs, list) else []
    return "\n".join(f"{pair[0]}: {pair[1]}" for pair in rows if len(pair) == 2)


def _body(kept: bytes, document: dict[str, Any]) -> tuple[str, bool]:
    text = kept.decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text[:MOST_CHARACTERS], len(text) > MOST_CHARACTERS or "body" in document
