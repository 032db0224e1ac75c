"""Posts an action to the manufacturer's cloud. What it gives is what came of it; nothing is written down here."""

import time

from fleets.clients import client_for
from fleets.models import UpstreamFleet
from gateways.codes import TOKEN_LATE
from gateways.interface import Exchange, GatewayError, NotAccepted, Prepared
from protocol.why import Why
from remotes import audit
from remotes.gate import gate
from remotes.sending import last_look
from remotes.sending.claiming import Claim, prepare_late
from remotes.words import codes


def send(claim: Claim, upstream: UpstreamFleet) -> str | GatewayError:
    """Post the action, unless the last look says why not. Gives its id upstream, or how it went else."""
    try:
        prepared = claim.prepared or prepare_late(claim, upstream)
        _look(claim, prepared.exchange, Why(codes.TOO_SLOW))
        return _Sending(claim).of(prepared)
    except GatewayError as error:
        return error


def _look(claim: Claim, exchange: Exchange, late: Why) -> None:
    """The last look. Raises NotAccepted, on record, where it says why not: `late` where the time was over."""
    refusal = last_look.why_not(claim)
    if refusal is not None:
        why = late if refusal.why.code == codes.TOO_SLOW else refusal.why
        audit.not_sent(claim.action, exchange, why)
        raise NotAccepted(why, refusal.retry_after)


class _Sending:
    """Keeps what comes back: what goes out is on record already, but for what goes once more with another token.

    Getting a token takes its time: then there is another last look, right before the request goes.
    """

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._record = audit.observer(claim.action)
        self._looked_at = time.monotonic()
        self._has_looked = self._has_gone = False

    def of(self, prepared: Prepared) -> str:
        """Post it; gives its id upstream. Raises a GatewayError."""
        gateway = self._claim.action.gateway
        try:
            return client_for(gateway, self._observe).send(prepared)
        except GatewayError as error:
            if not (self._has_gone or self._has_looked):
                # There was no token for it: what is on record has not gone.
                audit.not_sent(self._claim.action, prepared.exchange, error.why)
            raise

    def _observe(self, exchange: Exchange) -> None:
        is_over = exchange.duration is not None
        if exchange.counts and not is_over:
            self._look_again(exchange)
        if exchange.counts and (is_over or exchange.attempt > 1):
            self._record(exchange)
        gate.observe(self._claim.action.gateway, exchange)

    def _look_again(self, exchange: Exchange) -> None:
        if exchange.attempt > 1 or time.monotonic() - self._looked_at > last_look.FRESH:
            self._has_looked = True
            _look(self._claim, exchange, Why(TOKEN_LATE))
        self._has_gone = True
