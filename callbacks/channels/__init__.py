"""Channels of Connected Car v1 (connected-car-v1.yaml, Channel): registered once, with a member in each of the fleets.

A member is a Callback of its fleet, so that outbox, delivery, pages and rights are those of all callbacks.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.models import QuerySet

from callbacks import status
from callbacks.channels.members import end, make_member, members_of, secrets_of, standing_of_new
from callbacks.delivery.addresses import check_target
from callbacks.models import Callback, Channel
from callbacks.models.callback import ROTATION, new_secret
from callbacks.pending import is_pending
from callbacks.registering.keeping import kept_of_channel
from callbacks.wake import wake_delivery
from fleets.models import ApiClient, Fleet
from fleets.storage import clock
from protocol import statuses, v1
from protocol.canonical import JsonObject
from protocol.errors import Invalid, NotOffered

__all__ = [
    "MOST",
    "ChannelRefused",
    "NotOffered",
    "Pending",
    "TooMany",
    "channels_of",
    "create",
    "delete",
    "member",
    "members_of",
    "read",
    "reason_of",
    "replace",
    "rotate_secret",
    "set_status",
    "status_of",
]

# connected-car-v1.yaml, postChannels.
MOST = 5

Status = Callback.Status


class ChannelRefused(Exception):
    """A channel can't be made or deleted; the text says why, to its client."""


class TooMany(ChannelRefused):
    """The client has as many as it may have."""


class Pending(ChannelRefused):
    """A remote action under the channel has not ended."""


def read(body: object) -> JsonObject:
    """A ChannelSubscribe under its right spellings, to be registered.

    Raises Invalid, also for an address that nothing may be posted to, and NotOffered for a kind that is no webhook.
    """
    document = v1.read_subscribe(body)
    try:
        check_target(document["channel"]["webhook"]["target"])
    except Invalid as error:
        raise Invalid("channel.webhook.target", error.message) from None
    return document


def channels_of(client: ApiClient) -> QuerySet[Channel]:
    """The client's own, the oldest first."""
    return Channel.objects.filter(created_by=client, deleted_at__isnull=True).order_by("pk")


def create(client: ApiClient, fleets: Iterable[Fleet], body: object) -> Channel:
    """Register a channel with a member in each of the fleets. Raises as `read` does, and TooMany."""
    document = kept_of_channel(read(body))
    with transaction.atomic():
        # One after the other, so that they are counted.
        ApiClient.objects.select_for_update(no_key=True).get(pk=client.pk)
        others = list(channels_of(client))
        if len(others) >= MOST:
            labels = ", ".join(f"“{other}”" for other in others)
            raise TooMany(f"At most {MOST} channels; there are {labels} already. Delete one of them first.")
        channel = Channel.objects.create(subscribe=document, created_by=client)
        for fleet in fleets:
            make_member(channel, fleet)
    return channel


def replace(channel: Channel, body: object) -> Channel:
    """Register it anew, all members; gives it as it is then. A masked secret stays as it is.

    Raises Invalid, also where its kind would change.
    """
    try:
        document = read(body)
    except NotOffered as error:
        if error.path.startswith("channel."):
            raise Invalid("channel", "the kind of a channel can't be changed; this one is a webhook") from None
        raise
    with _locked(channel) as (row, members):
        document = kept_of_channel(document, row.webhook)
        row.subscribe = document
        row.save(update_fields=["subscribe", "updated_at"])
        for each in members:
            each.register(v1.canonical_subscribe(document))
            each.save()
        _wake(members)
    return row


def member(channel: Channel, fleet: Fleet) -> Callback:
    """The channel's callback in that fleet, made where the client has got the fleet since.

    The caller has checked that the client may use it. Raises Channel.DoesNotExist where the channel is deleted.
    """
    found = members_of(channel).filter(fleet=fleet).first()
    if found is None:
        with _locked(channel) as (row, members):
            found = next((other for other in members if other.fleet_id == fleet.pk), None)
            found = found or make_member(row, fleet, **standing_of_new(row, members))
    found.fleet, found.channel = fleet, channel
    return found


def set_status(channel: Channel, wanted: str, reason: str = "") -> Channel:
    """Pause or resume all members (connected-car-v1.yaml, ChannelStatusSetter); gives it as it is then."""
    with _locked(channel) as (row, members):
        row.paused = wanted == Status.PAUSED
        row.save(update_fields=["paused", "updated_at"])
        for each in members:
            status.set_status(each, wanted, reason)
    return row


def status_of(channel: Channel) -> str:
    """RunStatus: Running where all members run, Failed where one is; a Paused one gets nothing."""
    return _status_of(channel, list(members_of(channel)))


def reason_of(channel: Channel) -> str:
    """In words why it is Paused or Failed; empty while it runs."""
    members = list(members_of(channel))
    wanted = _status_of(channel, members)
    return next((each.status_reason for each in members if each.status == wanted), "")


def delete(channel: Channel) -> None:
    """Delete it with all members. Raises Pending while a remote action under one of them has not ended."""
    with _locked(channel) as (row, members):
        if any(is_pending(each) for each in members):
            raise Pending("A remote action on this channel is pending; delete it once that is done.")
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at", "updated_at"])
        end(members_of(row))


def rotate_secret(channel: Channel) -> str:
    """A new signing secret for all members; the one before signs beside it for 24 hours."""
    with _locked(channel) as (row, members):
        row.previous_secret, row.previous_secret_until = row.secret, clock.now() + ROTATION
        row.secret = new_secret()
        row.save(update_fields=["secret", "previous_secret", "previous_secret_until", "updated_at"])
        for member in members:
            for name, value in secrets_of(row).items():
                setattr(member, name, value)
            member.save(update_fields=[*secrets_of(row), "updated_at"])
    return str(row.secret)


@contextmanager
def _locked(channel: Channel) -> Iterator[tuple[Channel, list[Callback]]]:
    """The channel and its members as they are now, until the transaction ends. Raises Channel.DoesNotExist."""
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk, deleted_at__isnull=True)
        yield row, list(members_of(row).select_for_update())


def _status_of(channel: Channel, members: Sequence[Callback]) -> str:
    found = {each.status for each in members} or {Status.PAUSED if channel.paused else Status.RUNNING}
    worst = (statuses.CALLBACK_FAILED, statuses.CALLBACK_PAUSED, statuses.CALLBACK_RUNNING)
    return next(name for name in worst if name in found)


def _wake(members: Sequence[Callback]) -> None:
    ids = [each.pk for each in members]
    transaction.on_commit(lambda: wake_delivery(ids))
