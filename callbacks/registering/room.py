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
            f"This client has as many callbacks in this fleet as it may have: {most}. Delete one of them first."
            if of_client
            else f"This fleet has as many callbacks as it may have: {most}. One of them must be deleted first."
        )


def callbacks_of(client: ApiClient, fleet: Fleet) -> QuerySet[Callback]:
    """The client's own in the fleet: those of others may hold what it can't read. Alert webhooks are the business of
    people, members of channels that of v1.
    """
    return fleet.callbacks.filter(created_by=client, deleted_at__isnull=True, for_alerts=False, dialect="v3")


def make_room(fleet: Fleet, client: ApiClient | None, *, is_new: bool = True) -> None:
    """Raise TooMany where there may be no further callback of the client in the fleet, or of the fleet in all.

    `client` None: of no client. Not `is_new`: one of the fleet's becomes the client's. Call it in the transaction that
    does so: the fleet's row stays locked, so that none is overlooked. Members of v1's channels don't count: of those a
    client has five at the most.
    """
    Fleet.objects.select_for_update(no_key=True).get(pk=fleet.pk)
    if client is not None and callbacks_of(client, fleet).count() >= settings.CALLBACKS_PER_CLIENT:
        raise TooMany(settings.CALLBACKS_PER_CLIENT, of_client=True)
    everybodys = fleet.callbacks.filter(deleted_at__isnull=True, dialect="v3")
    if is_new and everybodys.count() >= settings.CALLBACKS_PER_FLEET:
        raise TooMany(settings.CALLBACKS_PER_FLEET, of_client=False)
