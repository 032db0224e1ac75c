"""Asks for a remote action: the row first, then the wake."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction

from callbacks.models import Callback
from fleets.approvers import behind
from fleets.audit.entries import SYSTEM, Actor, Origin, person
from fleets.audit.entries import api_client as client
from fleets.models import ApiClient, Vehicle
from fleets.programs.trust import holders, is_trusted
from fleets.storage import clock
from fleets.storage.rows import Rows
from fleets.storage.sql import run_prepared
from protocol.canonical import Remote
from protocol.why import SaysWhy, Why
from remotes import audit
from remotes.asking.told import tell_wanted
from remotes.checks.checks import why_unable
from remotes.jobs import DISPATCH, wake
from remotes.models import FleetRules, RemoteAction
from remotes.words import codes

State = RemoteAction.State

LONGEST_LIFE = timedelta(days=1)
"""So long at the most an action may wait to be sent."""
MAX_REASON = 1000
"""So many characters at the most say why it is asked for."""


_actions, _rules = Rows(RemoteAction, "action"), Rows(FleetRules, "rules")
_RULES = f"SELECT {_rules.columns} FROM remotes_fleetrules rules WHERE fleet_id = %(fleet)s"  # noqa: S608


class NotPossible(SaysWhy):
    """The vehicle can't do what is asked."""


@dataclass(frozen=True)
class Idempotency:
    """A caller's key for one request, and a digest of what the request asked for."""

    key: str
    digest: str


@dataclass(frozen=True)
class Wishes:
    """How it is to be sent. `time_to_live` None: as the fleet or the catalogue has it. `reason`: why it is asked for.

    `when_awake`: it waits for the vehicle's next waking, and spends none. `touched`: keys of people who had a hand in
    it besides the one who asks, such as who planned a bulk command; none of them can approve it.
    """

    time_to_live: timedelta | None = None
    when_awake: bool = False
    reason: str = ""
    origin: RemoteAction.Origin = RemoteAction.Origin.API
    touched: frozenset[int] = frozenset()


def rules_of(fleet_id: int) -> FleetRules:
    """The fleet's rules, or the defaults."""
    found = run_prepared(_RULES, {"fleet": fleet_id})
    return (_rules.read(found[0]) if found else None) or FleetRules(fleet_id=fleet_id)


def request_action(
    vehicle: Vehicle,
    remote: Remote,
    *,
    user: User | None = None,
    api_client: ApiClient | None = None,
    callback: Callback | None = None,
    idempotency: Idempotency | None = None,
    wishes: Wishes = Wishes(),
) -> RemoteAction:
    """Write the action down and wake its dispatch after commit. The caller has checked who may ask.

    Raises NotPossible where the vehicle is gone, or does not have the feature or what the payload asks of it.
    """
    problem = why_unable(vehicle, remote.remote_type, remote.payload, remote.extra)
    if problem is not None:
        raise NotPossible(problem)
    now = clock.now()
    rules = rules_of(vehicle.fleet_id)
    wants_two = rules.wants_two_people(remote.remote_type, remote.payload, remote.extra)
    trusted = wants_two and api_client is not None and is_trusted(api_client, vehicle.fleet_id, remote.remote_type.name)
    waits = wants_two and not trusted
    life = wishes.time_to_live or rules.time_to_live(remote.remote_type)
    expires_at = now + (rules.approval_time if waits else life)
    action = RemoteAction(
        fleet_id=vehicle.fleet_id,
        vehicle=vehicle,
        gateway_id=vehicle.gateway_id,
        callback=callback,
        remote_type=remote.remote_type.name,
        payload=remote.payload,
        extra=remote.extra,
        label=remote.label,
        user_id=user.pk if user else None,
        api_client=api_client,
        origin=wishes.origin,
        reason=wishes.reason,
        when_awake=wishes.when_awake,
        touched_by=_touched(vehicle, user, api_client, wishes, waits=waits),
        lives_for=life if waits else None,
        trusted=trusted,
        idempotency_key=idempotency.key if idempotency else None,
        request_digest=idempotency.digest if idempotency else "",
        state=State.WAITING_APPROVAL if waits else State.QUEUED,
        why=Why(codes.APPROVAL) if waits else None,
        due_at=expires_at if waits else now,
        expires_at=expires_at,
    )
    with transaction.atomic():
        _actions.insert(action)
        audit.asked(action, _actor(user, api_client), _origin(wishes), wishes.reason or remote.label or "")
        if waits:
            tell_wanted(action)
        transaction.on_commit(lambda: wake(DISPATCH, [vehicle.pk], urgent=remote.remote_type.urgent))
    return action


def _touched(
    vehicle: Vehicle, user: User | None, api_client: ApiClient | None, wishes: Wishes, *, waits: bool
) -> list[int]:
    """All who had a hand in it; of a service those who may know its password. Of what waits for a second person also
    those who may be the same people, so that nobody of them is asked.
    """
    of_client = holders(api_client) if api_client is not None else set()
    found = {*wishes.touched, *of_client, *([user.pk] if user is not None else [])}
    return sorted(behind(found, vehicle.fleet) if waits else found)


def _origin(wishes: Wishes) -> Origin:
    """Where it came from, as the audit has it."""
    return Origin.SYSTEM if wishes.origin == RemoteAction.Origin.CONNECTION else Origin(wishes.origin)


def _actor(user: User | None, api_client: ApiClient | None) -> Actor:
    if user is not None:
        return person(user)
    return client(api_client) if api_client is not None else SYSTEM
