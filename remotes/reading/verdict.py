"""What an answer other than a state means: plain functions."""

from gateways.codes import SLOW_DOWN_BECAUSE, UNREACHABLE
from gateways.interface import GatewayError, NotAccepted, Refused, Source
from protocol.why import Why
from remotes.gate.circuit import NO_STATES
from remotes.words import codes

_OF_STATUS = {401: codes.STATE_FORBIDDEN, 403: codes.STATE_FORBIDDEN, 404: codes.STATE_NONE, 410: codes.STATE_NONE}


def why_not(error: GatewayError) -> Why:
    """Why there is no state, with the cloud's own words where it has said any."""
    if not isinstance(error, Refused) or not is_about_vehicle(error):
        return Why(codes.STATE_FAILED, why=error.why)
    return Why(_OF_STATUS.get(error.status, codes.STATE_REFUSED), why=error.why)


def was_asked(error: GatewayError) -> bool:
    """Whether the cloud was asked at all, or tried to be reached; else it was we who waited."""
    return not isinstance(error, NotAccepted) or error.why.code == UNREACHABLE


def is_about_vehicle(error: GatewayError) -> bool:
    """Whether the API itself has refused, so that others of its vehicles may be read all the same."""
    return isinstance(error, Refused) and _source(error) == Source.API


def has_no_list(error: GatewayError) -> bool:
    """Whether there is no list of a fleet's states for us, whoever says so."""
    status = error.status if isinstance(error, Refused) else error.why.values.get("status")
    return is_about_vehicle(error) or status in NO_STATES


def asks_to_slow_down(error: GatewayError) -> bool:
    """Whether the cloud has answered 429."""
    return isinstance(error, NotAccepted) and error.why.code == SLOW_DOWN_BECAUSE


def _source(error: Refused) -> str:
    return error.source
