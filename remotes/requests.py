"""Asks for a remote action: the row first, then the wake."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from callbacks.models import Callback
from fleets.capabilities import refusal
from fleets.models import ApiClient, Vehicle
from protocol.v3 import Remote
from remotes.models import RemoteAction
from remotes.wake import DISPATCH, wake


class NotPossible(Exception):
    """The vehicle can't do what is asked; the text is fit for a person."""


@dataclass(frozen=True)
class Idempotency:
    """A caller's key for one request, and a digest of what the request asked for."""

    key: str
    digest: str


def request_action(
    vehicle: Vehicle,
    remote: Remote,
    *,
    user: User | None = None,
    api_client: ApiClient | None = None,
    callback: Callback | None = None,
    idempotency: Idempotency | None = None,
) -> RemoteAction:
    """Write the action down and wake its dispatch after commit. The caller has checked who may ask.

    Raises NotPossible where the vehicle is gone, or does not have the feature or what the payload asks of it.
    """
    _check_vehicle(vehicle, remote)
    now = timezone.now()
    action = RemoteAction.objects.create(
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
        idempotency_key=idempotency.key if idempotency else None,
        request_digest=idempotency.digest if idempotency else "",
        due_at=now,
        expires_at=now + remote.remote_type.time_to_live,
    )
    transaction.on_commit(lambda: wake(DISPATCH, [vehicle.pk]))
    return action


def _check_vehicle(vehicle: Vehicle, remote: Remote) -> None:
    if vehicle.gone_at is not None:
        raise NotPossible(f"{vehicle} is gone: the manufacturer's cloud no longer lists it in this fleet.")
    if not vehicle.can(remote.remote_type.name):
        raise NotPossible(f"{vehicle} can't do this: {remote.remote_type.title}.")
    reason = refusal(vehicle.capability_document, remote.remote_type.name, remote.payload)
    if reason is not None:
        raise NotPossible(f"{vehicle} can't do this: {reason}.")
