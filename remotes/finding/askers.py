"""Who is behind an action: conditions for the list of a fleet's actions, and who has a part in any of them.

An asker is `person-<key>`, `client-<key>` of an API client, or GONE for one whose account is no more.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from remotes.models import OPEN_STATES, RemoteAction
from remotes.words.statuses import ORIGINS

GONE = "gone"
ANYBODY = "any"

ASKER = re.compile(rf"(?:(person|client)-(\d{{1,9}})|{GONE})\Z")
APPROVER = re.compile(rf"(\d{{1,9}}|{ANYBODY})\Z")

# People and services that a fleet's list offers, and actions that are looked at for those without an index.
_MOST = 500
_LOOKED_AT = 1000

Origin = RemoteAction.Origin


class Way(TextChoices):
    """By which way an action came. Breaking the glass is one beside the origin."""

    PAGE = Origin.PAGE, ORIGINS[Origin.PAGE]
    API = Origin.API, ORIGINS[Origin.API]
    SCHEDULE = Origin.SCHEDULE, ORIGINS[Origin.SCHEDULE]
    BULK = Origin.BULK, ORIGINS[Origin.BULK]
    CONNECTION = Origin.CONNECTION, ORIGINS[Origin.CONNECTION]
    ALONE = "alone", _("Without the second person that it needed")


@dataclass(frozen=True)
class Askers:
    """Who has asked for actions, and who has approved any, by their keys."""

    people: frozenset[int]
    clients: frozenset[int]
    approvers: frozenset[int]


def asked_by(asker: str) -> Q:
    """Of one that ASKER matches."""
    kind, _dash, key = asker.partition("-")
    if kind == GONE:
        return Q(user__isnull=True, api_client__isnull=True)
    return Q(user=int(key)) if kind == "person" else Q(api_client=int(key))


def approved_by(approver: str) -> Q:
    """Of one that APPROVER matches."""
    return Q(approved_by__isnull=False) if approver == ANYBODY else Q(approved_by=int(approver))


def came_by(way: Way) -> Q:
    """What a schedule asks of many vehicles goes as a bulk command, and is by both."""
    if way == Way.ALONE:
        return Q(review__isnull=False)
    if way == Way.SCHEDULE:
        return Q(origin=way) | Q(bulk_item__bulk__schedule_run__isnull=False)
    return Q(origin=way)


def because(words: str) -> Q:
    """Each of the words stands in the reason, whether it was asked for so or sent alone."""
    found = Q()
    for word in words.split():
        found &= Q(reason__icontains=word) | Q(review__reason__icontains=word)
    return found


def askers_of(fleet_id: int) -> Askers:
    """Of all that has ended in a fleet, however much, and of what is open: two statements."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, {"fleet": fleet_id, "most": _MOST})
        ended = list(cursor.fetchall())
    open_ones = _parts(RemoteAction.objects.filter(fleet=fleet_id, state__in=OPEN_STATES).order_by("-pk"))
    return _askers([*ended, *open_ones])


def askers_among(actions: QuerySet[RemoteAction]) -> Askers:
    """Of the newest of these actions: two statements."""
    ended = _parts(actions.filter(finished_at__isnull=False).order_by("-finished_at"))
    return _askers([*ended, *_parts(actions.filter(state__in=OPEN_STATES).order_by("-pk"))])


Part = tuple[int | None, int | None, int | None]


def _parts(actions: QuerySet[RemoteAction]) -> list[Part]:
    return list(actions.values_list("user_id", "api_client_id", "approved_by_id")[:_LOOKED_AT])


def _askers(parts: Iterable[Part]) -> Askers:
    people, clients, approvers = zip(*parts, strict=True) if (parts := list(parts)) else ((), (), ())
    return Askers(*(frozenset(key for key in keys if key is not None) for keys in (people, clients, approvers)))


def _each(column: str) -> str:
    """The keys in a column, one step along its index for each, however many actions there are."""
    least = f"SELECT min({column}) FROM remotes_remoteaction WHERE fleet_id = %(fleet)s AND finished_at IS NOT NULL"  # noqa: S608
    following = f"SELECT ({least} AND {column} > key) FROM each_{column} WHERE key IS NOT NULL"  # noqa: S608
    return f"each_{column} (key) AS (({least} AND {column} IS NOT NULL) UNION ALL {following})"


_KEYS = f"""
WITH RECURSIVE {", ".join(map(_each, ("user_id", "api_client_id", "approved_by_id")))}
(SELECT key, NULL::bigint, NULL::integer FROM each_user_id LIMIT %(most)s)
UNION ALL (SELECT NULL, key, NULL FROM each_api_client_id LIMIT %(most)s)
UNION ALL (SELECT NULL, NULL, key FROM each_approved_by_id LIMIT %(most)s)
"""  # noqa: S608
