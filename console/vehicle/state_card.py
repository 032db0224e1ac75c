"""What a vehicle's page says of its state as a whole: when who was asked, what came instead, and what asking costs."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.vehicle.wake_budget import Waking
from fleets.models import Vehicle
from fleets.vehicles.state import StateRow, state_rows
from fleets.vehicles.state.others import Other, other_values
from fleets.words.why import say
from protocol.canonical.places import without_places
from remotes.checks.wake_ledger import Budget


@dataclass(frozen=True)
class Told:
    """What a vehicle has told, as `rows`, and all `others` that no row shows."""

    rows: list[StateRow]
    others: list[Other]


def told_by(vehicle: Vehicle, zone: tzinfo, *, sees_positions: bool) -> Told:
    """Times by the clocks of the fleet's `zone`; who may not see positions is told of none. No query."""
    state = vehicle.state if sees_positions else without_places(vehicle.state)
    return Told(state_rows(state, vehicle.motorization, zone), other_values(state))


@dataclass(frozen=True)
class StateCard:
    """`read_at`: the cloud was asked for what is shown; the vehicle said it at `said_at`, None where that is not known.

    `problem`: what came instead when the cloud was asked last, at `tried_at`. `is_due`: it is asked as soon as its turn
    comes. `cost`: what it costs to ask the vehicle itself; empty where that is of no use. `may_wake`: what is sent now
    may wake it up, and `wakes` says what that spends.
    """

    read_at: datetime | None
    said_at: datetime | None
    problem: str
    tried_at: datetime | None
    is_due: bool
    cost: str
    may_wake: bool
    wakes: str


def state_card_of(vehicle: Vehicle, waking: Waking, now: datetime) -> StateCard:
    """No query. Where the cloud gives no state at all, waking the vehicle up would bring none either."""
    problem = say(vehicle.state_problem)
    return StateCard(
        read_at=vehicle.state_read_at,
        said_at=vehicle.heard_at,
        problem=problem,
        tried_at=vehicle.state_tried_at,
        is_due=vehicle.gone_at is None and vehicle.state_due_at is not None and vehicle.state_due_at <= now,
        cost="" if problem or not vehicle.state_read_at else _cost(waking),
        may_wake=not waking.is_awake,
        wakes=_wakes(waking.budget),
    )


def _wakes(budget: Budget) -> str:
    if budget.left is None:
        return _("May wake the vehicle up, which spends a wake-up.")
    words = ngettext(
        "May wake the vehicle up, which spends a wake-up: %(left)s is left this month.",
        "May wake the vehicle up, which spends a wake-up: %(left)s are left this month.",
        budget.left,
    )
    return words % {"left": budget.left}


def _cost(waking: Waking) -> str:
    if waking.is_awake:
        return _("It is awake, so asking the vehicle itself spends no wake-up.")
    budget = waking.budget
    if budget.limit is None:
        return _("Asking the vehicle itself may spend a wake-up. How many it has a month is not set.")
    return _("Only the reserve of wake-ups is left, which is not for this.") if budget.reserve_reached else _of(budget)


def _of(budget: Budget) -> str:
    return ngettext(
        "Asking the vehicle itself may spend a wake-up: %(left)s is left this month, %(reserve)s are kept in reserve.",
        "Asking the vehicle itself may spend a wake-up: %(left)s are left this month, %(reserve)s are kept in reserve.",
        budget.left or 0,
    ) % {"left": budget.left, "reserve": budget.reserve}
