"""Who wants to be told which alerts of a fleet: people by e-mail, and the fleet's alert webhooks."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet

from alerts.deciding import CHOOSABLE, who_decides
from alerts.rhythm import SECOND_PERSON_KINDS
from callbacks.models import Callback
from fleets.access import lasting, vehicles_for
from fleets.models import Fleet, Membership
from fleets.rights import Right
from remotes.models import Alert, AlertChoice, AlertLine

ALL = tuple(Alert.Kind.values)


@dataclass(frozen=True)
class Listener:
    """A person of the fleet, or an admin, and the kinds that they want.

    `member` is None of an admin without a membership; `reachable` is no while they have no e-mail address. What is
    about a second person is told to those who decide (alerts/deciding.py), whatever they have chosen.
    """

    user: User
    kinds: tuple[str, ...]
    member: Membership | None

    @property
    def reachable(self) -> bool:
        return bool(self.user.email) and self.user.is_active


def listeners(fleet: Fleet) -> list[Listener]:
    """Every person of the fleet, by name, and admins who have chosen something: two statements and one for those."""
    members = list(lasting().filter(fleet=fleet).select_related("user"))
    chosen = dict(AlertChoice.objects.filter(fleet=fleet, user__isnull=False).values_list("user_id", "kinds"))
    found = [Listener(each.user, _kinds(chosen.pop(each.user_id, _default(each)), each), each) for each in members]
    # What is left was chosen by admins without a membership, and by those whose membership is over.
    admins = User.objects.filter(is_superuser=True, pk__in=chosen) if chosen else []
    found += [Listener(admin, tuple(chosen[admin.pk]), None) for admin in admins]
    return sorted(found, key=lambda listener: listener.user.get_username())


def kinds_of(user: User, fleet: Fleet) -> tuple[str, ...]:
    """The kinds that the person wants."""
    return next((found.kinds for found in listeners(fleet) if found.user == user), ())


def choose(user: User, fleet: Fleet, kinds: list[str]) -> None:
    AlertChoice.objects.update_or_create(user=user, fleet=fleet, defaults={"kinds": kinds})


def people_to_tell(alert: Alert) -> set[int]:
    """The primary keys of those who get an e-mail about it, each once."""
    if alert.kind in SECOND_PERSON_KINDS:
        return who_decides(alert)
    fleets = Fleet.objects.all() if alert.fleet is None else [alert.fleet]
    wanting = (found for fleet in fleets for found in listeners(fleet))
    found = [each for each in wanting if each.reachable and alert.kind in each.kinds and may_know(each.member, alert)]
    return {each.user.pk for each in found}


def may_know(member: Membership | None, alert: Alert) -> bool:
    """Whoever sees some vehicles of the fleet only is told of those alone. A statement for who does."""
    if member is None or not member.narrowed:
        return True
    return alert.vehicle_id is not None and vehicles_for(member).filter(pk=alert.vehicle_id).exists()


def still_to_tell(user: User, lines: Iterable[AlertLine]) -> list[AlertLine]:
    """Of the lines that wait for the person those that they still may know; alerts are read along.

    A statement, and one for each alert of a fleet of which they see some vehicles only.
    """
    theirs = {member.fleet_id: member for member in lasting().filter(user=user)}

    def may(alert: Alert) -> bool:
        if alert.kind in SECOND_PERSON_KINDS:
            return user.pk in who_decides(alert)
        member = None if alert.fleet_id is None else theirs.get(alert.fleet_id)
        if alert.fleet_id is None or user.is_superuser:
            return True
        return member is not None and may_know(member, alert)

    return [line for line in lines if may(line.alert)]


def webhooks_of(fleet: Fleet) -> QuerySet[Callback]:
    """The fleet's alert webhooks, each with its `alert_choice`, if there is one."""
    return fleet.callbacks.filter(for_alerts=True, deleted_at__isnull=True).select_related("alert_choice")


def webhook_kinds(callback: Callback) -> tuple[str, ...]:
    """The kinds that go to an alert webhook."""
    choice: AlertChoice | None = getattr(callback, "alert_choice", None)
    return ALL if choice is None else tuple(choice.kinds)


def webhooks_to_tell(alert: Alert) -> list[Callback]:
    """The webhooks that it goes to: never to the one that it says has failed."""
    rows = Callback.objects.filter(for_alerts=True, deleted_at__isnull=True).select_related("alert_choice", "fleet")
    if alert.fleet_id is None and alert.kind in SECOND_PERSON_KINDS:
        # It is about admins, which is nothing to any fleet.
        return []
    rows = rows if alert.fleet_id is None else rows.filter(fleet_id=alert.fleet_id)
    return [row for row in rows.exclude(public_id=alert.key) if alert.kind in webhook_kinds(row)]


def _default(member: Membership) -> tuple[str, ...]:
    return CHOOSABLE if member.may(Right.CHANGE_ALERTS) else ()


def _kinds(chosen: Iterable[str], member: Membership) -> tuple[str, ...]:
    own = [kind for kind in chosen if kind in CHOOSABLE]
    return (*own, *SECOND_PERSON_KINDS) if member.may(Right.APPROVE) else tuple(own)
