"""The action history of a vehicle as a page shows it, newest first, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.utils.translation import gettext, override

from fleets.models import Vehicle
from fleets.words.numbers import Word
from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why
from remotes.asking import cancel
from remotes.finding.actions import ALL, NEWEST, Filter, HistoryPlace, narrowed
from remotes.life.awaited import Awaited, awaited_of
from remotes.life.lateness import late_at
from remotes.life.unknown import Known, known_of
from remotes.models import UNSENT_STATES, RemoteAction, RemoteEvent, Review
from remotes.words import codes
from remotes.words.causes import cause_words, literal_of
from remotes.words.describe import describe
from remotes.words.failures import has_failed
from remotes.words.statuses import ASKED, NEVER_SENT, STATES, STATUSES, feedback_words, present_word, status_word
from remotes.words.texts import Text

PAGE_SIZE = 20
NEWEST_SHOWN = 5
"""So many stand on the first tab."""
# What is used most is told from so many, and from no longer ago than that.
_LOOKED_AT, _LATELY = 30, timedelta(days=30)


@dataclass(frozen=True)
class Failure:
    """A cause: the protocol's word for it as it came, "" where none came, and ours."""

    literal: str
    words: Text

    @property
    def shown_literal(self) -> str:
        """The protocol's word where our words don't hold it."""
        return literal_of(self.literal)


@dataclass(frozen=True)
class Step:
    """One step of an action's way. `literal` is the protocol's word where ours is another one."""

    word: Word
    literal: str
    at: datetime
    failure: Failure | None = None
    feedback: str = ""
    why: Why | None = None
    by_polling: bool = False


@dataclass(frozen=True)
class AskedBy:
    """Who asked for an action, in a sentence with from where, and why; `asker_id` is the person's primary key.

    `alone` is who has sent it without the second person that it needed; nobody has approved it then.
    """

    who: str
    sentence: str
    reason: str
    asker_id: int | None
    approved_by: str
    approved_at: datetime | None
    alone: str


@dataclass(frozen=True)
class Unsent:
    """What has not been sent yet: why it waits, None where only its state says so."""

    why: Why | None
    needs_approval: bool


@dataclass(frozen=True)
class Entry:
    """One action. `word` is how it stands now, `note` what whoever asked for it has written to it.

    `why` is why it ended so. While it is open, `awaited` is until when what is waited for, and `no_cancel` why it can't
    be cancelled any more; from `late_at` on it is late for its type.
    `may_repeat`: it came to nothing, so that a person may want it sent again.
    """

    public_id: str
    remote_type: str
    title: str
    asked: AskedBy
    note: str
    at: datetime
    status: str
    word: Word
    literal: str
    is_open: bool
    failure: Failure | None
    why: Why | None
    seconds: int | None
    ended_at: datetime | None
    unsent: Unsent | None
    awaited: Awaited | None
    known: Known | None
    no_cancel: Why | None
    may_repeat: bool
    late_at: datetime | None
    steps: list[Step]

    @property
    def step_count(self) -> int:
        """With the asking and the approval, which are no events."""
        return len(self.steps) + (2 if self.asked.approved_at else 1)


@dataclass(frozen=True)
class HistoryPage:
    """A page of entries, the newest first. `older` and `newer` are keys of the pages beside it, None where none is.

    `place` is where it lies: on the newest page it is empty. `linked` is the id of the action that was asked for.
    """

    entries: list[Entry]
    older: int | None
    newer: int | None
    place: HistoryPlace

    @property
    def any_open(self) -> bool:
        return any(entry.is_open for entry in self.entries)

    @property
    def linked(self) -> str:
        return self.place.action

    @property
    def is_newest(self) -> bool:
        return self.place == NEWEST


def history_page(vehicle: Vehicle, place: HistoryPlace = NEWEST, wanted: Filter = ALL) -> HistoryPage:
    """The actions at the place, with their events: two queries, however many there are.

    A third one where the outcome of some is unknown.
    """
    actions = _at(with_people(vehicle.remote_actions.all()), vehicle, place)
    # Whoever follows a link to an action sees it, and what stands around it.
    asked = ALL if place.action else wanted
    rows = list(narrowed(actions, vehicle, asked, PAGE_SIZE + 1).prefetch_related(_events()))
    shown, is_cut = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE
    if place.after is not None:
        shown.reverse()
    known = known_of(shown)
    return HistoryPage(
        entries=[entry_of(action, action.events.all(), known.get(action.pk)) for action in shown],
        older=shown[-1].pk if shown and (is_cut or place.after is not None) else None,
        newer=_newer(place, shown, is_cut),
        place=place,
    )


def newest_of(vehicle: Vehicle, now: datetime) -> tuple[HistoryPage, list[RemoteAction]]:
    """The newest few as `history_page` has them, and which were asked for lately: no statement more than there."""
    rows = list(with_people(vehicle.remote_actions.all()).order_by("-pk")[:_LOOKED_AT])
    shown = rows[:NEWEST_SHOWN]
    prefetch_related_objects(shown, _events())
    known = known_of(shown)
    entries = [entry_of(action, action.events.all(), known.get(action.pk)) for action in shown]
    older = shown[-1].pk if len(rows) > len(shown) else None
    return HistoryPage(entries, older, None, NEWEST), [row for row in rows if now - row.created_at < _LATELY]


