"""The gate before a gateway: whether a request may go to it now, and what every request tells of it.

Its budgets say how many (fleets/budgets.py), its health whether any at all (remotes/gate/gateway_health.py). Whoever
has to wait is let through in turn (remotes/gate/pacing.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from fleets import budgets
from fleets.budgets import Asker, Kind, Limits, Wait
from fleets.clients import client_for
from fleets.models import Gateway
from fleets.storage import clock
from fleets.tokens.state import none_now
from gateways import rate_headers
from gateways.interface import Exchange, GatewayClient, NotAccepted, Observer
from protocol.why import Why
from remotes.gate import circuit, gateway_health, recent
from remotes.gate.circuit import Sign
from remotes.gate.gateway_health import Reading, health, on_change
from remotes.gate.line import AGAIN, urgent_waits
from remotes.jobs import PACE, wake
from remotes.models import GatewayHealth, RemoteAction
from remotes.words import codes

__all__ = ["Hold", "client", "health", "hold", "leave", "observe", "on_change", "refuses_us"]

State = GatewayHealth.State

# A gateway that works again takes two requests in the first second, then twice as many each second, up to its limit.
RAMP = timedelta(seconds=8)
# A probe is for actions; when none has taken it for that long, another request may.
OTHERS_PROBE = timedelta(seconds=5)


@dataclass(frozen=True)
class Hold:
    """Not now: look again at `until`. `surely_until`: nothing is sent before, where that is known."""

    until: datetime
    why: Why
    surely_until: datetime | None = None


def hold(gateway: Gateway, fleet_id: int, urgent: bool, now: datetime) -> Hold | None:
    """Whether an action of the fleet may be sent through the gateway now; None when it may, and is sent by this thread.

    Then its share of the budget is taken. Else whoever is let through later is woken again (remotes/gate/pacing.py).
    """
    known = gateway_health.reading(gateway.pk)
    if not known.is_up:
        if _may_probe(known, urgent, now):
            budgets.take_unasked(gateway.pk)
            return None
        return Hold(now + AGAIN, _why_closed(known.health))
    if (lacking := none_now(gateway)) is not None:
        return Hold(now + timedelta(seconds=lacking.retry_after or 0), lacking.why)
    wait = budgets.take(asker(known, fleet_id, Kind.URGENT if urgent else Kind.COMFORT, now))
    if wait is None:
        return None
    transaction.on_commit(lambda: wake(PACE, [gateway.pk]))
    surely_until = now + timedelta(seconds=wait.seconds) if wait.cause == "pause" else None
    return Hold(now + AGAIN, _why_wait(wait, urgent), surely_until)


def observe(gateway: Gateway, exchange: Exchange) -> None:
    """Learn from a request to the gateway, before it goes and when it is over: limits, and whether the gateway works.

    For requests that `hold` has let through; `client` is for all others.
    """
    if exchange.duration is None:
        if exchange.counts:
            budgets.sent(gateway.pk)
        return
    if exchange.counts:
        _learn(gateway, exchange)
    if exchange.tells:
        _judge(gateway, exchange)


def client(gateway: Gateway, record: Observer | None = None, kind: Kind = Kind.OTHER) -> GatewayClient:
    """A client for requests other than sendings: each asks for leave, is learnt from, and told to `record`."""

    def note(exchange: Exchange) -> None:
        observe(gateway, exchange)
        if record is not None:
            record(exchange)

    return client_for(gateway, note, lambda: None if budgets.in_hand(gateway.pk) else leave(gateway, kind))


def leave(gateway: Gateway, kind: Kind = Kind.OTHER) -> NotAccepted | None:
    """Take a slot for a request of this thread other than a sending; None when there is one, else why not.

    They leave the last slot of a second to sendings and wait for theirs up to two seconds. A gateway that is closed may
    be probed so, when no action has done it for a while; in a transaction it may not, since others would wait for its
    end.
    """
    now = clock.now()
    known = gateway_health.reading(gateway.pk)
    if known.is_up:
        if (lacking := none_now(gateway)) is not None:
            return lacking
        wait = budgets.take_spare(asker(known, 0, kind, now))
        return NotAccepted(_why_wait(wait, urgent=False), wait.seconds) if wait is not None else None
    may_probe = kind != Kind.READING and not connection.in_atomic_block and known.probe_is_due(now - OTHERS_PROBE)
    if not may_probe or not gateway_health.take_probe(known, now):
        return NotAccepted(_why_closed(known.health))
    budgets.take_unasked(gateway.pk)
    return None


def refuses_us(gateway: Gateway, status: int) -> bool:
    """Whether an answer with this HTTP status means that our credentials are refused, not this one request."""
    return status == 401 or (status == 403 and health(gateway).state == State.REFUSED)


def asker(known: Reading, fleet_id: int, kind: Kind, now: datetime) -> Asker:
    """Who asks for a slot of the gateway's budget, with what the database knows of its limits."""
    row = known.health
    return Asker(row.pk, fleet_id, kind, Limits(row.burst_limit, row.day_limit), _cap(row, now))


