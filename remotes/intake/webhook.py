"""The webhook that upstream posts notifications to (fleet-owner-v3-webhook.yaml).

Authenticate, parse, store, and only then answer 200. Not authenticated: 401 and nothing is stored. Not stored: 503
while the database is away, else 500, so that upstream posts it again. What can't be read is quarantined and answered
200: a repeat would not make it readable.
"""

import hmac
import time
from dataclasses import dataclass

from callbacks.wake import wake_delivery
from fleets.models import UpstreamFleet
from fleets.storage import clock
from remotes.intake import ingest
from remotes.jobs import wake_settle
from remotes.live import announce

MAX_BODY = 10 * 1024 * 1024
NOT_AUTHENTICATED = "The Authorization header does not hold this callback's secret."
NOT_STORED = "The notification could not be stored; post it again."


@dataclass(frozen=True)
class Sender:
    upstream_fleet_id: int
    gateway_id: int
    secret: bytes


# Webhook id → sender and when it was read. A secret never changes for an id, so a minute is short enough.
_senders: dict[str, tuple[Sender, float]] = {}
_SENDER_SECONDS = 60.0


def authenticate(webhook_id: str, authorization: str) -> Sender | None:
    """The sender whose secret is in the Authorization header, None when there is none."""
    sender = _sender(webhook_id)
    given = authorization.encode("utf-8", "replace")
    if sender is None or not hmac.compare_digest(given, b"Bearer " + sender.secret):
        return None
    return sender


def known_sender(webhook_id: str) -> bool:
    """Whether `authenticate` answers from memory, without the database."""
    found = _senders.get(webhook_id)
    return found is not None and time.monotonic() - found[1] < _SENDER_SECONDS


def _sender(webhook_id: str) -> Sender | None:
    if known_sender(webhook_id):
        return _senders[webhook_id][0]
    row = UpstreamFleet.objects.filter(webhook_id=webhook_id).first()
    if row is None:
        return None
    sender = Sender(row.pk, row.gateway_id, row.webhook_secret.encode())
    _senders[webhook_id] = (sender, time.monotonic())
    return sender


def read(sender: Sender, body: bytes) -> ingest.Incoming:
    """Parse the body of an authenticated request, received now."""
    return ingest.read(sender.upstream_fleet_id, sender.gateway_id, clock.now(), body)


def tell(news: ingest.News) -> None:
    """After commit: open pages are told, and one message each has callbacks delivered and ended vehicles looked after.

    Needs no database.
    """
    if news.vehicle_ids:
        announce(news.vehicle_ids)
    if news.callback_ids:
        wake_delivery(news.callback_ids)
    if news.ended_vehicle_ids:
        wake_settle(news.ended_vehicle_ids)
