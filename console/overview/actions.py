"""The actions of a fleet, a page at a time: the open ones, newest first, then the others as they have ended last.

Each part is read along an index that no event touches: that of few vehicles, an approver or an asker where one is asked
for, else the fleet's. Where few rows match what is asked for beside that, a page looks back over HORIZON actions along
the same index and then offers to look further, so that none costs more however long the history is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from console.overview.deeds import LONG, WITH_WAY, Deed, deed_of
from console.overview.times import TIMES, within
from console.vehicle.history import Entry, entry_of, with_people
from fleets.access import is_narrowed, seen_in
from fleets.models import Fleet, Vehicle
from fleets.vehicles.search import matching
from fleets.words.why import say
from remotes.counts.conditions import OPEN, Standing, with_outcome, with_reason
from remotes.finding.askers import ANYBODY, GONE, Way, approved_by, asked_by, because, came_by
from remotes.models import OPEN_STATES, RemoteAction
from remotes.words.failures import why_failed, words_of_unknown

PAGE_SIZE = 50
HORIZON = 10_000
# Vehicles that a search finds, up to which their own index is the shorter way.
FEW = 20

_OF_OPEN = (*OPEN, Standing.LATE)
# An action ends this long after it woke its vehicle up at the latest (remotes/life/awaited.py).
_LONGEST = timedelta(days=4)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Actions = QuerySet[RemoteAction]
Wanted = Mapping[str, str]


@dataclass(frozen=True)
class ListPlace:
    """The action that a page begins after; `ended_at` is None among those that are open."""

    ended_at: datetime | None
    pk: int

    @property
    def token(self) -> str:
        if self.ended_at is None:
            return str(self.pk)
        return f"{(self.ended_at - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"


@dataclass(frozen=True)
class ActionRow:
    """An action as its vehicle's history shows it, and in a sentence why it stands so.

    `path` leads to it in the history, empty where the vehicle is not this fleet's any more.
    """

    action: RemoteAction
    entry: Entry
    deed: Deed
    why: str
    path: str


@dataclass(frozen=True)
class ActionPage:
    """`older` is the token of the next page, empty on the last. `looked_back_to`: only so far; there may be more."""

    rows: list[ActionRow]
    older: str
    looked_back_to: datetime | None = None


def read_token(token: str) -> ListPlace | None:
    """Where a page begins; None for the first one, or where the token is broken."""
    ended_at, _, pk = token.rpartition("-")
    try:
        at = _EPOCH + timedelta(microseconds=int(ended_at)) if ended_at else None
        return ListPlace(at, int(pk) % 2**63)
    except (ValueError, OverflowError):
        return None


def actions_page(fleet: Fleet, wanted: Wanted, token: str, now: datetime, size: int) -> ActionPage:
    """So many actions after the token: up to three statements, and one more where a vehicle is searched for."""
    start = read_token(token)
    found: list[RemoteAction] = []
    looked_back_to: datetime | None = None
    if start is None or start.ended_at is None:
        found = _open(fleet, wanted, start, now, size + 1)
        start = None
    if len(found) <= size:
        ended, looked_back_to = _ended(fleet, wanted, start, now, size + 1 - len(found))
        found += ended
    shown = found[:size]
    rows = [_row(fleet, action) for action in shown]
    if len(found) > size:
        return ActionPage(rows, ListPlace(shown[-1].finished_at, shown[-1].pk).token)
    return ActionPage(rows, ListPlace(looked_back_to, 0).token if looked_back_to else "", looked_back_to)


def _open(fleet: Fleet, wanted: Wanted, start: ListPlace | None, now: datetime, number: int) -> list[RemoteAction]:
    if wanted.get("outcome", OPEN[0]) not in _OF_OPEN or wanted.get("cause"):
        return []
    # What is asked for by its end is not open, but a wake-up has a time of its own.
    if wanted.get("to") and not wanted.keys() & {"outcome", "woken"}:
        return []
    actions = _of(fleet).filter(_woken(wanted, now), state__in=OPEN_STATES)
    if start is not None:
        actions = actions.filter(pk__lt=start.pk)
    return list(_shown(_narrowed(actions, wanted)).order_by("-pk")[:number])


def _ended(
    fleet: Fleet, wanted: Wanted, start: ListPlace | None, now: datetime, number: int
) -> tuple[list[RemoteAction], datetime | None]:
    """So many, and how far was looked back where that was not all the way."""
    if wanted.get("outcome") in _OF_OPEN:
        return [], None
    along, served = _along(wanted)
    actions = _of(fleet).filter(along, _woken(wanted, now), finished_at__isnull=False)
    since, until = within(wanted, now)
    if until and wanted.get("woken"):
        until += _LONGEST
    actions = actions.filter(finished_at__gte=since) if since else actions
    actions = actions.filter(finished_at__lt=until) if until else actions
    if start is not None and start.ended_at is not None:
        beyond = Q(finished_at__lt=start.ended_at) | Q(pk__lt=start.pk)
        actions = actions.filter(beyond, finished_at__lte=start.ended_at)
    horizon = _horizon(actions) if wanted.keys() - TIMES - served else None
    if horizon is not None:
        actions = actions.filter(finished_at__gte=horizon)
    found = list(_shown(_narrowed(actions, wanted)).order_by("-finished_at", "-pk")[:number])
    return found, horizon if len(found) < number else None


def _of(fleet: Fleet) -> Actions:
    """Those of the vehicles that whoever the fleet was looked up for sees."""
    actions = RemoteAction.objects.filter(fleet=fleet)
    return actions.filter(vehicle__in=seen_in(fleet).order_by()) if is_narrowed(fleet) else actions


def _woken(wanted: Wanted, now: datetime) -> Q:
    """That they woke their vehicle up, in the span that is asked for."""
    if not wanted.get("woken"):
        return Q()
    since, until = within(wanted, now)
    given = {"wake_up__isnull": False, "wake_up__at__gte": since, "wake_up__at__lt": until}
    return Q(**{name: value for name, value in given.items() if value is not None})


def _horizon(actions: Actions) -> datetime | None:
    """When the last one ended that one page looks at; None where it can look at all of them."""
    times = actions.order_by("-finished_at").values_list("finished_at", flat=True)
    found = list(times[HORIZON : HORIZON + 2])
    return found[0] if len(found) == 2 else None


def _along(wanted: Wanted) -> tuple[Q, frozenset[str]]:
    """The condition whose index is read along, and by which name it is wanted; none where it is the fleet's."""
    if wanted.get("q"):
        found = list(matching(Vehicle.objects.all(), wanted["q"]).order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(found) <= FEW:
            return Q(vehicle__in=found), frozenset({"q"})
    if wanted.get("approver", ANYBODY) != ANYBODY:
        return approved_by(wanted["approver"]), frozenset({"approver"})
    if wanted.get("who", GONE) != GONE:
        return asked_by(wanted["who"]), frozenset({"who"})
    return Q(), frozenset()


def _narrowed(actions: Actions, wanted: Wanted) -> Actions:
    if wanted.get("outcome"):
        actions = with_outcome(actions, Standing(wanted["outcome"]))
    if wanted.get("cause"):
        actions = with_reason(actions, wanted["cause"])
    if wanted.get("type"):
        actions = actions.filter(remote_type=wanted["type"])
    if wanted.get("model"):
        actions = actions.filter(vehicle__model=wanted["model"])
    if wanted.get("q"):
        actions = actions.filter(vehicle__in=matching(Vehicle.objects.all(), wanted["q"]).order_by())
    return actions.filter(_of_deed(wanted))


def _of_deed(wanted: Wanted) -> Q:
    """Who asked, by which way, why, and who approved."""
    found = asked_by(wanted["who"]) if wanted.get("who") else Q()
    found &= came_by(Way(wanted["way"])) if wanted.get("way") else Q()
    found &= because(wanted.get("reason", ""))
    return found & approved_by(wanted["approver"]) if wanted.get("approver") else found


def _shown(actions: Actions) -> Actions:
    """With whom and what a row names; a vehicle's documents are long, and not shown."""
    long = ("state", "capability_document", "capabilities", "search_text")
    return (
        with_people(actions).select_related("vehicle", *WITH_WAY).defer(*[f"vehicle__{name}" for name in long], *LONG)
    )


def _row(fleet: Fleet, action: RemoteAction) -> ActionRow:
    entry = entry_of(action)
    return ActionRow(action, entry, deed_of(fleet, action, entry.asked), _why(action, entry), _path(fleet, action))


def _why(action: RemoteAction, entry: Entry) -> str:
    """Empty where its state says it all."""
    if action.state == RemoteAction.State.UNKNOWN:
        return say(action.why) or str(words_of_unknown(action.why).text)
    if entry.unsent is not None:
        return say(entry.unsent.why)
    return say(entry.why) if entry.failure is None else why_failed(action)


def _path(fleet: Fleet, action: RemoteAction) -> str:
    """The action in the vehicle's history."""
    if action.vehicle.fleet_id != fleet.pk:
        return ""
    page = reverse("action", args=[fleet.public_id, action.vehicle.public_id, action.public_id])
    return f"{page}#action-{action.public_id}"
