"""Who did it: who asked for an action, by which way, why, and who agreed; and whom the list can be narrowed to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext

from console.vehicle.history import AskedBy, name_of
from fleets.access import is_narrowed, seen_in
from fleets.models import ApiClient, Fleet
from fleets.rights import Right
from remotes.finding.askers import ANYBODY, GONE, Askers, Way, askers_among, askers_of
from remotes.models import RemoteAction
from remotes.words.statuses import ORIGINS

WITH_WAY = ("schedule_run__schedule", "bulk_item__bulk__schedule_run__schedule")
"""What `deed_of` reads along."""

LONG = tuple(
    f"{place}__{name}"
    for place in ("schedule_run__schedule", "bulk_item__bulk", "bulk_item__bulk__schedule_run__schedule")
    for name in ("payload", "extra")
)
"""What it does not need of that."""

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Deed:
    """Who asked and `by`, what the list of all that they did is narrowed with.

    `way` is what it came by, empty where that goes without saying; `path` leads to it, empty where there is no page of
    it for this person. `alone` is who has sent it without the second person that it needed.
    """

    who: str
    by: str
    way: str
    path: str
    reason: str
    approved_by: str
    approver: str
    alone: str


def deed_of(fleet: Fleet, action: RemoteAction, asked: AskedBy) -> Deed:
    """Of an action that was read with WITH_WAY: no statement."""
    way, path = _way(fleet, action)
    return Deed(
        who=asked.who,
        by=_by(action),
        way=way,
        path=path,
        reason=asked.reason,
        approved_by=asked.approved_by,
        approver=str(action.approved_by_id or ""),
        alone=asked.alone,
    )


def _by(action: RemoteAction) -> str:
    if action.user_id:
        return f"person-{action.user_id}"
    return f"client-{action.api_client_id}" if action.api_client_id else GONE


def _way(fleet: Fleet, action: RemoteAction) -> tuple[str, str]:
    member = fleet.own_member
    sees_all = member is not None and member.may(Right.LOOK_ALL)
    item = getattr(action, "bulk_item", None)
    run = getattr(action, "schedule_run", None) or getattr(item and item.bulk, "schedule_run", None)
    if run is not None:
        name = gettext("Schedule “%(name)s”") % {"name": run.schedule.name}
        return name, reverse("schedule", args=[fleet.public_id, run.schedule.public_id]) if sees_all else ""
    if item is not None:
        # Who sees some vehicles only sees their own bulk commands.
        is_seen = sees_all or (member is not None and item.bulk.user_id == member.user_id)
        path = reverse("bulk", args=[fleet.public_id, item.bulk.public_id]) if is_seen else ""
        return str(ORIGINS[action.origin]), path
    goes_without_saying = action.origin == (RemoteAction.Origin.PAGE if action.user_id else RemoteAction.Origin.API)
    return "" if goes_without_saying else str(ORIGINS[action.origin]), ""


@dataclass(frozen=True)
class People:
    """Whom the list offers: who has asked, and who has approved, by the values of the fields."""

    askers: Choices
    approvers: Choices

    def words(self, field: str, value: str) -> str:
        """What a value means; nobody's name is told to whom the list does not offer it."""
        offered = self.askers if field == "who" else self.approvers
        return dict(offered).get(value) or gettext("somebody who has no part in this")


def people_of(fleet: Fleet) -> People:
    """Four statements."""
    found = _found(fleet)
    names = _names(User.objects.filter(pk__in=found.people | found.approvers))
    services = ApiClient.objects.filter(pk__in=found.clients).order_by("name", "pk").values_list("pk", "name")
    people = [(f"person-{key}", name) for key, name in names.items() if key in found.people]
    clients = [(f"client-{key}", gettext("%(name)s (service)") % {"name": name}) for key, name in services]
    gone = [(GONE, gettext("Someone who is not here any more"))]
    approvers = [(str(key), name) for key, name in names.items() if key in found.approvers]
    return People([*people, *clients, *gone], [(ANYBODY, gettext("Anybody")), *approvers])


def _found(fleet: Fleet) -> Askers:
    if not is_narrowed(fleet):
        return askers_of(fleet.pk)
    return askers_among(RemoteAction.objects.filter(fleet=fleet, vehicle__in=seen_in(fleet).order_by()))


def _names(people: Iterable[User]) -> dict[int, str]:
    """In their order. Of the same name, each with what they log in with."""
    named = {person: name_of(person) for person in people}
    often = list(named.values())
    shown = {p.pk: f"{name} ({p.get_username()})" if often.count(name) > 1 else name for p, name in named.items()}
    return dict(sorted(shown.items(), key=lambda item: item[1].casefold()))


def way_words(way: str) -> str:
    return str(Way(way).label)
