"""Passwords of API clients: recognised, and when each was last used."""

from datetime import datetime, timedelta

from fleets.models import ApiClient, ApiSecret
from fleets.models.api_client import digest_of
from fleets.storage import clock
from fleets.storage.rows import Rows, read_several
from fleets.storage.sql import run_prepared

PRECISION = timedelta(minutes=5)
"""How old what is kept of the last use may be."""

_secrets, _clients = Rows(ApiSecret, "secret"), Rows(ApiClient, "client")
# Prepared, since each request asks for it. Nobody learns by the time that it takes what a digest begins with: it is
# one of 256 random bits.
_FOUND = f"""
SELECT {_secrets.columns}, {_clients.columns}
FROM fleets_apiclient client JOIN fleets_apisecret secret ON secret.client_id = client.id
WHERE client.client_id = %(client_id)s AND client.active AND secret.digest = %(digest)s
"""  # noqa: S608
_USED = """
UPDATE fleets_apisecret SET last_used_at = %(now)s::timestamptz
WHERE id = %(id)s AND (last_used_at IS NULL OR last_used_at < %(before)s::timestamptz)
"""


def find(client_id: str, secret: str) -> ApiSecret | None:
    """The password with its client, over or not; None where it is none of an active client's. One statement."""
    if "\x00" in client_id:
        return None
    # Half of a surrogate pair is in no password of ours.
    rows = run_prepared(_FOUND, {"client_id": client_id, "digest": digest_of(secret)})
    if not rows:
        return None
    found: ApiSecret
    found, found.client = read_several(rows[0], _secrets, _clients)
    return found


def used(secret: ApiSecret, now: datetime) -> None:
    """Note that it is used now, unless that was noted a few minutes ago: then no statement."""
    before = now - PRECISION
    if secret.last_used_at is None or secret.last_used_at < before:
        run_prepared(_USED, {"id": secret.pk, "now": now, "before": before})


def end(secret: ApiSecret) -> None:
    """From now on it is refused, and each token that was given for it."""
    secret.ended_at = clock.now()
    secret.save(update_fields=["ended_at"])