def newest_shown(vehicle: Vehicle) -> list[Entry]:
    """The same few without their steps, for a tab that does not show them: one statement."""
    return [entry_of(row) for row in with_people(vehicle.remote_actions.all()).order_by("-pk")[:NEWEST_SHOWN]]


def _events() -> "Prefetch[Any]":
    return Prefetch("events", RemoteEvent.objects.order_by("effective_at", "stage", "rank", "pk"))


def _at(actions: QuerySet[RemoteAction], vehicle: Vehicle, place: HistoryPlace) -> QuerySet[RemoteAction]:
    if place.action:
        found = vehicle.remote_actions.filter(public_id=place.action).order_by()
        return actions.filter(pk__lte=Subquery(found.values("pk"))).order_by("-pk")
    if place.after is not None:
        return actions.filter(pk__gt=place.after).order_by("pk")
    if place.before is not None:
        actions = actions.filter(pk__lt=place.before)
    return actions.order_by("-pk")


def _newer(place: HistoryPlace, shown: list[RemoteAction], is_cut: bool) -> int | None:
    """The key that newer ones lie after. Whether there are any is not looked up: that page then says so."""
    if not shown or place == NEWEST or (place.after is not None and not is_cut):
        return None
    return shown[0].pk


def entry_of(action: RemoteAction, events: Iterable[RemoteEvent] = (), known: Known | None = None) -> Entry:
    """How an action is shown; fetch it by `with_people`."""
    word = present_word(action.state, action.status)
    return Entry(
        public_id=action.public_id,
        remote_type=action.remote_type,
        title=action_title(action),
        asked=_asked(action),
        note=action.label or "",
        at=action.created_at,
        status=action.status or action.state,
        word=word,
        literal=_literal(action.status, word),
        is_open=action.is_open,
        failure=None if action.state == RemoteAction.State.CANCELLED else _failure(action.status, action.failure_cause),
        why=None if action.is_open else action.why,
        seconds=_seconds(action),
        ended_at=action.finished_at,
        unsent=_unsent(action) if action.state in UNSENT_STATES else None,
        awaited=awaited_of(action),
        known=known,
        no_cancel=cancel.why_not(action) if action.is_open else None,
        may_repeat=may_repeat(action),
        late_at=late_at(action),
        steps=[_step_of(action, event) for event in events],
    )


def action_title(action: RemoteAction) -> str:
    return describe(action.type, action.payload) if action.remote_type in REMOTE_TYPES else action.remote_type


def may_repeat(action: RemoteAction) -> bool:
    """Whether it has ended and came to nothing."""
    return not action.is_open and action.status == statuses.FAILED and action.remote_type in REMOTE_TYPES


def name_of(person: User) -> str:
    return person.get_full_name() or person.get_username()


def with_people(actions: QuerySet[RemoteAction]) -> QuerySet[RemoteAction]:
    """The actions with those who asked for them, approved them, or sent them without a second person."""
    return actions.select_related("user", "api_client", "approved_by", "review__by")


def _asked(action: RemoteAction) -> AskedBy:
    who = _requester(action)
    return AskedBy(
        who=who,
        sentence=str(ASKED[action.origin]) % {"who": who},
        reason=action.reason,
        asker_id=action.user_id,
        approved_by=name_of(action.approved_by) if action.approved_by else "",
        approved_at=action.approved_at,
        alone=_alone(action),
    )


def _alone(action: RemoteAction) -> str:
    """Who has sent it without a second person; empty where nobody has."""
    review: Review | None = getattr(action, "review", None)
    if review is None:
        return ""
    return name_of(review.by) if review.by else gettext("someone who is not here any more")


def _requester(action: RemoteAction) -> str:
    if action.user:
        return name_of(action.user)
    if action.api_client:
        return gettext("%(name)s (service)") % {"name": action.api_client.name}
    return gettext("someone who is not here any more")


def _unsent(action: RemoteAction) -> Unsent:
    return Unsent(
        why=action.why or (Why(codes.WHEN_AWAKE) if action.when_awake else None),
        needs_approval=action.state == RemoteAction.State.WAITING_APPROVAL,
    )


def _step_of(action: RemoteAction, event: RemoteEvent) -> Step:
    never_sent = event.source == RemoteEvent.Source.FLEETREMOTE and action.state in NEVER_SENT
    word = STATES[action.state] if never_sent else status_word(event.status)
    return Step(
        word=word,
        literal=_literal(event.status, word),
        at=event.effective_at,
        failure=_failure(event.status, event.failure_cause),
        feedback=feedback_words(event.feedback_detail),
        why=event.why,
        by_polling=event.source == RemoteEvent.Source.POLL,
    )


def _literal(status: str, word: Word) -> str:
    """Nothing where the page's own words hold it, or are it in English, whatever language the page is in."""
    with override("en"):
        return "" if status not in STATUSES or status == str(word.text) else status


def _failure(status: str, cause: str | None) -> Failure | None:
    return Failure(cause or "", cause_words(cause)) if has_failed(status, cause) else None


def _seconds(action: RemoteAction) -> int | None:
    if action.finished_at is None:
        return None
    return max(0, round((action.finished_at - action.created_at).total_seconds()))
