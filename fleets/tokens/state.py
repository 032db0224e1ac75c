"""What is known of a gateway's access token, for people: whether there is one, since when not, and what it allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fleets.clients import account_of
from fleets.models import AccessToken, Gateway
from fleets.storage import clock
from fleets.tokens import codes
from fleets.tokens.rows import pause_left
from fleets.tokens.store import used_for, without
from gateways.codes import TOKEN_FAILED
from gateways.interface import NotAccepted
from gateways.tokens import asked_scopes
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.v1 import scopes
from protocol.why import Why

# Until who waits for a worker that asks an endpoint which has failed looks again.
ASKED_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True)
class TokenState:
    """`ok` None: nothing is wrong, but there is something to know. `asked` and `granted` are scopes, sorted.

    `granted` None: there was no token yet, so that nobody knows.
    """

    ok: bool | None
    why: Why
    asked: tuple[str, ...]
    granted: tuple[str, ...] | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The scopes that were asked for and not granted, in whichever spelling."""
        has = self.granted
        return () if has is None else tuple(scope for scope in self.asked if not scopes.has(has, scope))

    @property
    def refused_types(self) -> tuple[RemoteType, ...]:
        """What no vehicle of this account can be asked for, since its scope was not granted (or never asked for)."""
        has = self.granted
        if has is None:
            return ()
        of_v1 = (entry for entry in REMOTE_TYPES.values() if entry.v1 is not None)
        return tuple(entry for entry in of_v1 if not scopes.may_send_upstream(has, entry.name))


def needs_token(gateway: Gateway) -> bool:
    return gateway.dialect == Gateway.Dialect.V1


def token_state(gateway: Gateway) -> TokenState | None:
    """None where the gateway's dialect needs no token. One statement at the most."""
    if not needs_token(gateway):
        return None
    row = AccessToken.objects.filter(pk=gateway.pk).first()
    asked = tuple(sorted(asked_scopes(account_of(gateway))))
    if row is None:
        return TokenState(None, Why(codes.NOT_ASKED), asked, None)
    ok, why = _judged(row, clock.now())
    return TokenState(ok, why, asked, None if row.obtained_at is None else tuple(row.scopes))


def none_now(gateway: Gateway) -> NotAccepted | None:
    """Why there is surely no token for a request now, since the endpoint has failed and is left alone; else None.

    One statement at the most. Who asks first has no slot of the budget spent for what can't go.
    """
    if not needs_token(gateway):
        return None
    account, now = account_of(gateway), clock.now()
    row = AccessToken.objects.filter(pk=gateway.pk, used_for=used_for(account), failures__gt=0).first()
    if row is None or row.failure is None or (row.value and row.expires_at and now < row.expires_at):
        return None
    left = pause_left(row, now)
    if row.lease_until is not None and now < row.lease_until:
        # One is asking just now: the others need not wait for that with a slot in hand.
        left = max(left, ASKED_AGAIN)
    return without(row.failure, left.total_seconds()) if left else None


def granted(gateway: Gateway) -> tuple[str, ...] | None:
    """The scopes of the gateway's token; None while there was none, so that nobody knows. One statement at the most."""
    if not needs_token(gateway):
        return None
    row = AccessToken.objects.filter(pk=gateway.pk, obtained_at__isnull=False).values_list("scopes", flat=True).first()
    return None if row is None else tuple(row)


def _judged(row: AccessToken, now: datetime) -> tuple[bool | None, Why]:
    is_good = bool(row.value) and row.expires_at is not None and now < row.expires_at
    until, since = _moment(row.expires_at), _moment(row.failing_since)
    if row.failure is not None:
        # That there is none is said here.
        why = row.failure.values.get("why") if row.failure.code == TOKEN_FAILED else row.failure
        if is_good:
            return None, Why(codes.GOOD_FOR_NOW, until=until, since=since, why=why or row.failure)
        return False, Why(codes.NONE, since=since, why=why or row.failure)
    if is_good:
        return True, Why(codes.GOOD, until=until)
    return (None, Why(codes.OVER, until=until)) if row.expires_at else (None, Why(codes.NOT_ASKED))


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"
