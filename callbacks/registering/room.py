"""Whose a callback is, and whether there is room for one more."""

from django.conf import settings
from django.db.models import QuerySet

from callbacks.models import Callback
from fleets.models import ApiClient, Fleet


class TooMany(Exception):
    """There are as many callbacks as there may be; the text says so to an API client."""

    def __init__(self, most: int, *, of_client: bool) -> None:
        self.most = most
        self.of_client = of_client
        super().__init__(
            f"This client has {most} callbacks in this fleet, the most that one may have. Delete one of them first."
            if of_client
            else f"This fleet has {most} callbacks, the most that one may have. One of them must be deleted first."
        )


def callbacks_of(client: ApiClient, fleet: Fleet) -> QuerySet[Callback]:
    """The client's own in the fleet: those of others may hold what it can't read. Alert webhooks are the business of
    people, members of channels that of v1.
    """
    return fleet.callbacks.filter(created_by=client, deleted_at__isnull=True, for_alerts=False, dialect="v3")


def make_room(fleet: Fleet, client: ApiClient | None) -> None:
    """Raise TooMany where there may be no further callback in the fleet, or of the client there; None: of no client.

    Call it in the transaction that makes the callback: the fleet's row stays locked, so that none is overlooked.
    Members of v1's channels don't count: a client has five of those at the most.
    """
    Fleet.objects.select_for_update(no_key=True).get(pk=fleet.pk)
    if client is not None and callbacks_of(client, fleet).count() >= settings.CALLBACKS_PER_CLIENT:
        raise TooMany(settings.CALLBACKS_PER_CLIENT, of_client=True)
    if fleet.callbacks.filter(deleted_at__isnull=True, dialect="v3").count() >= settings.CALLBACKS_PER_FLEET:
        raise TooMany(settings.CALLBACKS_PER_FLEET, of_client=False)
