"""Sends a request under an observer's eyes: it is told before and after, and what it is told holds no secrets."""

import time
from collections.abc import Callable
from dataclasses import replace

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError, ReadTimeoutError

from gateways.answers.who import source
from gateways.bounded import Answer, header_text
from gateways.codes import (
    BAD_CREDENTIALS,
    CERTIFICATE_REFUSED,
    CUT,
    NO_ANSWER,
    PROXY_UNREACHABLE,
    TOO_LARGE,
    UNREACHABLE,
)
from gateways.interface import Exchange, NotAccepted, Observer, OutcomeUnknown, Prepared
from gateways.masking import Masking
from gateways.tls import Unusable, is_refusal
from gateways.words import where, words
from protocol.why import Why

# Bytes of an answer that are handed on.
MAX_ANSWER = 64 * 1024
# The same of one that was not read to its end.
MAX_PART = 4 * 1024
_LONGEST_SECRET = 2 * 1024


Sending = Callable[[requests.PreparedRequest], Answer]
# Makes of what came back what an observer is told.
Marking = Callable[[Exchange], Exchange]


def as_it_is(exchange: Exchange) -> Exchange:
    return exchange


def observed(observe: Observer, masking: Masking, prepared: Prepared, send: Sending, mark: Marking) -> Answer:
    """Send the request and give its answer; whatever `send` raises is passed on.

    What the observer raises is passed on too: before the request, that keeps it from being sent.
    """
    exchange = prepared.exchange
    observe(exchange)
    began = time.monotonic()
    try:
        answer = send(prepared.request)
    except requests.RequestException as error:
        words = masking.text(f"{type(error).__name__}: {error}")
        observe(mark(replace(exchange, duration=time.monotonic() - began, why=failure(error).why, error=words)))
        raise
    observe(mark(_with_answer(exchange, answer, time.monotonic() - began, masking)))
    return answer


def failure(error: requests.RequestException) -> NotAccepted | OutcomeUnknown:
    """A request that was never sent can be tried again; of any other nobody knows what became of it."""
    if isinstance(error, Unusable):
        return NotAccepted(Why(BAD_CREDENTIALS, why=str(error)))
    if is_refusal(error):
        return NotAccepted(Why(CERTIFICATE_REFUSED))
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, ProxyError):
        return NotAccepted(Why(PROXY_UNREACHABLE))
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return NotAccepted(Why(UNREACHABLE))
    # The content came too slowly.
    is_late = bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
    if is_late or isinstance(error, requests.Timeout):
        return OutcomeUnknown(Why(NO_ANSWER))
    return OutcomeUnknown(Why(CUT))


def about_to_be_sent(request: requests.PreparedRequest, masking: Masking) -> Exchange:
    """What an observer is told of a request first."""
    body = request.body or b""
    return Exchange(
        method=str(request.method),
        url=masking.text(str(request.url)),
        request_headers=masking.headers((name, header_text(value)) for name, value in request.headers.items()),
        request_body=masking.body(body if isinstance(body, bytes) else str(body).encode()),
    )


def _with_answer(exchange: Exchange, answer: Answer, duration: float, masking: Masking) -> Exchange:
    # Masked before it is cut, so that no half of a secret is left at the end. Masking takes its time, so of an answer
    # that is not whole only its beginning is, and a secret's length more.
    kept = MAX_ANSWER if answer.is_whole else MAX_PART
    body = masking.body(answer.content if answer.is_whole else answer.content[: MAX_PART + _LONGEST_SECRET])
    is_right = 200 <= answer.status < 300 and answer.content.lstrip()[:1] in (b"", b"{", b"[")
    return replace(
        exchange,
        duration=duration,
        status=answer.status,
        response_headers=masking.headers(answer.headers),
        response_body=body[:kept],
        response_length=len(body) if answer.is_whole else len(answer.content),
        why=None if answer.is_whole else Why(CUT if answer.is_refusal else TOO_LARGE),
        source=None if is_right else source(answer),
        said="" if is_right else where(answer, masking) or words(answer, masking),
    )
