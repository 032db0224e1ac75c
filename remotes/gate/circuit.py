"""When a gateway counts as down or our credentials as refused: plain functions over plain values."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import takewhile
from urllib.parse import urlsplit

from gateways import codes as cloud
from gateways.answers.shapes import Shape, read
from gateways.interface import Exchange, Source
from protocol.why import Why
from remotes.models import GatewayHealth
from remotes.words import codes

State = GatewayHealth.State

# The newest outcomes that are looked at.
KEPT = 20
# Down: that many failures in a row over that many vehicles, or that share of the last KEPT over more than one.
IN_A_ROW = 5
VEHICLES = 3
SHARE = 0.8

# Refused: that many answers in a row, since a single one happens to clouds whose tokens are just being renewed.
REFUSALS = 2
# The same by something in front that may mean a single request, and is not the gateway that knows our account; over
# more than one vehicle.
BLOCKS = 3
BLOCKED = 2

# Between two probes of a gateway that is closed: as long as it has been, within these. They become rarer while our
# credentials are refused, since the cloud might lock us out.
FIRST_PROBE = timedelta(seconds=5)
LAST_PROBE = {State.DOWN: timedelta(minutes=2), State.REFUSED: timedelta(minutes=10)}
# An urgent action, which may not live until the next probe, may be one so long after the last.
URGENT_PROBE = timedelta(seconds=15)

_VEHICLE = re.compile(r"/vehicles/([^/]+)")
_STATES = re.compile(r"/fleets/[^/]+/status$")
# A cloud without the list of a fleet's states answers one of these, or something in front of it does.
NO_STATES = {403, 404, 405, 410, 501}


class Sign(StrEnum):
    """What a request says of the gateway. `ANSWERED`: it works, whatever it thinks of this request.

    `FORBIDDEN`: the API itself forbids it for this vehicle. `BLOCKED`: something in front forbids it, for whatever it
    dislikes. `REFUSED`: our credentials are not taken, or the gateway in front lets this account do nothing.
    """

    ANSWERED = "answered"
    FAILED = "failed"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    REFUSED = "refused"


@dataclass(frozen=True)
class Seen:
    """One outcome, and whom it was about: a vehicle, else the address that was asked."""

    outcome: Sign
    subject: str


def seen(exchange: Exchange) -> Seen:
    """What a request that is over says of the gateway."""
    path = urlsplit(exchange.url).path
    vehicle = _VEHICLE.search(path)
    return Seen(_outcome(exchange, path), vehicle.group(1) if vehicle else path)


def _outcome(exchange: Exchange, path: str) -> Sign:
    status = exchange.status
    if exchange.source is Source.CREDENTIALS or status == 401 or is_about_certificate(exchange.why):
        return Sign.REFUSED
    if status == 403:
        return _forbidden(exchange, path)
    if status == 429:
        return Sign.ANSWERED
    if 400 <= (status or 0) < 500 and is_readable(exchange) and not _is_of_gateway(exchange):
        return Sign.ANSWERED
    # What was sent with an answer that is too large or cut is not known to be accepted: the next would not be either.
    works = 200 <= (status or 0) < 300 and exchange.why is None and is_readable(exchange)
    return Sign.ANSWERED if works else Sign.FAILED


def _forbidden(exchange: Exchange, path: str) -> Sign:
    # The list of our fleets concerns no vehicle: who may not read it may do nothing.
    if path.endswith("/fleets") or _is_of_gateway(exchange):
        return Sign.REFUSED
    # A firewall in front may dislike what is written in this one request.
    return Sign.BLOCKED if exchange.source is Source.GATEWAY else Sign.FORBIDDEN


def _is_of_gateway(exchange: Exchange) -> bool:
    """Whether the gateway in front has answered in its own form: it decides about accounts, and knows no vehicle."""
    shape = read(exchange.response_headers, exchange.response_body).shape
    return exchange.source is Source.GATEWAY and shape is Shape.GATEWAY


def is_about_certificate(why: Why | None) -> bool:
    """Whether no connection was made because of what we show, or have, to make one."""
    return why is not None and why.code in (cloud.CERTIFICATE_REFUSED, cloud.BAD_CREDENTIALS)


def is_readable(exchange: Exchange) -> bool:
    """Whether the cloud itself answered: JSON or nothing, no page of something in between."""
    body = exchange.response_body.lstrip()
    return not body or body[:1] in (b"{", b"[")


def is_of_a_send(exchange: Exchange) -> bool:
    """Whether a remote action was sent, and nothing only read."""
    return exchange.method == "POST" and urlsplit(exchange.url).path.endswith("/remotes")


def tells_of_all(exchange: Exchange) -> bool:
    """Whether what became of a request other than a sending concerns the whole gateway.

    The cloud's own 5xx may be that of one address alone. So may a vehicle whose data the API does not let us read, and
    the list of a fleet's states, which is not part of every plan.
    """
    if exchange.method == "GET" and _is_of_one_address(exchange.status, exchange.source, urlsplit(exchange.url).path):
        return False
    return exchange.status is None or exchange.status < 500 or not is_readable(exchange)


def _is_of_one_address(status: int | None, source: Source | None, path: str) -> bool:
    if _STATES.search(path):
        return status in NO_STATES and source is not Source.CREDENTIALS
    return status == 403 and source is Source.API and _VEHICLE.search(path) is not None


def verdict(newest_first: Sequence[Seen]) -> State | None:
    """What the last outcomes make of a gateway that was up; None when it stays so."""
    if not newest_first or newest_first[0].outcome is Sign.ANSWERED:
        return None
    refused = leading(newest_first, Sign.REFUSED)
    blocked = leading(newest_first, Sign.REFUSED, Sign.BLOCKED)
    forbidden = leading(newest_first, Sign.FORBIDDEN)
    is_blocked = len(blocked) >= BLOCKS and len(set(blocked)) >= BLOCKED
    if len(refused) >= REFUSALS or is_blocked or len(set(forbidden)) >= VEHICLES:
        return State.REFUSED
    failed = [item.subject for item in newest_first if item.outcome is Sign.FAILED]
    failures = leading(newest_first, Sign.FAILED)
    in_a_row = len(failures) >= IN_A_ROW and len(set(failures)) >= VEHICLES
    most = len(newest_first) >= KEPT and len(failed) >= SHARE * len(newest_first) and len(set(failed)) > 1
    return State.DOWN if in_a_row or most else None


def leading(newest_first: Iterable[Seen], *outcomes: Sign) -> list[str]:
    """Whom the last outcomes, one after the other, were about, as long as they are of these."""
    return [item.subject for item in takewhile(lambda item: item.outcome in outcomes, newest_first)]


def until_probe(state: State, lasted: timedelta) -> timedelta:
    """How long after a failed probe the next one goes; doubles with each while the gateway is closed."""
    return max(FIRST_PROBE, min(lasted, LAST_PROBE[state]))


def why(exchange: Exchange) -> Why:
    """What the last request met, in the words of whoever answered."""
    status, said = exchange.status, exchange.said
    if exchange.why is not None and exchange.source is Source.CREDENTIALS:
        # A token is refused by another server than the API's, which is said there.
        return exchange.why
    if status is None:
        return exchange.why if exchange.why and is_about_certificate(exchange.why) else Why(codes.IS_SILENT)
    if 300 <= status < 400 and said:
        return Why(codes.LEADS_ELSEWHERE, status=status, where=said)
    if status < 300:
        return Why(codes.IS_PAGE, words=said) if said else Why(codes.IS_UNREADABLE)
    name, name_saying = _met(exchange)
    return Why(name_saying, status=status, words=said) if said else Why(name, status=status)


def _met(exchange: Exchange) -> tuple[str, str]:
    """The codes for it, without and with words."""
    if exchange.source is Source.GATEWAY:
        return codes.IN_FRONT, codes.IN_FRONT_SAYING
    if exchange.status in (401, 403) or exchange.source is Source.CREDENTIALS:
        return codes.REFUSES, codes.REFUSES_SAYING
    return codes.HAS_ERRORS, codes.HAS_ERRORS_SAYING


def is_in_front(met: Why | None) -> bool:
    """Whether a gateway is closed by something in front of it, of what `why` has found."""
    return met is not None and met.code in (codes.IN_FRONT, codes.IN_FRONT_SAYING)
