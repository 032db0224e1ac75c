"""Which vehicles of a fleet are meant: a filter as data, which the list of vehicles shows and a schedule keeps."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Value, When

from fleets.models import Fleet, Vehicle
from fleets.storage import clock
from fleets.vehicles.search import LONGEST, in_one_piece, matching
from protocol.canonical.event import MAX_WORD
from protocol.catalogue import REMOTE_TYPES
from protocol.why import SaysWhy, Why
from remotes.checks.wake_ledger import AWAKE, HEARD
from remotes.counts.conditions import REASON, is_for
from remotes.finding.marks import MARKS, SILENCES, silent_for, with_mark
from remotes.models import OPEN_STATES, RemoteAction, RemoteEvent
from remotes.timeouts import scaled
from remotes.words import codes
from remotes.words.outcomes import CONDITIONS, Outcome

VERSION = 1
SEARCH = "search"
"""What `q` is called where it is stored; under its own name older versions have kept what had to stand in one piece."""
LONGEST_OF = {"cause": MAX_WORD}
NO_ACTION = "none"
"""How a vehicle stands that was never asked for anything."""

_CHOICES: dict[str, frozenset[str]] = {
    "energy": frozenset(Vehicle.Motorization.values),
    "doors": frozenset({"locked", "unlocked"}),
    "awake": frozenset({"yes", "no"}),
    "outcome": frozenset({*Outcome.values, NO_ACTION}),
    "can": frozenset(REMOTE_TYPES),
    "listed": frozenset({"yes", "no"}),
    "mark": frozenset(MARKS),
    "silent": frozenset(SILENCES),
    "plugged": frozenset({"yes", "no"}),
    "charging": frozenset({"yes", "no"}),
    "reading": frozenset({"failed", "ok"}),
    "level": frozenset({"unknown"}),
}

Vehicles = QuerySet[Vehicle]
Narrow = Callable[[Vehicles, Any, Collection[int]], Vehicles]


class NotUnderstood(SaysWhy):
    """What is stored is no filter that this version can read."""


@dataclass(frozen=True, kw_only=True)
class VehicleFilter:
    """What a vehicle must be, where it is said; without anything it means all of a fleet.

    `q` are words of its label, VIN or plate (fleets/vehicles/search.py). `below` and `above` (not less than) are
    percentages of charge or fuel, `level` says that it is not known.
    `outcome` and `cause` are of its last action, `cause` is a reason of remotes/counts/conditions.py or upstream's own
    word; `can` is a remote type; `awake` is as remotes/checks/wake_ledger.py tells it, `listed` is at the manufacturer.
    `mark` and `silent` are of remotes/finding/marks.py, `plugged` and `charging` of the state; `reading` is how it went
    when its state was asked for last.
    """

    q: str = ""
    model: str = ""
    energy: str = ""
    below: int | None = None
    doors: str = ""
    awake: str = ""
    outcome: str = ""
    cause: str = ""
    can: str = ""
    listed: str = ""
    mark: str = ""
    silent: str = ""
    plugged: str = ""
    charging: str = ""
    reading: str = ""
    above: int | None = None
    level: str = ""

    @property
    def given(self) -> dict[str, str | int]:
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON, to be read by `read_filter`, by later versions too."""
        return {"version": VERSION, **{SEARCH if name == "q" else name: value for name, value in self.given.items()}}

    def of(self, fleet: Fleet) -> Vehicles:
        """The fleet's vehicles that are meant."""
        return self.among(fleet.vehicles.all(), [fleet.pk])

    def among(self, vehicles: Vehicles, fleets: Collection[int]) -> Vehicles:
        """Of these vehicles, which are of the fleets with these primary keys, those that are meant."""
        for name, value in self.given.items():
            vehicles = _NARROW[name](vehicles, value, fleets)
        return vehicles


def read_filter(stored: object) -> VehicleFilter:
    """What `VehicleFilter.stored` has made. Raises NotUnderstood: a part that is not known must not mean more."""
    if not isinstance(stored, Mapping) or stored.get("version") != VERSION:
        raise NotUnderstood(Why(codes.OTHER_VERSION))
    given: dict[str, Any] = {}
    for stored_name, value in stored.items():
        if stored_name == "version":
            continue
        name = "q" if stored_name == SEARCH else stored_name
        if name not in _NARROW or name in given:
            raise NotUnderstood(Why(codes.NOT_KNOWN, name=stored_name))
        if not _is_fit(name, value):
            raise NotUnderstood(Why(codes.NOT_FIT, name=stored_name, value=repr(value)))
        # Its words apart would mean more vehicles than were meant when it was stored.
        given[name] = in_one_piece(value) if stored_name == "q" else value
    return VehicleFilter(**given)


