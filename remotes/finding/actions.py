"""Narrows the actions of a vehicle's history, and says where a page of it lies."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, Subquery

from fleets.models import ApiClient, Vehicle
from remotes.models import OPEN_STATES, RemoteAction
from remotes.words.outcomes import CONDITIONS, Outcome


@dataclass(frozen=True)
class Filter:
    """What narrows a history; empty and None narrow nothing. `since` is in it, `until` no more."""

    outcome: str = ""
    remote_type: str = ""
    who: str = ""
    origin: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class HistoryPlace:
    """Where a page of the history lies: before or after the action with a key, or from the action with an id on."""

    before: int | None = None
    after: int | None = None
    action: str = ""


ALL, NEWEST = Filter(), HistoryPlace()

_ENDED, _OPEN = Q(finished_at__isnull=False), Q(state__in=OPEN_STATES)

# Keys are in the order of time but for what is asked for at once.
_BLUR = timedelta(minutes=1)


def narrowed(actions: QuerySet[RemoteAction], vehicle: Vehicle, wanted: Filter, number: int) -> QuerySet[RemoteAction]:
    """So many of the vehicle's actions that the filter lets through, in the order of `actions`, in one statement.

    The few that are open and those that have ended are looked for apart, since each has its indexes.
    """
    if wanted == ALL:
        return actions[:number]
    fitting = actions.filter(_fits(wanted)).select_related(None).values("pk")
    ended = fitting.filter(_ENDED, _within_keys(vehicle, wanted))[:number]
    keys = ended.union(fitting.filter(_OPEN)[:number], all=True)
    return actions.filter(pk__in=keys)[:number]


def _fits(wanted: Filter) -> Q:
    found = CONDITIONS[Outcome(wanted.outcome)] if wanted.outcome else Q()
    found &= Q(remote_type=wanted.remote_type) if wanted.remote_type else Q()
    found &= Q(origin=wanted.origin) if wanted.origin else Q()
    found &= Q(created_at__gte=wanted.since) if wanted.since else Q()
    found &= Q(created_at__lt=wanted.until) if wanted.until else Q()
    for word in wanted.who.split():
        found &= _named(word)
    return found


def _named(word: str) -> Q:
    people = Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
    services = Q(name__icontains=word) | Q(username__icontains=word)
    return Q(user__in=User.objects.filter(people)) | Q(api_client__in=ApiClient.objects.filter(services).order_by())


def _within_keys(vehicle: Vehicle, wanted: Filter) -> Q:
    """The keys between which the span of time lies, as far as ended actions go."""
    ended = RemoteAction.objects.filter(_ENDED, vehicle=vehicle)
    found = Q()
    if wanted.since:
        first = ended.filter(created_at__gte=wanted.since - _BLUR).order_by("created_at")
        found &= Q(pk__gte=Subquery(first.values("pk")[:1]))
    if wanted.until:
        last = ended.filter(created_at__lt=wanted.until + _BLUR).order_by("-created_at")
        found &= Q(pk__lte=Subquery(last.values("pk")[:1]))
    return found
