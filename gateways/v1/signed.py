"""Requests that carry an access token, which is got when it is needed (gateways/tokens.py).

One that the API refuses is renewed, and the request goes once more: it was surely not accepted. Nothing else is ever
sent twice. All of it together, the token's requests too, is over within the time of one request.
"""

import copy
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

import requests

from gateways import codes, tokens
from gateways.answers.outcome import document, is_not_offered
from gateways.answers.who import lacks_scope
from gateways.bounded import Answer, Limits
from gateways.exchange import about_to_be_sent
from gateways.http import HttpClient
from gateways.interface import Account, Exchange, NotAccepted, OutcomeUnknown, Prepared, Refused, Source
from gateways.masking import Masking
from gateways.tokens import MemoryStore, Token, TokenStore
from gateways.words import words
from protocol.canonical import JsonObject
from protocol.canonical.secret_names import MASK
from protocol.why import Why

# A request that is begun with a smaller share of its time left would be cut rather than answered.
LEAST_SHARE = 0.25
# Maskings are slow to make, and each token needs one.
_MOST_MASKINGS = 8


class SignedClient(HttpClient):
    """A client whose every request to the API is signed with the account's token."""

    def __init__(self, account: Account, store: TokenStore | None = None) -> None:
        super().__init__(account)
        self._store = store or MemoryStore()
        self._ends: float | None = None
        self._maskings: dict[tuple[str, ...], Masking] = {}

    def _prepare(self, method: str, path: str, body: JsonObject | None) -> Prepared:
        prepared = super()._prepare(method, path, body)
        headers = [*prepared.exchange.request_headers, ("Authorization", MASK)]
        return replace(prepared, exchange=replace(prepared.exchange, request_headers=headers))

    def _send(self, prepared: Prepared) -> JsonObject:
        return self._until(time.monotonic() + self._account.total_timeout)._send_signed(prepared)

    def _until(self, ends: float) -> Self:
        """The same client, whose requests are over by then, on the monotonic clock."""
        client = copy.copy(self)
        client._ends = ends
        return client

    def _send_signed(self, prepared: Prepared) -> JsonObject:
        self._ask_leave()
        token = self._token(None)
        answer = self._with(token, prepared)
        if answer.status == 401:
            self._ask_leave()
            token = self._token(refused=token)
            again = replace(prepared, exchange=replace(prepared.exchange, attempt=2))
            answer = self._with(token, again)
        masking = self._masking_of(token)
        if is_not_offered(answer):
            said = words(answer, masking)
            raise Refused(answer.status, said, Source.API, Why(codes.NOT_OFFERED, words=said))
        return document(answer, masking)

    def _with(self, token: Token, prepared: Prepared) -> Answer:
        if self._left() < LEAST_SHARE * self._account.total_timeout:
            raise NotAccepted(Why(codes.TOKEN_LATE))
        request = prepared.request.copy()
        request.headers["Authorization"] = f"Bearer {token.value}"
        signed = replace(prepared, request=request)
        return self._answer(signed, self._masking_of(token), self._exchange, _about_this_one)

    def _token(self, refused: Token | None) -> Token:
        return self._store.token(self._fetch_token, refused)

    def _fetch_token(self) -> Token:
        """Ask for one. No leave is asked: it goes to another server, and counts in no limit of the API's."""
        if self._left() <= 0:
            raise NotAccepted(Why(codes.TOKEN_NO_TIME))
        request = tokens.request_for(self._account)
        exchange = replace(about_to_be_sent(request, self._masking), counts=False, tells=False)
        began = datetime.now(UTC)
        try:
            answer = self._answer(Prepared(request, exchange), self._masking, self._exchange, tokens.told)
        except (NotAccepted, OutcomeUnknown) as error:
            raise tokens.failed(error) from error
        return tokens.read_token(answer, self._account, began, self._masking)

    def _limits(self, request: requests.PreparedRequest) -> Limits:
        return replace(super()._limits(request), total=self._left())

    def _left(self) -> float:
        return self._account.total_timeout if self._ends is None else self._ends - time.monotonic()

    def _masking_of(self, token: Token) -> Masking:
        """Hides the token too."""
        secrets = (token.value, *self._secrets)
        if secrets not in self._maskings:
            if len(self._maskings) >= _MOST_MASKINGS:
                self._maskings.clear()
            self._maskings[secrets] = Masking(secrets)
        return self._maskings[secrets]


def _about_this_one(exchange: Exchange) -> Exchange:
    """What says nothing of the account: a token that is renewed next, and what is not offered or allowed for this."""
    if exchange.status is None:
        return exchange
    answer = Answer(exchange.status, exchange.response_headers, exchange.response_body)
    is_renewed = answer.status == 401 and exchange.attempt == 1
    is_of_it = is_not_offered(answer) or lacks_scope(answer)
    return replace(exchange, tells=not is_renewed and not is_of_it)
