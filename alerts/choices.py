"""Who wants to be told which alerts of a fleet: people by e-mail, and the fleet's alert webhooks."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet

from callbacks.models import Callback
from fleets.access import lasting
from fleets.models import Fleet, Membership
from fleets.rights import Right
from remotes.models import Alert, AlertChoice

ALL = tuple(Alert.Kind.values)


@dataclass(frozen=True)
class Listener:
    """A person of the fleet and the kinds that they want; `reachable` is no while they have no e-mail address."""

    user: User
    kinds: tuple[str, ...]

    @property
    def reachable(self) -> bool:
        return bool(self.user.email) and self.user.is_active


def listeners(fleet: Fleet) -> list[Listener]:
    """Every person of the fleet, by name, and admins who have chosen something: two statements and one for those."""
    members = list(lasting().filter(fleet=fleet).select_related("user"))
    chosen = dict(AlertChoice.objects.filter(fleet=fleet, user__isnull=False).values_list("user_id", "kinds"))
    found = [Listener(member.user, tuple(chosen.pop(member.user_id, _default(member)))) for member in members]
    # What is left was chosen by admins without a membership, and by those whose membership is over.
    admins = User.objects.filter(is_superuser=True, pk__in=chosen) if chosen else []
    found += [Listener(admin, tuple(chosen[admin.pk])) for admin in admins]
    return sorted(found, key=lambda listener: listener.user.get_username())


def kinds_of(user: User, fleet: Fleet) -> tuple[str, ...]:
    """The kinds that the person wants."""
    return next((found.kinds for found in listeners(fleet) if found.user == user), ())


def choose(user: User, fleet: Fleet, kinds: list[str]) -> None:
    AlertChoice.objects.update_or_create(user=user, fleet=fleet, defaults={"kinds": kinds})


def people_to_tell(alert: Alert) -> set[int]:
    """The primary keys of those who get an e-mail about it, each once."""
    fleets = Fleet.objects.all() if alert.fleet is None else [alert.fleet]
    wanting = (found for fleet in fleets for found in listeners(fleet))
    return {found.user.pk for found in wanting if found.reachable and alert.kind in found.kinds}


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
    rows = rows if alert.fleet_id is None else rows.filter(fleet_id=alert.fleet_id)
    return [row for row in rows.exclude(public_id=alert.key) if alert.kind in webhook_kinds(row)]


def _default(member: Membership) -> tuple[str, ...]:
    return ALL if member.may(Right.CHANGE_ALERTS) else ()
