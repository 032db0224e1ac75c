"""What the audit keeps of a remote action: who asked, what was checked, what was sent and came back, how it ended.

Each call is one INSERT. `asked`, `checked`, `about_to_send`, `ended` and `operated` belong into the transaction of what
they tell of; an observer's entries must not stand in one, so that what is about to be sent is on record before it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fleets.audit.entries import SYSTEM, About, Actor, Kind, Origin, record, record_exchange, record_operation
from fleets.models import AuditEntry
from gateways.interface import Exchange, Observer
from protocol.why import Why
from remotes.models import RemoteAction
from remotes.words import codes

# What a request to the manufacturer's cloud is for.
SEND, LOOK_UP, POLL = "send", codes.LOOKED_UP, codes.ASKED_FOR
# Characters of what a look-up or poll is told apart by from the one before.
LONGEST_SAID = 200


def asked(action: RemoteAction, actor: Actor, origin: AuditEntry.Origin, reason: str) -> None:
    """Somebody has asked for the action. The reason is the person's or client's own words."""
    document = {
        "vin": action.vehicle.vin,
        "vehicle": str(action.vehicle),
        "action": action.description,
        "remoteType": action.remote_type,
        "payload": action.payload,
        "label": action.label,
        "expires": action.expires_at.isoformat(),
    }
    record(Kind.ASKED, about(action), actor=actor, origin=origin, reason=reason, document=document)


def checked(action: RemoteAction, results: Mapping[str, Why | None], refused: Why | None = None) -> None:
    """What was asked again before sending: what each check found by its name; `refused` is why nothing is sent."""
    found = {name: "ok" if why is None else why.document() for name, why in results.items()}
    outcome = {"refused": refused.document()} if refused else {}
    record(Kind.CHECKED, about(action), document={"attempt": action.attempts, "checks": found, **outcome})


def about_to_send(action: RemoteAction, exchange: Exchange) -> None:
    """The request that will be sent for the action next."""
    record_exchange(about(action), exchange, SEND)


def not_sent(action: RemoteAction, exchange: Exchange, why: Why) -> None:
    """The request that was about to be sent is not, and why."""
    record_exchange(about(action), replace(exchange, duration=0.0, why=Why(codes.WAS_NOT_SENT, why=why)), SEND)


def observer(action: RemoteAction, purpose: str = SEND) -> Observer:
    """For fleets.clients.client_for: writes each request for the action and what came of it."""

    def observe(exchange: Exchange) -> None:
        record_exchange(about(action), exchange, purpose)

    return observe


def ended(action: RemoteAction) -> None:
    """The action has ended, as its row says."""
    document = {
        "state": action.state,
        "status": action.status,
        "failureCause": action.failure_cause,
        "feedbackDetail": action.feedback_detail,
    }
    why = {"why": action.why.document()} if action.why else {}
    asked = {"askedAgain": action.asked_again} if action.asked_again else {}
    record(Kind.ENDED, about(action), document=document | why | asked)


def given_up(action: RemoteAction) -> None:
    """It had ended without its outcome, and is not looked up any more."""
    operated(action, "gave up looking for it", askedAgain=action.asked_again)


def operated(
    action: RemoteAction,
    what: str,
    *,
    actor: Actor = SYSTEM,
    origin: AuditEntry.Origin = Origin.SYSTEM,
    reason: str = "",
    **details: Any,
) -> None:
    """Somebody did something about the action: cancelled, resumed or approved it, or decided on an unknown outcome."""
    document = {"remoteType": action.remote_type, **details}
    record_operation(about(action), what, actor=actor, origin=origin, reason=reason, document=document)


def about(action: RemoteAction) -> About:
    return About(action.public_id, action.fleet_id, action.vehicle_id)
