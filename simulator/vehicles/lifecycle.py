"""The rules: what happens next to a remote action on a vehicle, by "The life of a remote action" of the protocol.

An action goes through stages (check, wake, send, apply, for those of v1 look before send, and time-out and return for
the unreachable). Each step is a pure function of the action, its vehicle and the time; it says what is notified, what
becomes of the vehicle, and which stage is due when. So a simulator that was killed goes on where it stood.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from protocol import statuses
from protocol.catalogue import REMOTE_TYPES
from simulator.clock import chance
from simulator.vehicles.state import State, after, starts_charge
from simulator.vehicles.vehicle import Vehicle, call, execute, is_awake, is_waking, touch, wake_ups_this_month

CHECK, WAKE, LOOK, SEND, APPLY = "check", "wake", "look", "send", "apply"
TIME_OUT, RETURN = "time-out", "return"

# Seconds of simulated time.
CHECK_DELAY = 0.02
AWAKE_TO_SENT = 0.1
CHECKING_TO_SENT = 0.05
SENT_TO_DONE = 0.2
ASLEEP_TO_WAKING = 1.0
WAKING_TO_AWAKE = 9.0
TIME_OUT_LEAST, TIME_OUT_MOST = 70.0, 130.0
TIME_OUT_TO_RETURN = 60.0

LOW_AUXILIARY_BATTERY = 20.0


@dataclass(frozen=True)
class Action:
    """A remote action under way. `remote_type` is a name of protocol.catalogue; `number` its place in the history.

    `dialect`: in which it was sent. `cause`: it is to end with this one whatever the vehicle is like, unless that has
    ended it before.
    """

    number: int
    remote_type: str
    payload: Mapping[str, Any]
    stage: str = CHECK
    dialect: str = "v3"
    cause: str | None = None


@dataclass(frozen=True)
class Rules:
    """What holds for all vehicles: `wake_ups_per_month` None means no limit."""

    speed: float = 1.0
    seed: int = 1
    wake_ups_per_month: int | None = None


@dataclass(frozen=True)
class Progress:
    """One notified step of an action."""

    type: str
    status: str
    failure_cause: str | None = None
    feedback_detail: str | None = None


@dataclass(frozen=True)
class Move:
    """What a step comes to. `stage` None: the action is at its end; else it goes on at `due`, seconds since 1970."""

    vehicle: Vehicle
    progress: tuple[Progress, ...] = ()
    stage: str | None = None
    due: float | None = None


def advance(vehicle: Vehicle, action: Action, same_in_progress: bool, now: float, rules: Rules) -> Move:
    """The step that is due at `now`. `same_in_progress`: an earlier action of the same type and payload is not Done."""
    if action.stage == CHECK:
        return _check(vehicle, action, same_in_progress, now, rules)
    return _STEPS[action.stage](vehicle, action, now, rules)


def _check(vehicle: Vehicle, action: Action, same_in_progress: bool, now: float, rules: Rules) -> Move:
    cause = _unavailable(vehicle, same_in_progress, now, rules)
    if cause is None and action.cause in _BEFORE_ACCEPTED:
        cause = action.cause
    if cause is not None:
        low = (_pending(_LOW_BATTERY[action.dialect]),) if cause == _BATTERY else ()
        return Move(vehicle, (*low, _failed(cause)))
    accepted = _announced(action, statuses.ACCEPTED)
    if is_awake(vehicle, now):
        return Move(vehicle, accepted, _towards(action), now + AWAKE_TO_SENT / rules.speed)
    return Move(vehicle, accepted, WAKE, now + ASLEEP_TO_WAKING / rules.speed)


_BATTERY = "NotPossibleDueToVehicleBatteryLevel"
# What is told before that cause: v1 has a word of its own for it.
_LOW_BATTERY = {"v3": statuses.BATTERY_CHARGE_TOO_LOW, "v1": statuses.BATTERY_LEVEL_WARNING}
# Causes by which the cloud refuses an action before it is accepted; by all others the vehicle does.
_BEFORE_ACCEPTED = frozenset(
    {
        statuses.MISSING_RIGHTS,
        statuses.SAME_ACTION_IN_PROGRESS,
        "AuthorizationError",
        "TooManyWakeUpsOverMonth",
        "TooManyRequestInShortTime",
        "TooManyRequestSent",
        _BATTERY,
    }
)


def _towards(action: Action) -> str:
    # CheckingVehicle "may come before" SentToVehicle: it does in v1.
    return LOOK if action.dialect == "v1" else SEND


def _unavailable(vehicle: Vehicle, same_in_progress: bool, now: float, rules: Rules) -> str | None:
    """The cause of the first check that fails, in the order of the protocol."""
    limit = vehicle.kind.wake_ups_per_month
    limit = rules.wake_ups_per_month if limit is None else limit
    needs_wake_up = not is_awake(vehicle, now) and not is_waking(vehicle, now)
    spent = limit is not None and wake_ups_this_month(vehicle, now) >= limit
    checks = (
        (not vehicle.kind.subscribed, statuses.MISSING_RIGHTS),
        (same_in_progress, statuses.SAME_ACTION_IN_PROGRESS),
        (needs_wake_up and spent, "TooManyWakeUpsOverMonth"),
        (vehicle.state.auxiliary_battery < LOW_AUXILIARY_BATTERY, _BATTERY),
    )
    return next((cause for fails, cause in checks if fails), None)


def _wake(vehicle: Vehicle, action: Action, now: float, rules: Rules) -> Move:
    if is_awake(vehicle, now):
        return Move(vehicle, (), _towards(action), now + AWAKE_TO_SENT / rules.speed)
    waking = _announced(action, statuses.WAKING_UP_VEHICLE)
    if not vehicle.kind.wakes:
        share = chance(rules.seed, "time-out", vehicle.vin, action.number)
        patience = TIME_OUT_LEAST + share * (TIME_OUT_MOST - TIME_OUT_LEAST)
        # The time-out counts from the command, and a second of it has gone by.
        due = now + (patience - ASLEEP_TO_WAKING) / rules.speed
        return Move(call(vehicle, now, 0.0), waking, TIME_OUT, due)
    if is_waking(vehicle, now):
        return Move(vehicle, waking, _towards(action), vehicle.wakes_at)
    wakes_at = now + WAKING_TO_AWAKE / rules.speed
    return Move(call(vehicle, now, wakes_at), waking, _towards(action), wakes_at)


def _look(vehicle: Vehicle, _action: Action, now: float, rules: Rules) -> Move:
    checking = _pending(statuses.CHECKING_VEHICLE)
    return Move(touch(vehicle, now, rules.speed), (checking,), SEND, now + CHECKING_TO_SENT / rules.speed)


def _send(vehicle: Vehicle, _action: Action, now: float, rules: Rules) -> Move:
    sent = _pending(statuses.SENT_TO_VEHICLE)
    return Move(touch(vehicle, now, rules.speed), (sent,), APPLY, now + SENT_TO_DONE / rules.speed)


def _apply(vehicle: Vehicle, action: Action, now: float, rules: Rules) -> Move:
    vehicle = touch(vehicle, now, rules.speed)
    cause = refusal(vehicle.state, action.remote_type, action.payload) or action.cause
    if cause is not None:
        return Move(vehicle, (_failed(cause),))
    state = after(vehicle.state, action.remote_type, action.payload, now, rules.speed)
    feedback = _feedback(action)
    if state is None:
        return Move(vehicle, (Progress(statuses.DONE, statuses.ALREADY_DONE, None, feedback),))
    type_name = REMOTE_TYPES[action.remote_type].v3.type_name
    done = Progress(statuses.DONE, statuses.SUCCESS, None, feedback)
    return Move(execute(vehicle, state, type_name), (done,))


def _time_out(vehicle: Vehicle, _action: Action, now: float, rules: Rules) -> Move:
    failed = (_failed(statuses.VEHICLE_CONNECTION_TIMEOUT),)
    if not vehicle.kind.returns:
        return Move(vehicle, failed)
    back = now + TIME_OUT_TO_RETURN / rules.speed
    return Move(vehicle, failed, RETURN, back)


_STEPS: dict[str, Callable[[Vehicle, Action, float, Rules], Move]] = {
    WAKE: _wake,
    LOOK: _look,
    SEND: _send,
    APPLY: _apply,
    TIME_OUT: _time_out,
    RETURN: _apply,
}


def _pending(status: str) -> Progress:
    return Progress(statuses.PENDING, status)


def _failed(cause: str) -> Progress:
    return Progress(statuses.DONE, statuses.FAILED, cause)


def _announced(action: Action, status: str) -> tuple[Progress, ...]:
    return () if action.remote_type == "Navigation" else (_pending(status),)


def _feedback(action: Action) -> str | None:
    forced = action.remote_type == "Locking" and action.payload.get("forced")
    return "CIDBlacklisted" if forced and action.payload["state"] == "Locked" else None


@dataclass(frozen=True)
class Refusal:
    """The vehicle itself refuses commands of some types while it is in some state."""

    holds: Callable[[State], bool]
    refuses: Callable[[str, Mapping[str, Any]], bool]
    cause: str


_HARMLESS = frozenset({"State", "WakeUp", "Navigation", "VehicleFinder", "Tan"})
_THEFT = frozenset({"State", "WakeUp", "VehicleFinder", "Tan", "Stolen", "Immobilization"})
_SHUT = frozenset({"Locking", "Preconditioning", "Immobilization"})


def _not_to_a_driver(remote_type: str, payload: Mapping[str, Any]) -> bool:
    # The police's mark and its tracking are no danger to a driver; stopping the engine is.
    return remote_type not in _HARMLESS and not (remote_type == "Stolen" and "immobilization" not in payload)


REFUSALS = (
    Refusal(lambda s: s.privacy == "Full", lambda _t, _p: True, "NotPossibleDueToVehiclePrivacyLevel"),
    Refusal(lambda s: s.stolen, lambda t, _p: t not in _THEFT, "NotPossibleDueToVehicleStolenState"),
    Refusal(lambda s: s.ignition == "Start", _not_to_a_driver, "VehicleInUse"),
    Refusal(lambda s: s.doors_open, lambda t, _p: t in _SHUT, "DoorsOpen"),
    Refusal(
        lambda s: not s.plugged,
        lambda t, p: t == "Charging" and bool(starts_charge(p)),
        "ExternalChargingSystemError",
    ),
)


def refusal(state: State, remote_type: str, payload: Mapping[str, Any]) -> str | None:
    """The cause for which a vehicle in `state` refuses a command that reached it, or None."""
    found = (rule.cause for rule in REFUSALS if rule.holds(state) and rule.refuses(remote_type, payload))
    return next(found, None)
