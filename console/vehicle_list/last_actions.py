"""The last action of each of many vehicles, as a row of a list shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from console.vehicle.history import action_title
from fleets.models import Vehicle
from fleets.words.numbers import Word
from remotes.finding.marks import WANTED, Own, own_keys, own_words_of
from remotes.finding.vehicles import NO_ACTION, last_key
from remotes.models import RemoteAction
from remotes.words.failures import why_failed
from remotes.words.outcomes import Outcome
from remotes.words.statuses import present_word

OUTCOMES = [*Outcome.choices, (NO_ACTION, _("No action yet"))]


@dataclass(frozen=True)
class LastAction:
    """`cause` says in words why it failed."""

    title: str
    word: Word
    status: str
    cause: str
    at: datetime


def last_actions(vehicles: Iterable[Vehicle]) -> tuple[dict[int, LastAction], dict[int, dict[str, Own]]]:
    """The last of each, and what our commands have made of it (remotes/finding/marks.py), by the vehicle's primary key.

    One statement, however many vehicles. Those without an action are left out.
    """
    ids = [vehicle.pk for vehicle in vehicles]
    last = Vehicle.objects.filter(pk__in=ids).order_by().values_list(last_key())
    columns = {"vehicle", "remote_type", "payload", "state", "status", "failure_cause", "why", "created_at", *WANTED}
    actions = RemoteAction.objects.filter(pk__in=last.union(*own_keys(ids))).order_by("pk").only(*columns)
    newest = {action.vehicle_id: action for action in actions}
    return {key: _last_action(action) for key, action in newest.items()}, own_words_of(actions)


def _last_action(action: RemoteAction) -> LastAction:
    return LastAction(
        title=action_title(action),
        word=present_word(action.state, action.status),
        status=action.status or action.state,
        cause=why_failed(action),
        at=action.created_at,
    )