def _cap(row: GatewayHealth, now: datetime) -> int | None:
    """What a gateway that has just come back is asked to take a second, so that nothing stampedes."""
    works_for = now - row.since if row.since else RAMP
    return int(2 * 2 ** (works_for / timedelta(seconds=1))) if timedelta(0) <= works_for < RAMP else None


def _may_probe(known: Reading, urgent: bool, now: datetime) -> bool:
    if not known.probe_is_due(now, urgent=urgent) or (not urgent and urgent_waits(known.health.pk)):
        return False
    return gateway_health.take_probe(known, now, urgent=urgent)


def _learn(gateway: Gateway, exchange: Exchange) -> None:
    told = rate_headers.read(exchange.status, exchange.response_headers, clock.now())
    status = exchange.status or 0
    is_answer = 200 <= status < 500 and status != 429 and circuit.is_readable(exchange)
    limits = budgets.answered(gateway.pk, exchange.duration or 0.0, told, is_answer=is_answer)
    if limits is not None and limits.burst is not None:
        gateway_health.learn(gateway.pk, limits.burst, limits.day)


def _judge(gateway: Gateway, exchange: Exchange) -> None:
    is_send = circuit.is_of_a_send(exchange)
    if not is_send and not circuit.tells_of_all(exchange):
        return
    seen = circuit.seen(exchange)
    newest = recent.add(gateway.pk, is_send, seen)
    state = gateway_health.reading(gateway.pk).health.state
    found = circuit.verdict(newest)
    if seen.outcome is Sign.ANSWERED or (seen.outcome is Sign.FORBIDDEN and state == State.DOWN):
        if state != State.UP:
            # It was not the sendings that were refused.
            if is_send and state == State.REFUSED and not circuit.leading(newest[1:], Sign.REFUSED, Sign.BLOCKED):
                recent.note_sent(gateway.pk)
            _works(gateway, is_send)
    elif not is_send and found == State.REFUSED and recent.is_sent_all_the_same(gateway.pk):
        return
    elif found == State.REFUSED and state != State.REFUSED:
        gateway_health.change(gateway, found, circuit.why(exchange))
    elif found == State.DOWN and state == State.UP:
        gateway_health.change(gateway, found, circuit.why(exchange), len(circuit.leading(newest, Sign.FAILED)))
    elif state != State.UP:
        gateway_health.probe_failed(gateway.pk, clock.now())


def _works(gateway: Gateway, is_send: bool) -> None:
    """Only an action that is taken shows that actions are; where none waits, any answer must do."""
    waiting = RemoteAction.objects.filter(gateway=gateway, state=RemoteAction.State.QUEUED)
    if is_send or not waiting.exists():
        gateway_health.change(gateway, State.UP)
    else:
        gateway_health.probe_now(gateway.pk)


def _why_closed(row: GatewayHealth) -> Why:
    if row.state == State.REFUSED and row.why is not None:
        name = codes.IN_FRONT_UNTIL if circuit.is_in_front(row.why) else codes.CREDENTIALS_UNTIL
        return Why(name, why=row.why)
    if row.state == State.REFUSED:
        return Why(codes.CREDENTIALS)
    return Why(codes.DOWN_BECAUSE, why=row.why) if row.why else Why(codes.DOWN)


def _why_wait(wait: Wait, urgent: bool) -> Why:
    if wait.cause == "pause":
        return Why(codes.SLOW_DOWN)
    if wait.cause in ("day", "spread"):
        name = codes.DAY if urgent else codes.DAY_URGENT_FIRST
        return Why(name, left=wait.left or 0, limit=wait.limits.day or 0)
    others, burst = _others(wait.urgent if urgent else wait.total), wait.limits.burst
    if not burst:
        return Why(codes.PACE_UNKNOWN, others=others)
    return Why(codes.PACE_ONE if burst == 1 else codes.PACE, number=burst, others=others)


def _others(waiting: int | None) -> Why:
    """The one that is told waits too."""
    if waiting is None or waiting < 2:
        return Why(codes.OTHERS_FIRST)
    return Why(codes.OTHER_WAITS if waiting == 2 else codes.OTHERS_WAIT, number=waiting - 1)