def meant_by(fleet: Fleet, stored: object) -> Vehicles:
    """The vehicles that a stored filter means; none where it can't be read."""
    try:
        return read_filter(stored).of(fleet)
    except NotUnderstood:
        return fleet.vehicles.none()


def _is_fit(name: str, value: object) -> bool:
    if name in ("below", "above"):
        return type(value) is int and 1 <= value <= 100
    if not isinstance(value, str) or not value or "\0" in value:
        return False
    return value in _CHOICES[name] if name in _CHOICES else len(value) <= LONGEST_OF.get(name, LONGEST)


def last_key() -> Subquery:
    """The primary key of a vehicle's last action: one probe of the index action_history a vehicle."""
    return Subquery(_newest().values("pk")[:1])


def _newest() -> QuerySet[RemoteAction]:
    return RemoteAction.objects.filter(vehicle=OuterRef("pk")).order_by("-pk")


_OUTCOME = Case(
    *[When(condition, then=Value(outcome)) for outcome, condition in CONDITIONS.items()],
    output_field=CharField(),
)


def _with_outcome(vehicles: Vehicles, outcome: str, _fleets: Collection[int]) -> Vehicles:
    if outcome == NO_ACTION:
        return vehicles.alias(last_key=last_key()).filter(last_key__isnull=True)
    found = Subquery(_newest().annotate(outcome=_OUTCOME).values("outcome")[:1])
    return vehicles.alias(last_outcome=found).filter(last_outcome=outcome)


def _with_cause(vehicles: Vehicles, cause: str, fleets: Collection[int]) -> Vehicles:
    failed = _with_outcome(vehicles, Outcome.FAILED, fleets)
    because = Subquery(_newest().annotate(because=REASON).values("because")[:1])
    return failed.alias(last_reason=because).filter(is_for(cause, "last_reason"))


def _awake(vehicles: Vehicles, value: str, fleets: Collection[int]) -> Vehicles:
    """What was heard lately belongs to an action that is open or ended lately."""
    since = clock.now() - scaled(AWAKE)
    lately = RemoteAction.objects.filter(
        Q(finished_at__gt=since) | Q(state__in=OPEN_STATES), fleet__in=fleets
    ).order_by()
    events = RemoteEvent.objects.filter(action__in=lately, status__in=HEARD, effective_at__gt=since)
    heard = Q(pk__in=events.order_by().values("action__vehicle"))
    return vehicles.filter(heard if value == "yes" else ~heard)


def _can(vehicles: Vehicles, remote_type: str, _fleets: Collection[int]) -> Vehicles:
    """Not known counts as yes, as in Vehicle.can."""
    return vehicles.filter(Q(capabilities__isnull=True) | Q(capabilities__contains=[remote_type]))


# What the manufacturer's cloud no longer lists is not asked for any more.
_UNREAD = Q(state_problem__isnull=False, gone_at__isnull=True)
_READ = Q(state_problem__isnull=True, state_read_at__isnull=False)
# Clouds tell of the cable of a thermic car too (fleets/vehicles/state/facts.py energies_of).
_HAS_BATTERY = ~Q(motorization="Thermic")

_NARROW: dict[str, Narrow] = {
    "q": lambda vehicles, words, _fleets: matching(vehicles, words),
    "model": lambda vehicles, model, _fleets: vehicles.filter(model=model),
    "energy": lambda vehicles, motorization, _fleets: vehicles.filter(motorization=motorization),
    "below": lambda vehicles, percent, _fleets: vehicles.filter(energy_level__lt=percent),
    "above": lambda vehicles, percent, _fleets: vehicles.filter(energy_level__gte=percent),
    "level": lambda vehicles, _value, _fleets: vehicles.filter(energy_level__isnull=True),
    "doors": lambda vehicles, value, _fleets: vehicles.filter(is_locked=value == "locked"),
    "awake": _awake,
    "outcome": _with_outcome,
    "cause": _with_cause,
    "can": _can,
    "listed": lambda vehicles, value, _fleets: vehicles.filter(gone_at__isnull=value == "yes"),
    "mark": lambda vehicles, name, _fleets: with_mark(vehicles, name),
    "silent": lambda vehicles, silence, _fleets: silent_for(vehicles, silence),
    "plugged": lambda vehicles, value, _fleets: vehicles.filter(_HAS_BATTERY, is_plugged=value == "yes"),
    "charging": lambda vehicles, value, _fleets: vehicles.filter(_HAS_BATTERY, is_charging=value == "yes"),
    "reading": lambda vehicles, value, _fleets: vehicles.filter(_UNREAD if value == "failed" else _READ),
}
