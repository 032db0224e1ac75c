"""The way to the cloud of an account that signs in with tokens: first to the token endpoint, then to the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

import requests

from gateways import tokens
from gateways.addresses import check_base_url
from gateways.diagnosis import token_codes, verdicts
from gateways.diagnosis import tokens as verdicts_of_tokens
from gateways.diagnosis.step import Found, Wrong
from gateways.diagnosis.way import Way, place
from gateways.dialects import client
from gateways.interface import Exchange, GatewayError, NotAccepted
from gateways.tokens import MemoryStore, Token
from gateways.v1.client import ACCOUNT
from protocol.why import Why


class WayByToken(Way):
    """The same steps. From name to credentials they are those of the token endpoint, where our certificate is shown."""

    _token: Token | None = None
    _began: datetime | None = None
    _last: Exchange | None = None

    @property
    def _url(self) -> SplitResult:
        return urlsplit(self._account.token_url)

    def _look_at_address(self) -> Found:
        super()._look_at_address()
        url = self._account.token_url
        if not url:
            raise Wrong(Why(token_codes.TOKEN_URL_MISSING))
        wrong = check_base_url(url, self._allow_http)
        if wrong is not None:
            raise Wrong(Why(token_codes.TOKEN_URL_WRONG, why=wrong))
        return Found(True, Why(token_codes.BOTH_FINE, url=self._account.base_url, token=url))

    def _prepared(self) -> requests.PreparedRequest:
        try:
            request = tokens.request_for(self._account)
        except NotAccepted as error:
            raise Wrong(error.why) from error
        request.headers["Accept-Encoding"] = "identity"
        self._began = datetime.now(UTC)
        return request

    def _ask(self) -> Found:
        answer = self._asked()
        if isinstance(answer, Wrong):
            raise answer
        self._token = verdicts_of_tokens.read(answer, self._account, self._began or datetime.now(UTC), self._masking)
        return verdicts_of_tokens.found(self._token, self._account)

    def _list(self) -> Found:
        self._look_at_api()
        listing = client(self._account, MemoryStore(self._token)).observed_by(self._observe, self._in_time())
        try:
            return verdicts_of_tokens.counted(sum(1 for _ in listing.vehicles(ACCOUNT)))
        except GatewayError as error:
            raise Wrong(verdicts_of_tokens.not_listed(error, self._account)) from error

    def _read_limits(self) -> Found:
        assert self._last is not None
        return verdicts.limits(self._last.status, self._last.response_headers, self._now)

    def _observe(self, exchange: Exchange) -> None:
        if exchange.counts and exchange.status is not None:
            self._last = exchange

    def _look_at_api(self) -> None:
        """Raises Wrong where the API has a host of its own, and the way there is wrong."""
        api = urlsplit(self._account.base_url)
        if (api.scheme, place(api)) == (self._url.scheme, place(self._url)):
            return
        with _closing(Way(self._account, self._masking, self._allow_http, self._now)) as way:
            for name, look in way.steps:
                if name in ("name", "tcp", "tls"):
                    look()


@contextmanager
def _closing(way: Way) -> Iterator[Way]:
    try:
        yield way
    finally:
        way.close()
