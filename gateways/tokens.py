"""Access tokens by client credentials (RFC 6749, 4.4): how one is asked for, what is read, and who keeps it.

The certificate that we show to the token endpoint says who we are (RFC 8705, 2); where there is a secret, HTTP Basic
says it too.
"""

import math
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import requests

from gateways import codes
from gateways.answers.outcome import document, pause
from gateways.answers.shapes import Shape, read
from gateways.answers.who import source
from gateways.bounded import Answer
from gateways.interface import Account, Exchange, GatewayError, NotAccepted, OutcomeUnknown, Refused, Source
from gateways.masking import Masking, basic_of_client
from gateways.words import words
from protocol.canonical.secret_names import MASK
from protocol.v1 import scopes
from protocol.why import Why

# Seconds. Where no life is told, or none that can be: a token is then asked for once a minute at the most, and one that
# ends earlier is refused with 401 and renewed. The longest: what was granted is looked at anew each day.
ASSUMED_LIFE = 60.0
LONGEST_LIFE = 86_400.0
# It is renewed so long before its end: a tenth of its life, at the most so many seconds.
MARGIN, MARGIN_SHARE = 60.0, 0.1
LARGEST_TOKEN = 16 * 1024

# What a header can hold (RFC 6750, 2.1, and what some write beside).
_TOKEN = re.compile(r"[\x21-\x7e]+")
# What may be a token in an answer that should hold one, and is not written as it should be.
_MAYBE_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{20,}")
# How a token endpoint refuses us, rather than says that there is none.
_REFUSED = (400, 401, 403, 422)
# What is not granted (RFC 6749, 5.2).
_NO_SUCH_SCOPE = "invalid_scope"


@dataclass(frozen=True)
class Token:
    """`scopes` are the granted ones. Times in UTC; `obtained_at` is when the request for it was begun."""

    value: str = field(repr=False)
    scopes: frozenset[str]
    obtained_at: datetime
    expires_at: datetime

    @property
    def good_until(self) -> datetime:
        """When it is to be renewed: a while before its end."""
        life = (self.expires_at - self.obtained_at).total_seconds()
        return self.expires_at - timedelta(seconds=min(MARGIN, MARGIN_SHARE * life))


class TokenStore(Protocol):
    """Where the token of one account is kept, for all who need it."""

    def token(self, fetch: Callable[[], Token], refused: Token | None = None) -> Token:
        """A token that is good for a while and is not the refused one, asked for by `fetch` where there is none.

        One asks for all. Raises what `fetch` raises; others who have waited for it get NotAccepted with the same why.
        """


