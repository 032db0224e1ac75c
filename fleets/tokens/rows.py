"""The rows of tokens: each change is a statement or two that commit by themselves, whatever the caller is in."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from fleets.models import AccessToken
from fleets.storage import clock
from gateways.tokens import Token
from protocol.why import Why

T = TypeVar("T")

# After a failure the endpoint is left alone for so long, twice as long after each, so that a storm of workers does not
# become one there; an urgent action, which may live for a minute, is not kept longer.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=15)
_FREE: dict[str, Any] = {"claim_id": None, "lease_until": None}
_NO_TOKEN: dict[str, Any] = {"value": "", "expires_at": None}
_NO_FAILURE: dict[str, Any] = {"failures": 0, "failing_since": None, "failed_at": None, "failure": None}
# What a statement waits for a row which a caller's own transaction may hold.
_PATIENCE = "2s"


@dataclass(frozen=True)
class Claim:
    """The right to ask for a token, from `began` on (the database's clock) until the lease ends."""

    gateway_id: int
    claim_id: uuid.UUID
    began: datetime


def read(gateway_id: int, used_for: str) -> AccessToken:
    """The gateway's row; one without a token where there is none, or where it is for other credentials."""
    row = AccessToken.objects.filter(pk=gateway_id).first()
    if row is None or row.used_for != used_for:
        return AccessToken(gateway_id=gateway_id, used_for=used_for)
    return row


def token_of(row: AccessToken) -> Token | None:
    if not row.value or row.obtained_at is None or row.expires_at is None:
        return None
    return Token(row.value, frozenset(row.scopes), row.obtained_at, row.expires_at)


def pause_left(row: AccessToken, now: datetime) -> timedelta:
    """How long the endpoint is left alone still."""
    if row.failed_at is None:
        return timedelta()
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(row.failures - 1, 10), LONGEST_PAUSE)
    return max(row.failed_at + pause - now, timedelta())


def claim(row: AccessToken, lease: timedelta, refused: bool) -> Claim | None:
    """Take the right to ask, unless somebody has it or knows more than `row` says. `refused`: its token is no good."""
    now, claim_id = clock.now(), uuid.uuid4()
    AccessToken.objects.get_or_create(pk=row.gateway_id)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    rows = AccessToken.objects.filter(pk=row.gateway_id)
    changed: dict[str, object] = {"claim_id": claim_id, "lease_until": now + lease}
    if row._state.adding:
        # What is there, if anything, is of other credentials.
        rows = rows.exclude(used_for=row.used_for)
        changed |= {"used_for": row.used_for, **_NO_TOKEN, "scopes": [], "obtained_at": None, **_NO_FAILURE}
    else:
        rows = rows.filter(free, used_for=row.used_for, obtained_at=row.obtained_at, failures=row.failures)
        changed |= _NO_TOKEN if refused else {}
    return Claim(row.gateway_id, claim_id, now) if rows.update(**changed) else None


def unknown_to_others(gateway_id: int) -> Claim:
    """For who can't write the row now, and asks all the same: nothing is kept of what comes of it."""
    return Claim(gateway_id, uuid.uuid4(), clock.now())


def succeeded(held: Claim, token: Token) -> Token:
    """Keep it for all, unless the lease is another's by now. Gives it with its times by the database's clock."""
    kept = Token(token.value, token.scopes, held.began, held.began + (token.expires_at - token.obtained_at))
    _held(held).update(
        value=kept.value,
        scopes=sorted(kept.scopes),
        obtained_at=kept.obtained_at,
        expires_at=kept.expires_at,
        **_NO_FAILURE,
        **_FREE,
    )
    return kept


def failed(held: Claim, why: Why) -> None:
    now = clock.now()
    since = Coalesce(F("failing_since"), now)
    _held(held).update(failures=F("failures") + 1, failing_since=since, failed_at=now, failure=why, **_FREE)


def given_back(held: Claim) -> None:
    """The endpoint was not asked."""
    _held(held).update(**_FREE)


def _held(held: Claim) -> QuerySet[AccessToken]:
    return AccessToken.objects.filter(pk=held.gateway_id, claim_id=held.claim_id)


def apart(work: Callable[[], T]) -> T:
    """Run it outside of any transaction: on a connection of its own where the caller is in one.

    Others must see at once who asks and what came of it, and it must stay whatever becomes of that transaction.
    """
    if not connection.in_atomic_block:
        return work()

    def on_its_own() -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_PATIENCE])
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(on_its_own).result()
