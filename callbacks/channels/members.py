"""The members of a channel: a callback in each fleet of its client, made and ended."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from callbacks.models import Callback, Channel
from fleets.models import Fleet
from fleets.storage import clock
from protocol import v1

Status = Callback.Status


def members_of(channel: Channel) -> QuerySet[Callback]:
    """Those in the fleets that the client may use still."""
    return channel.members.filter(deleted_at__isnull=True).order_by("pk")


def make_member(channel: Channel, fleet: Fleet, **standing: Any) -> Callback:
    """A new member in that fleet; `standing` is what standing_of_new gives."""
    shared = {"channel": channel, "created_by": channel.created_by, **secrets_of(channel)}
    made = Callback(fleet=fleet, dialect=v1.DIALECT, **shared, **standing)
    made.register(v1.canonical_subscribe(channel.subscribe))
    made.save()
    return made


def secrets_of(channel: Channel) -> dict[str, Any]:
    """Those that sign, which all members have in common."""
    return {name: getattr(channel, name) for name in ("secret", "previous_secret", "previous_secret_until")}


def standing_of_new(channel: Channel, members: Sequence[Callback]) -> dict[str, Any]:
    """How a new member stands: Paused where the whole channel is. A person pauses the member of one fleet only."""
    running = [each for each in members if each.status != Status.PAUSED]
    if running or not (members or channel.paused):
        return {}
    reason = members[0].status_reason if members else ""
    return {"status": Status.PAUSED, "status_reason": reason, "status_at": clock.now()}


def end(members: QuerySet[Callback]) -> None:
    """They get nothing more. Call it inside a transaction; rows are locked in one order.

    Each is saved by itself, so that the audit of its fleet tells it.
    """
    now = clock.now()
    for member in members.order_by("pk").select_for_update(of=("self",)):
        member.deleted_at = now
        member.save(update_fields=["deleted_at", "updated_at"])
