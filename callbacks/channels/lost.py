"""What a client loses, its channels lose: connected to signals, so that no query of the engine asks for rights."""

from typing import Any

from django.db import transaction

from callbacks.channels.members import end
from callbacks.models import Callback, Channel
from fleets.models import ApiClient, Fleet
from fleets.storage import clock


def fleets_changed(instance: ApiClient | Fleet, action: str, pk_set: set[int] | None = None, **_: Any) -> None:
    """Called when the fleets that a client may use change: its channels get nothing more of those that it has lost."""
    if action not in ("post_remove", "pre_clear"):
        return
    mine, theirs = ("created_by", "fleet__in") if isinstance(instance, ApiClient) else ("fleet", "created_by__in")
    lost = Callback.objects.filter(channel__isnull=False, deleted_at__isnull=True, **{mine: instance})
    with transaction.atomic():
        end(lost if pk_set is None else lost.filter(**{theirs: pk_set}))


def client_goes(instance: ApiClient, **_: Any) -> None:
    """Called before a client is deleted: nobody could change its channels any more."""
    with transaction.atomic():
        end(Callback.objects.filter(channel__created_by=instance, deleted_at__isnull=True))
        Channel.objects.filter(created_by=instance, deleted_at__isnull=True).update(deleted_at=clock.now())
