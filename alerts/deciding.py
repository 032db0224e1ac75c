"""Who is told of what waits for a second person: those who can decide, and all managers of what could weaken that.

Nobody chooses this: whoever could switch it off for others could act unseen.
"""

from django.contrib.auth.models import User
from django.db.models import Q

from alerts.rhythm import SECOND_PERSON_KINDS
from fleets.access import lasting
from fleets.approvers import approvers_of
from fleets.models import Fleet
from fleets.rights import Right, roles_with
from remotes.checks.approvals import hands_in
from remotes.models import Alert

CHOOSABLE = tuple(kind.value for kind in Alert.Kind if kind not in SECOND_PERSON_KINDS)
"""The kinds that a person may want or not."""
OF_VEHICLES = (Alert.Kind.DANGEROUS_ACTION.value, Alert.Kind.UNKNOWN_OUTCOME.value, Alert.Kind.WAKE_UPS.value)
"""Those of them that are about a vehicle: who sees some vehicles only is told of no others."""


def who_decides(alert: Alert) -> set[int]:
    """The primary keys of those who get an e-mail about it. A few statements."""
    if alert.kind == Alert.Kind.APPROVAL_WANTED:
        assert alert.action is not None
        assert alert.fleet is not None
        return _reachable(Q(pk__in=approvers_of(alert.fleet).values("pk"))) - hands_in(alert.action)
    return _reachable(Q(pk__in=approvers_of(alert.fleet).values("pk")) | _managers(alert.fleet))


def _managers(fleet: Fleet | None) -> Q:
    """Whoever has such a role, confirmed or not; admins of what is about all fleets."""
    if fleet is None:
        return Q(is_superuser=True)
    members = lasting().filter(fleet=fleet, narrowed=False, role__in=roles_with(Right.APPROVE))
    return Q(pk__in=members.values("user"))


def _reachable(who: Q) -> set[int]:
    return set(User.objects.filter(who, is_active=True).exclude(email="").values_list("pk", flat=True))
