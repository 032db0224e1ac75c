"""The token store of a gateway (gateways/tokens.py): a row in PostgreSQL, and one worker at a time who asks for all.

Whoever asks holds a lease on the row, and no transaction, while the token endpoint is asked. While the present token is
good the others go on using it; else they wait a while for the new one.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.utils.crypto import salted_hmac

from fleets.models import AccessToken
from fleets.storage import clock
from fleets.tokens import codes, rows
from gateways.codes import TOKEN_FAILED
from gateways.interface import Account, GatewayError, NotAccepted
from gateways.tokens import Token
from protocol.why import Why

logger = logging.getLogger(__name__)

# Another token is asked for when so much of the present one's life is left, at the most; it is used until so much is.
RENEWED, USED = timedelta(seconds=60), timedelta(seconds=5)
# The same as a share of its life, which may be short.
RENEWED_SHARE, USED_SHARE = 0.2, 0.1
# Seconds that a token is used without looking at the row again, and between two looks of who waits for another worker.
KEPT, BETWEEN = 5.0, 0.1
# Share of a request's time that is waited for another worker.
WAITED = 0.25
# Beyond the time-outs of asking.
LEASE_MORE = timedelta(seconds=10)
# Seconds after which the endpoint is asked again at the latest, whatever it says.
LONGEST = rows.LONGEST_PAUSE.total_seconds()


def used_for(account: Account) -> str:
    """What tells apart the accounts that tokens are given to; nobody reads a secret out of it."""
    told = [account.dialect, account.base_url, account.token_url, account.client_id, account.client_secret]
    told += [account.scopes, account.certificate]
    return salted_hmac("fleets.tokens", json.dumps(told), algorithm="sha256").hexdigest()


class GatewayTokens:
    """The store of one gateway and its present credentials. It may be kept, but belongs to one thread."""

    def __init__(self, gateway_id: int, account: Account) -> None:
        self._gateway_id = gateway_id
        self._used_for = used_for(account)
        self._lease = timedelta(seconds=account.total_timeout) + LEASE_MORE
        self._patience = account.total_timeout * WAITED
        self._kept: Token | None = None
        self._look_at = 0.0

    def token(self, fetch: Callable[[], Token], refused: Token | None = None) -> Token:
        """A token that is good for a while yet, and not the refused one; asked for by `fetch` where there is none.

        Raises what `fetch` raises; NotAccepted where another worker does not get one in time, or where the endpoint has
        just failed and is left alone for a moment.
        """
        kept, self._kept = self._kept, None
        if kept is not None and refused is None and time.monotonic() < self._look_at and not _is_due(kept, clock.now()):
            self._kept = kept
            return kept
        ends = time.monotonic() + self._patience
        while True:
            found = self._look(fetch, refused)
            if found is not None:
                return self._keep(found)
            if time.monotonic() >= ends:
                raise without(Why(codes.AWAITED), 1.0)
            time.sleep(BETWEEN)

    def _keep(self, token: Token) -> Token:
        self._kept, self._look_at = token, time.monotonic() + KEPT
        return token

    def _look(self, fetch: Callable[[], Token], refused: Token | None) -> Token | None:
        """One look at the row: the token to use; None while another worker asks for it."""
        row = rows.apart(lambda: rows.read(self._gateway_id, self._used_for))
        now, found = clock.now(), rows.token_of(row)
        is_refused = found is not None and refused is not None and found.value == refused.value
        good = None if found is None or is_refused or not _is_usable(found, now) else found
        if good is not None and not _is_due(good, now):
            return good
        pause = rows.pause_left(row, now)
        if not pause:
            held = self._claim(row, is_refused)
            if held is not None:
                return self._ask(held, fetch, good)
        if good is None and pause:
            raise without(row.failure or Why(codes.AWAITED), pause.total_seconds())
        return good

    def _claim(self, row: AccessToken, is_refused: bool) -> rows.Claim | None:
        try:
            return rows.apart(lambda: rows.claim(row, self._lease, is_refused))
        except (DatabaseError, InterfaceError):
            if not connection.in_atomic_block:
                raise
            # The gateway itself is of this transaction, or locked by it.
            return rows.unknown_to_others(self._gateway_id)

    def _ask(self, held: rows.Claim, fetch: Callable[[], Token], good: Token | None) -> Token:
        """Ask the endpoint. While the token before is good, a failure is kept and harms nobody."""
        try:
            token = fetch()
        except GatewayError as error:
            why = error.why
            rows.apart(lambda: rows.failed(held, why))
            if good is None and isinstance(error, NotAccepted) and (error.retry_after or 0) > LONGEST:
                # It is asked again sooner than it says: no action ends for that.
                raise NotAccepted(why, LONGEST) from error
            if good is None:
                raise
            logger.warning("Gateway %s: no new token, the present one is used: %s", self._gateway_id, error)
            return good
        except BaseException:
            rows.apart(lambda: rows.given_back(held))
            raise
        try:
            return rows.apart(lambda: rows.succeeded(held, token))
        except (DatabaseError, InterfaceError):
            # This worker has it; the others ask anew when the lease is over.
            logger.warning("Gateway %s: a token could not be kept", self._gateway_id, exc_info=True)
            return token


def without(why: Why, retry_after: float) -> NotAccepted:
    """For who did not ask: surely nothing was sent."""
    return NotAccepted(why if why.code == TOKEN_FAILED else Why(TOKEN_FAILED, why=why), retry_after)


def _is_usable(token: Token, now: datetime) -> bool:
    return now < token.expires_at - _left(token, USED, USED_SHARE)


def _is_due(token: Token, now: datetime) -> bool:
    """Whether another one is to be asked for."""
    return now >= token.expires_at - _left(token, RENEWED, RENEWED_SHARE)


def _left(token: Token, most: timedelta, share: float) -> timedelta:
    return min(most, (token.expires_at - token.obtained_at) * share)
