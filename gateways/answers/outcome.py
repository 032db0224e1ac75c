"""What an answer comes to: the document that it holds, or how the request has ended instead, in upstream's words."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from gateways import codes
from gateways.answers.shapes import is_error, read, x_error
from gateways.answers.who import has_reached_nobody, source
from gateways.bounded import Answer
from gateways.interface import LONGEST_PAUSE, NotAccepted, OutcomeUnknown, Refused, Source
from gateways.masking import Masking
from gateways.words import where, words, words_in
from protocol import retry_after
from protocol.canonical import JsonObject
from protocol.errors import Invalid
from protocol.storable import check_storable
from protocol.why import Why

# Names of errors of v1 that are no verdict, whatever their status.
_BROKEN = re.compile(r"internal|server|unavailable|timeout|gateway", re.IGNORECASE)


def document(answer: Answer, masking: Masking) -> JsonObject:
    """The document of a 2xx, empty where there is none. Raises NotAccepted, Refused or OutcomeUnknown for all else."""
    if answer.status == 429:
        raise NotAccepted(Why(codes.SLOW_DOWN_BECAUSE, why=_words(answer, masking)), pause(answer))
    if answer.is_refusal:
        who = source(answer)
        if who is Source.GATEWAY and not has_reached_nobody(answer):
            raise OutcomeUnknown(_answered(answer, masking))
        raise Refused(answer.status, _words(answer, masking), who)
    if not 200 <= answer.status < 300:
        raise OutcomeUnknown(_answered(answer, masking))
    if not answer.is_whole:
        raise OutcomeUnknown(Why(codes.TOO_LARGE))
    if not answer.content:
        return {}
    body = _json(answer)
    if not isinstance(body, dict):
        raise OutcomeUnknown(_unreadable(answer, masking))
    return body


def state_in(told: JsonObject, masking: Masking) -> JsonObject:
    """A vehicle's state as it came. Raises OutcomeUnknown where it is an error that came with a 200."""
    if not is_error(told):
        return told
    said = words_in(told, masking)
    raise OutcomeUnknown(Why(codes.ANSWERED_SAYING, status=200, words=said) if said else Why(codes.UNREADABLE))


def is_not_offered(answer: Answer) -> bool:
    """Whether the API itself says that the vehicle's cloud does not offer what was asked for.

    One page calls the same status an internal error, and anything in between may answer with it: so the body decides.
    """
    if answer.status != 501:
        return False
    error = x_error(read(answer.headers, answer.content).document)
    return error is not None and not _BROKEN.search(str(error.get("name") or error.get("code")))


def _json(answer: Answer) -> Any:
    """The body, None where it can't be read or kept."""
    try:
        body = json.loads(answer.content)
        check_storable(body)
    except (ValueError, RecursionError, Invalid):
        return None
    return body


def pause(answer: Answer) -> float | None:
    """Seconds that an answer asks to wait: one at the least, or it would be asked again and again."""
    told = retry_after.seconds(answer.header("Retry-After"), datetime.now(UTC))
    return None if told is None else min(max(told, 1.0), LONGEST_PAUSE)


def _words(answer: Answer, masking: Masking) -> str:
    return words(answer, masking) or f"HTTP {answer.status}"


def _answered(answer: Answer, masking: Masking) -> Why:
    """A status that says neither yes nor no."""
    if 300 <= answer.status < 400 and (place := where(answer, masking)):
        return Why(codes.REDIRECTED, status=answer.status, where=place)
    said = words(answer, masking)
    if not said:
        return Why(codes.ANSWERED, status=answer.status)
    return Why(codes.ANSWERED_SAYING, status=answer.status, words=said)


def _unreadable(answer: Answer, masking: Masking) -> Why:
    """A 2xx without a document; the first words of a page tell whose it is."""
    is_document = read(answer.headers, answer.content).document is not None
    said = "" if is_document else words(answer, masking)
    return Why(codes.PAGE, words=said) if said else Why(codes.UNREADABLE)
