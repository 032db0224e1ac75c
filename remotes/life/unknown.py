"""What is known about actions whose outcome nobody knows, for the person who has to decide about them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from fleets.models import AuditEntry
from protocol.why import AS_WRITTEN, Why, read_why
from remotes import audit
from remotes.life.unseen import is_unseen
from remotes.models import RemoteAction
from remotes.words import codes

Kind = AuditEntry.Kind

# Of each action: how it was sent, and what was heard last; who needs more finds it in the audit.
_FIRST, _LAST = 4, 20


@dataclass(frozen=True)
class Answer:
    """One request for the action, or what came of it."""

    at: datetime
    why: Why


@dataclass(frozen=True)
class Known:
    """`why` is why the outcome is not known; `sent_at` is None where it may never have been sent.

    `absent_since`: looked up then for the first time and not found. `asked_again`: how often the manufacturer's cloud
    was asked about it.
    """

    sent_at: datetime | None
    tries: int
    why: Why | None
    answers: list[Answer]
    absent_since: datetime | None
    asked_again: int


def known_of(actions: Iterable[RemoteAction]) -> dict[int, Known]:
    """By the primary key of each action of unknown outcome: one query on the audit, none where there is no such."""
    unknown = [action for action in actions if action.state == RemoteAction.State.UNKNOWN]
    answers = _answers([action.public_id for action in unknown]) if unknown else {}
    return {action.pk: _known(action, answers.get(action.public_id, [])) for action in unknown}


def _known(action: RemoteAction, answers: list[Answer]) -> Known:
    return Known(
        sent_at=None if is_unseen(action) else action.sent_at,
        tries=action.attempts,
        why=action.why,
        answers=answers,
        absent_since=action.absent_since,
        asked_again=action.asked_again,
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
        found[subject].append(Answer(at, _why(kind, document)))
    return found


def _why(kind: str, document: dict[str, object]) -> Why:
    purpose = document.get("purpose")
    if kind == Kind.SENT:
        return Why(codes.SENT) if purpose == audit.SEND else Why(codes.ASKED_AGAIN, purpose=Why(str(purpose)))
    status = document.get("status")
    if status:
        said = str(document.get("said") or "")
        given = {"status": str(status), "words": said} if said else {"status": str(status)}
        return Why(codes.STATUS_SAYING if said else codes.STATUS, **given)
    # Entries of before there were codes say only how the network put it.
    return read_why(document.get("why")) or Why(AS_WRITTEN, text=str(document.get("error")))
