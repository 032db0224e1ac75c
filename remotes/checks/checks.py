"""What is asked again right before an action is sent: much may have changed since it was asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleets.models import ApiClient, Vehicle
from fleets.vehicles import ability
from fleets.vehicles.dates import said_at
from fleets.vehicles.state.facts import is_moving, kinetic_of
from fleets.words.types import title_why
from protocol import statuses
from protocol.canonical import JsonObject
from protocol.catalogue import RemoteType
from protocol.why import Why
from remotes.checks import wake_ledger
from remotes.checks.cases import NOBODY, Asker
from remotes.models import FleetRules, RemoteAction
from remotes.words import codes

State = RemoteAction.State

# Upstream has them, and has not said how they ended.
IN_PROGRESS = (State.SENDING, State.UNKNOWN, State.ACCEPTED)

# There people ask; an action that names none any more is of one who was deleted.
_OF_PEOPLE = (RemoteAction.Origin.PAGE, RemoteAction.Origin.SCHEDULE, RemoteAction.Origin.BULK)


@dataclass(frozen=True)
class Refusal:
    """Why an action is not sent, and the failure cause of the protocol."""

    cause: str
    why: Why


@dataclass(frozen=True)
class Checked:
    """What the checks look at. `in_progress`: the vehicle's actions that upstream has."""

    action: RemoteAction
    rules: FleetRules
    in_progress: list[RemoteAction]
    now: datetime
    asker: Asker = NOBODY

    @property
    def vehicle(self) -> Vehicle:
        return self.action.vehicle


def run(asked: Checked) -> tuple[dict[str, Why | None], Refusal | None]:
    """What each check found, by its name: None for nothing, up to the first that speaks against sending."""
    found: dict[str, Why | None] = {}
    for name, check in CHECKS.items():
        refusal = check(asked)
        found[name] = refusal.why if refusal else None
        if refusal is not None:
            return found, refusal
    return found, None


def rights(asked: Checked) -> Refusal | None:
    """Whoever asked must still be allowed to."""
    action = asked.action
    problem = None
    if action.vehicle.fleet_id != action.fleet_id:
        problem = Why(codes.LEFT)
    elif action.api_client_id is not None:
        problem = _client_problem(action, asked.asker.client)
    elif action.user_id is not None or action.origin in _OF_PEOPLE:
        problem = None if asked.asker.may_send else Why(codes.NOT_MANAGER)
    return Refusal(statuses.MISSING_RIGHTS, problem) if problem else None


def _client_problem(action: RemoteAction, client: ApiClient | None) -> Why | None:
    if client is None:
        return Why(codes.NOT_CLIENT)
    if not client.may_send(action.remote_type):
        return Why(codes.NOT_CLIENTS_TYPE, title=title_why(action.type))
    return None


def capability(asked: Checked) -> Refusal | None:
    """The vehicle must be there, and have the feature with the values that are asked of it."""
    why = why_unable(asked.vehicle, asked.action.type, asked.action.payload, asked.action.extra)
    return Refusal("WrongCommand", _not_sent(why)) if why else None


def why_unable(vehicle: Vehicle, remote_type: RemoteType, payload: JsonObject, extra: Iterable[str] = ()) -> Why | None:
    """Why the vehicle can't do this; None when nothing speaks against it. `extra`: names of what stands beside it."""
    if vehicle.gone_at is not None:
        return Why(codes.IS_GONE, vehicle=str(vehicle))
    if not vehicle.can(remote_type.name):
        return Why(codes.UNABLE, vehicle=str(vehicle), what=title_why(remote_type))
    what = ability.why_unable(vehicle, remote_type, payload, extra)
    return Why(codes.UNABLE, vehicle=str(vehicle), what=what) if what else None


def same_in_progress(asked: Checked) -> Refusal | None:
    """The same type and payload, sent already and not ended; opposites queue."""
    for other in asked.in_progress:
        if (other.remote_type, other.payload) == (asked.action.remote_type, asked.action.payload):
            return Refusal(statuses.SAME_ACTION_IN_PROGRESS, Why(codes.SAME))
    return None


def moving(asked: Checked) -> Refusal | None:
    """A vehicle that is known to move is not immobilised; knowledge that is too old does not count."""
    if not stops_the_vehicle(asked.action):
        return None
    age = known_to_move(asked.vehicle, asked.now)
    if age is None or age > asked.rules.moving_limit:
        return None
    return Refusal("VehicleInUse", Why(codes.MOVING, age=_ago(age)))


def stops_the_vehicle(action: RemoteAction) -> bool:
    """Whether the engine is not to start any more."""
    immobilization = action.payload if action.remote_type == "Immobilization" else action.payload.get("immobilization")
    return bool(immobilization and immobilization.get("activate"))


def known_to_move(vehicle: Vehicle, now: datetime) -> timedelta | None:
    """How long ago the vehicle's last known state said that it moves; None when it says that it stands, or nothing."""
    if not is_moving(vehicle.state):
        return None
    # Where it bears no date it is not older than the state that it came with: better refused than done.
    at = said_at(kinetic_of(vehicle.state)) or said_at(vehicle.state) or vehicle.state_read_at
    return max(now - at, timedelta()) if at else None


def _ago(age: timedelta) -> Why:
    seconds = round(age.total_seconds())
    return Why(codes.SECONDS_AGO, number=seconds) if seconds < 120 else Why(codes.MINUTES_AGO, number=seconds // 60)


def wake_up(asked: Checked) -> Refusal | None:
    """A comfort action must not spend a wake-up that is kept for urgent ones."""
    why = wake_ledger.refusal(asked.vehicle, asked.action.type, asked.rules, asked.now)
    return Refusal(statuses.TOO_MANY_WAKE_UPS, _not_sent(why)) if why else None


def _not_sent(why: Why) -> Why:
    return Why(codes.NOT_SENT[why.code], **why.values)


CHECKS: dict[str, Callable[[Checked], Refusal | None]] = {
    "rights": rights,
    "capability": capability,
    "same in progress": same_in_progress,
    "moving": moving,
    "wake-ups": wake_up,
}
