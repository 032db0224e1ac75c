"""The webhook that upstream posts notifications to (fleet-owner-v3-webhook.yaml).

Authenticate, parse, store, and only then answer 200. Not authenticated: 401 and nothing is stored. Not stored: 503
while the database is away, else 500, so that upstream posts it again. What can't be read is quarantined and answered
200: a repeat would not make it readable. Larger than anything that is meant: 413, noted for people and logged.
"""

import hmac
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callbacks.wake import wake_delivery
from fleets.models import UpstreamFleet
from fleets.storage import clock
from protocol.parts import check_parts
from remotes.intake import ingest
from remotes.intake.refused import Refusal, note_refused
from remotes.jobs import wake_settle
from remotes.live import announce

logger = logging.getLogger(__name__)

MAX_BODY = 10 * 1024 * 1024
# A callback may ask for 10,000 events a request (fleet-owner-v3.yaml, batch-notify.size), each of which has 10 values:
# so there is room for more than as many again.
MAX_PARTS = 250_000
# From here on reading one takes long enough for others to notice.
LONG = 64 * 1024
NOT_AUTHENTICATED = "Neither the address nor the Authorization header holds this callback's secret."
NOT_STORED = "The notification could not be stored; post it again."


@dataclass(frozen=True)
class Shown:
    """What a request shows to prove whose it is; both secrets as bytes, empty where there is none."""

    webhook_id: str
    in_path: bytes
    in_header: bytes


@dataclass(frozen=True)
class Secrets:
    """The two secrets of a webhook, and until when they are good; None: for as long as they are there."""

    in_path: bytes
    in_header: bytes
    good_until: datetime | None = None


@dataclass(frozen=True)
class Sender:
    upstream_fleet_id: int
    gateway_id: int
    secrets: tuple[Secrets, ...] = ()


# Webhook id → sender and when it was read.
_senders: dict[str, tuple[Sender, float]] = {}
_SENDER_SECONDS = 60.0


def shown(place: str, authorization: str) -> Shown:
    """`place` is what stands behind /webhook/ in the path: the webhook id, and maybe the secret."""
    webhook_id, _, secret = place.partition("/")
    return Shown(webhook_id, secret.encode("utf-8", "replace"), authorization.encode("utf-8", "replace"))


def recognised(shown: Shown) -> Sender | None:
    """The sender, where its secrets are in memory and one of them is shown. Needs no database."""
    sender, read_at = _senders.get(shown.webhook_id, (None, 0.0))
    if sender is None or time.monotonic() - read_at >= _SENDER_SECONDS:
        return None
    return sender if _proves(shown, sender) else None


def authenticate(asking: Sequence[Shown]) -> list[Sender | None]:
    """For each the sender one of whose secrets is shown, by the database; None where there is none.

    Statements: 2, however many ask.
    """
    ids = {shown.webhook_id for shown in asking if shown.webhook_id.isprintable()}
    rows = UpstreamFleet.objects.prefetch_related("former_secrets").filter(webhook_id__in=ids) if ids else ()
    known = {row.webhook_id: _remembered(row) for row in rows}
    return [_if_proved(shown, known.get(shown.webhook_id)) for shown in asking]


def _if_proved(shown: Shown, sender: Sender | None) -> Sender | None:
    if sender is None or _proves(shown, sender):
        return sender
    note_refused(sender.upstream_fleet_id)
    return None


def _remembered(row: UpstreamFleet) -> Sender:
    """The row's sender, for who asks next, too."""
    known = [Secrets(row.path_secret.encode(), row.webhook_secret.encode())]
    known += [
        Secrets(former.path_secret.encode(), former.webhook_secret.encode(), former.good_until)
        for former in row.former_secrets.all()
    ]
    sender = Sender(row.pk, row.gateway_id, tuple(known))
    _senders[row.webhook_id] = (sender, time.monotonic())
    return sender


def _proves(shown: Shown, sender: Sender) -> bool:
    """Each secret is compared, so that how long it takes tells nothing."""
    now = clock.now()
    found = False
    for secrets in sender.secrets:
        in_header = hmac.compare_digest(shown.in_header, b"Bearer " + secrets.in_header)
        in_path = hmac.compare_digest(shown.in_path, secrets.in_path)
        is_good = secrets.good_until is None or now < secrets.good_until
        found |= is_good and ((in_header and secrets.in_header != b"") or (in_path and secrets.in_path != b""))
    return found


def read(sender: Sender, body: bytes) -> ingest.Incoming:
    """Parse the body of an authenticated request, received now. Raises TooManyParts, and stores nothing then."""
    check_parts(body, MAX_PARTS, deepest=MAX_PARTS)
    return ingest.read(sender.upstream_fleet_id, sender.gateway_id, clock.now(), body)


def note_too_large(sender: Sender) -> None:
    """A notification of the sender's was refused for its size; people see it where they see the callback."""
    logger.warning("A notification of upstream fleet %s has too many bytes or parts", sender.upstream_fleet_id)
    note_refused(sender.upstream_fleet_id, Refusal.TOO_LARGE)


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