class MemoryStore:
    """Keeps it in this process, for as long as the store is there."""

    def __init__(self, token: Token | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._token, self._now = token, now
        self._lock = threading.Lock()
        self._failures = 0
        self._failure: GatewayError | None = None

    def token(self, fetch: Callable[[], Token], refused: Token | None = None) -> Token:
        failures = self._failures
        with self._lock:
            if self._failure is not None and self._failures > failures:
                raise NotAccepted(self._failure.why) from self._failure
            kept = self._token
            if kept is None or kept.good_until <= self._now() or (refused and kept.value == refused.value):
                self._token = None
                kept = self._token = self._fetched(fetch)
            return kept

    def _fetched(self, fetch: Callable[[], Token]) -> Token:
        try:
            return fetch()
        except GatewayError as error:
            self._failure = error
            self._failures += 1
            raise


def asked_scopes(account: Account) -> tuple[str, ...]:
    """The scopes that the account asks for."""
    return tuple(dict.fromkeys(account.scopes.split())) or scopes.PUBLISHED


def request_for(account: Account) -> requests.PreparedRequest:
    """The request for a token. Raises NotAccepted where the token URL can't be used."""
    if not account.token_url:
        raise NotAccepted(Why(codes.TOKEN_FAILED, why=Why(codes.TOKEN_NO_URL)))
    form = {"grant_type": "client_credentials", "scope": " ".join(asked_scopes(account))}
    headers = {"Accept": "application/json"}
    if account.client_secret:
        # Nothing of them stands in the body then.
        headers["Authorization"] = f"Basic {basic_of_client(account.client_id, account.client_secret)}"
    else:
        form = {"client_id": account.client_id, **form}
    try:
        return requests.Request("POST", account.token_url, data=form, headers=headers).prepare()
    except requests.RequestException as error:
        raise _failed(Why(codes.BAD_ADDRESS)) from error


def read_token(answer: Answer, account: Account, began: datetime, masking: Masking) -> Token:
    """The token that the answer holds. `began`: when it was asked for, by our clock; the answer's is not believed.

    Raises Refused where we, or our scopes, are not taken, else NotAccepted: the API was not asked for anything.
    """
    if 400 <= answer.status < 500 and answer.status not in (408, 429):
        raise _refused(answer, account, masking)
    try:
        found = document(answer, hiding(answer, masking))
    except (NotAccepted, OutcomeUnknown, Refused) as error:
        raise _failed(error.why, pause(answer) if answer.status in (429, 503) else None) from error
    value, kind = found.get("access_token"), found.get("token_type")
    if not isinstance(value, str) or not value:
        raise _failed(Why(codes.WITHOUT, key="access_token"))
    if len(value) > LARGEST_TOKEN or not _TOKEN.fullmatch(value):
        raise _failed(Why(codes.TOKEN_UNUSABLE))
    if isinstance(kind, str) and kind.lower() != "bearer":
        raise _failed(Why(codes.TOKEN_KIND, kind=_Hiding(masking).text(kind)[:40]))
    return Token(value, _granted(found.get("scope"), account), began, began + timedelta(seconds=_life(found)))


def failed(error: GatewayError) -> NotAccepted:
    """A request for a token that has ended so: nothing was sent to the API."""
    return _failed(error.why, error.retry_after if isinstance(error, NotAccepted) else None)


def hiding(answer: Answer, masking: Masking) -> Masking:
    """What hides also a token that the answer may hold, in whatever form."""
    return _Hiding(masking) if _is_given(answer.status) else masking


def refuser(answer: Answer) -> Source:
    """Who has refused a token: whatever the endpoint itself refuses, it is our credentials that it does not take."""
    is_told = read(answer.headers, answer.content).shape not in (Shape.PAGE, Shape.TEXT, Shape.EMPTY)
    who = source(answer)
    if is_told and answer.status in _REFUSED:
        return Source.CREDENTIALS
    return Source.GATEWAY if answer.is_refusal and who is Source.API else who


def told(exchange: Exchange) -> Exchange:
    """What is told of a request for a token: only that we are refused says something of the whole account."""
    if _is_given(exchange.status):
        body = _without_token(exchange.response_body.decode("latin-1")).encode("latin-1")
        exchange = replace(exchange, response_body=body, said=_without_token(exchange.said))
    about_us = exchange.why is not None and exchange.why.code in (codes.CERTIFICATE_REFUSED, codes.BAD_CREDENTIALS)
    if exchange.status is None or exchange.source is None:
        return replace(exchange, tells=about_us)
    who = refuser(Answer(exchange.status, exchange.response_headers, exchange.response_body))
    if who is not Source.CREDENTIALS:
        return replace(exchange, source=who, tells=False)
    said = {"status": str(exchange.status), "words": (exchange.said or f"HTTP {exchange.status}").rstrip(".")}
    return replace(exchange, source=who, why=Why(codes.TOKEN_REFUSED, **said), tells=True)


class _Hiding(Masking):
    """What another masks, and all that may be a token: nobody knows where it stands in a page, a text, or XML."""

    def __init__(self, masking: Masking) -> None:
        super().__init__()
        self._masking = masking

    def text(self, text: str) -> str:
        return _without_token(self._masking.text(text))


def _without_token(text: str) -> str:
    return _MAYBE_TOKEN.sub(MASK, text)


def _is_given(status: int | None) -> bool:
    """Whether the answer is one that should hold a token."""
    return status is not None and 200 <= status < 300


def _failed(why: Why, retry_after: float | None = None) -> NotAccepted:
    return NotAccepted(Why(codes.TOKEN_FAILED, why=why), retry_after)


def _refused(answer: Answer, account: Account, masking: Masking) -> Refused:
    status, who = answer.status, refuser(answer)
    said = words(answer, masking) or f"HTTP {status}"
    given = {"status": str(status), "words": said.rstrip(".")}
    why = Why(codes.TOKEN_REFUSED, **given)
    if who is not Source.CREDENTIALS:
        why = Why(codes.TOKEN_NOT_THERE, url=masking.text(account.token_url), **given)
    elif error_of(answer) == _NO_SUCH_SCOPE:
        why = Why(codes.TOKEN_SCOPES, scopes=" ".join(asked_scopes(account)), **given)
    return Refused(status, said, who, why)


def error_of(answer: Answer) -> str:
    """The `error` of an OAuth answer (RFC 6749, 5.2), empty where it is none."""
    body = read(answer.headers, answer.content)
    return str(body.document["error"]) if body.shape is Shape.OAUTH else ""


def _granted(scope: Any, account: Account) -> frozenset[str]:
    """Left out, all that were asked for are granted (RFC 6749, 5.1). Some write an array."""
    told = scope.split() if isinstance(scope, str) else scope if isinstance(scope, list) else []
    return frozenset(name for name in told if isinstance(name, str)) or frozenset(asked_scopes(account))


def _life(found: dict[str, Any]) -> float:
    """Seconds from the request on."""
    told = found.get("expires_in")
    try:
        life = float(told) if isinstance(told, int | float | str) and not isinstance(told, bool) else math.nan
    except (ValueError, OverflowError):
        life = math.inf if isinstance(told, int) and told > 0 else math.nan
    return min(life, LONGEST_LIFE) if life > 0 else ASSUMED_LIFE
