"""The action history of a vehicle as a page shows it, newest first, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from fleets.models import Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.describe import describe
from remotes.models import RemoteAction, RemoteEvent
from remotes.words import FEEDBACK, Cause, Word, cause_words, present_word, status_word

PAGE_SIZE = 20


@dataclass(frozen=True)
class Failure:
    """A cause: the protocol's word for it, and ours."""

    literal: str
    words: Cause


@dataclass(frozen=True)
class Step:
    """One step of an action's way. `literal` is the protocol's word where ours is another one."""

    word: Word
    literal: str
    at: datetime
    failure: Failure | None = None
    feedback: str = ""
    detail: str = ""
    by_polling: bool = False


@dataclass(frozen=True)
class Entry:
    """One action. `word` is how it stands now, `note` what whoever asked for it has written to it."""

    public_id: str
    title: str
    who: str
    note: str
    at: datetime
    status: str
    word: Word
    literal: str
    is_open: bool
    failure: Failure | None
    detail: str
    seconds: int | None
    steps: list[Step]


@dataclass(frozen=True)
class HistoryPage:
    """A page of entries. `older` is the key that the next page lies before, None on the last; `first`: the newest."""

    entries: list[Entry]
    older: int | None
    before: int | None

    @property
    def any_open(self) -> bool:
        return any(entry.is_open for entry in self.entries)


def history_page(vehicle: Vehicle, before: int | None = None) -> HistoryPage:
    """The actions before the one with key `before`, with their events: two queries, however many there are."""
    actions = _with_requester(vehicle.remote_actions.all())
    if before is not None:
        actions = actions.filter(pk__lt=before)
    events = RemoteEvent.objects.order_by("effective_at", "stage", "rank", "pk")
    rows = list(actions.prefetch_related(Prefetch("events", events)).order_by("-pk")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return HistoryPage(
        entries=[entry_of(action, action.events.all()) for action in shown],
        older=shown[-1].pk if len(rows) > PAGE_SIZE else None,
        before=before,
    )


def entry_of(action: RemoteAction, events: Iterable[RemoteEvent] = ()) -> Entry:
    """How an action is shown."""
    word = present_word(action.state, action.status)
    return Entry(
        public_id=action.public_id,
        title=title_of(action),
        who=requester_of(action),
        note=action.label or "",
        at=action.created_at,
        status=action.status or action.state,
        word=word,
        literal=_literal(action.status, word),
        is_open=action.is_open,
        failure=_failure(action.failure_cause),
        detail=action.detail,
        seconds=_seconds(action),
        steps=[_step_of(event) for event in events],
    )


def title_of(action: RemoteAction) -> str:
    return describe(action.type, action.payload) if action.remote_type in REMOTE_TYPES else action.remote_type


def requester_of(action: RemoteAction) -> str:
    """The person or service that asked for it."""
    if action.user:
        return action.user.get_full_name() or action.user.get_username()
    if action.api_client:
        return f"{action.api_client.name} (service)"
    return "someone who is not here any more"


def _with_requester(actions: QuerySet[RemoteAction]) -> QuerySet[RemoteAction]:
    return actions.select_related("user", "api_client")


def _step_of(event: RemoteEvent) -> Step:
    word = status_word(event.status)
    detail = event.extra.get("detail") if isinstance(event.extra, dict) else None
    return Step(
        word=word,
        literal=_literal(event.status, word),
        at=event.effective_at,
        failure=_failure(event.failure_cause),
        feedback=FEEDBACK.get(event.feedback_detail or "", event.feedback_detail or ""),
        detail=detail if isinstance(detail, str) else "",
        by_polling=event.source == RemoteEvent.Source.POLL,
    )


def _literal(status: str, word: Word) -> str:
    return "" if status == word.text else status


def _failure(cause: str | None) -> Failure | None:
    return Failure(cause, cause_words(cause)) if cause else None


def _seconds(action: RemoteAction) -> int | None:
    if action.finished_at is None:
        return None
    return max(0, round((action.finished_at - action.created_at).total_seconds()))
