"""What is known about actions whose outcome nobody knows, for the person who has to decide about them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from fleets.models import AuditEntry
from remotes.models import RemoteAction

Kind = AuditEntry.Kind

# Of each action: how it was sent, and what was heard last; who needs more finds it in the audit.
_FIRST, _LAST = 4, 20


@dataclass(frozen=True)
class Answer:
    """One request for the action and what came of it, in words."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Known:
    """`said` is why the outcome is not known. `absent_since`: looked up then for the first time and not found.

    `again_at` is when the manufacturer's cloud is asked next.
    """

    sent_at: datetime | None
    tries: int
    said: str
    answers: list[Answer]
    absent_since: datetime | None
    again_at: datetime | None


def known_of(actions: Iterable[RemoteAction]) -> dict[int, Known]:
    """By the primary key of each action of unknown outcome: one query on the audit, none where there is no such."""
    unknown = [action for action in actions if action.state == RemoteAction.State.UNKNOWN]
    answers = _answers([action.public_id for action in unknown]) if unknown else {}
    return {action.pk: _known(action, answers.get(action.public_id, [])) for action in unknown}


def _known(action: RemoteAction, answers: list[Answer]) -> Known:
    return Known(
        sent_at=action.sent_at,
        tries=action.attempts,
        said=action.detail,
        answers=answers,
        absent_since=action.absent_since,
        again_at=action.due_at,
    )


def _answers(public_ids: list[str]) -> dict[str, list[Answer]]:
    entries = AuditEntry.objects.filter(subject__in=public_ids, kind__in=[Kind.SENT, Kind.ANSWERED])
    numbered = entries.annotate(
        first=Window(RowNumber(), partition_by="subject", order_by="id"),
        last=Window(RowNumber(), partition_by="subject", order_by="-id"),
    )
    shown = numbered.filter(Q(first__lte=_FIRST) | Q(last__lte=_LAST)).order_by("id")
    found: dict[str, list[Answer]] = defaultdict(list)
    for subject, kind, at, document in shown.values_list("subject", "kind", "at", "document"):
        found[subject].append(Answer(at, _words(kind, document)))
    return found


def _words(kind: str, document: dict[str, object]) -> str:
    is_sending = document.get("purpose") == "send"
    if kind == Kind.SENT:
        return "Sent to the manufacturer's cloud" if is_sending else f"Asked again: {document.get('purpose')}"
    status = document.get("status")
    return f"Answered with status {status}" if status else _no_answer(str(document.get("error")))


def _no_answer(error: str) -> str:
    """What came instead of an answer, from the error's name and words (gateways/exchange.py)."""
    if error.startswith("It was not sent."):
        return error
    if error.startswith("ConnectTimeout") or "NewConnectionError" in error:
        return "It could not be reached"
    return "No answer in time" if error.startswith("ReadTimeout") else "The connection was cut before an answer came"
