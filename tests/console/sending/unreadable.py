"""Notifications that can't be read, as a cloud posts them."""

from django.utils import timezone

from fleets.models import Fleet
from remotes.intake import ingest


def tell_unread(fleet: Fleet, body: bytes) -> None:
    """Take in what was posted to the fleet's webhook."""
    upstream = fleet.upstream_fleets.get()
    ingest.store([ingest.read(upstream.pk, upstream.gateway_id, timezone.now(), body)])
