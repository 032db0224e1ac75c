"""Why an action waits that the manufacturer's cloud has not even looked at, since it was not let in."""

from gateways.interface import GatewayError, Refused, Source
from protocol.why import Why
from remotes.words import codes

# Nothing of the API's is there; the vehicle is another matter.
_NOTHING_THERE = (404, 405, 410)


def why_not_let_in(error: Refused) -> Why:
    """Of a refusal that is not the API's own: our credentials, something in front, or an address that leads nowhere."""
    if error.source is Source.CREDENTIALS:
        return Why(codes.CREDENTIALS_BECAUSE, why=error.why)
    name = codes.NOTHING_THERE if error.status in _NOTHING_THERE else codes.IN_FRONT_BECAUSE
    return Why(name, status=error.status, why=error.why)


def why_no_callback(error: GatewayError) -> Why:
    """Why an action waits for our callback, without which nothing is sent."""
    if isinstance(error, Refused) and error.source is not Source.API:
        return why_not_let_in(error)
    return Why(codes.NO_CALLBACK, why=error.why)
