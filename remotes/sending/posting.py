"""Posts an action to the manufacturer's cloud. What it gives is what came of it; nothing is written down here."""

from fleets.clients import client_for
from fleets.models import UpstreamFleet
from gateways.interface import Exchange, GatewayError, Observer
from remotes import audit
from remotes.gate import gate
from remotes.models import RemoteAction
from remotes.sending import last_look
from remotes.sending.claiming import Claim, prepare_late


def send(claim: Claim, upstream: UpstreamFleet) -> str | GatewayError:
    """Post the action, unless the last look says why not. Gives its id upstream, or how it went else."""
    try:
        prepared = claim.prepared or prepare_late(claim, upstream)
        refusal = last_look.why_not(claim)
        if refusal is not None:
            audit.not_sent(claim.action, prepared.exchange, refusal.why)
            return refusal
        return client_for(claim.action.gateway, _recorder(claim.action)).send(prepared)
    except GatewayError as error:
        return error


def _recorder(action: RemoteAction) -> Observer:
    """Keeps what comes back: what goes out is on record already."""
    record = audit.observer(action)

    def observe(exchange: Exchange) -> None:
        if exchange.duration is not None:
            record(exchange)
        gate.observe(action.gateway, exchange)

    return observe
