"""How an action stands, in the ways by which a vehicle's history and the list of vehicles are narrowed."""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from protocol import statuses
from remotes.models import OPEN_STATES, RemoteAction

State = RemoteAction.State


class Outcome(TextChoices):
    """Each action stands in one of these ways."""

    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    OPEN = "open", _("In progress")
    UNKNOWN = "unknown", _("Outcome unknown")
    CANCELLED = "cancelled", _("Cancelled")


CONDITIONS = {
    Outcome.SUCCEEDED: Q(state=State.DONE, status__in=statuses.CARRIED_OUT),
    Outcome.FAILED: Q(state__in=[State.DONE, State.EXPIRED], status=statuses.FAILED),
    Outcome.OPEN: Q(state__in=[state for state in OPEN_STATES if state != State.UNKNOWN]),
    Outcome.UNKNOWN: Q(state=State.UNKNOWN),
    Outcome.CANCELLED: Q(state=State.CANCELLED, status=statuses.FAILED),
}
