"""The way to an account's cloud, one step after the other; each needs what the one before has found."""

import http.client
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

import requests

from gateways import certificates, tls
from gateways.addresses import check_base_url, check_proxy_url
from gateways.bounded import Answer
from gateways.certificates import BadCertificate, Identity
from gateways.diagnosis import asking, codes, ours, reaching, trust, verdicts
from gateways.diagnosis.reaching import Places
from gateways.diagnosis.step import Found, Wrong
from gateways.diagnosis.streams import Deadline, Seen, Stream, Tcp, Tls
from gateways.dialects import client
from gateways.interface import Account, GatewayClient, GatewayError, Leave, NotAccepted
from gateways.masking import Masking
from protocol.why import Why

NAME_SECONDS = 5.0
# How long is waited in TLS 1.3 for what they say of our certificate, before anything is asked.
SETTLE_SECONDS = 0.5
# A list may have many pages, or lead in a circle.
LIST_SECONDS = 60.0
_PORTS = {"http": 80, "https": 443}


class Way:
    """`steps` in their order: the name of each, and what looks at it and gives what it has found or raises Wrong."""

    def __init__(self, account: Account, masking: Masking, allow_http: bool, now: datetime) -> None:
        self._account, self._masking, self._now = account, masking, now
        self._allow_http = allow_http
        self._places: Places = []
        self._stream: Stream | None = None
        self._tcp: Tcp | None = None
        self._tls: Tls | None = None
        self._ours: Identity | Wrong | None = None
        self._refusal: Why | None = None
        self._answer: Answer | Wrong | None = None

    @property
    def steps(self) -> list[tuple[str, Callable[[], Found]]]:
        return [
            ("address", self._look_at_address),
            ("name", self._find),
            ("tcp", self._connect),
            ("tls", self._encrypt),
            ("client-certificate", self._show_ours),
            ("credentials", self._ask),
            ("fleets", self._list),
            ("limits", self._read_limits),
        ]

    def close(self) -> None:
        for stream in (self._stream, self._tcp):
            if stream is not None:
                stream.close()

    def _look_at_address(self) -> Found:
        url = self._account.base_url
        wrong = check_base_url(url, self._allow_http)
        if wrong is None and self._account.proxy:
            wrong = check_proxy_url(self._account.proxy)
        if wrong is not None:
            raise Wrong(wrong)
        return Found(True, Why(codes.ADDRESS_FINE, url=url))

    def _find(self) -> Found:
        first, port = place(self._proxy or self._url)
        self._places = reaching.find(first, port, NAME_SECONDS)
        if self._proxy:
            return Found(True, Why(codes.NAME_BY_PROXY, proxy=first, addresses=reaching.addresses(self._places)))
        if reaching.is_address(first):
            return Found(True, Why(codes.NAME_IS_ADDRESS, host=first))
        return Found(True, Why(codes.NAME_FOUND, host=first, addresses=reaching.addresses(self._places)))

    def _connect(self) -> Found:
        port = place(self._proxy or self._url)[1]
        self._tcp, address = reaching.connect(self._places, port, self._account.connect_timeout)
        self._stream = self._tcp
        if self._proxy is None:
            return Found(True, Why(codes.TCP_FINE, address=address, port=str(port)))
        if self._proxy.scheme == "https":
            self._encrypt_to_proxy(self._tcp)
        if self._url.scheme == "https":
            host, target_port = place(self._url)
            target = f"[{host}]:{target_port}" if ":" in host else f"{host}:{target_port}"
            deadline = Deadline(self._account.total_timeout)
            asking.go_through(self._stream, self._proxy, target, deadline, self._masking)
        return Found(True, Why(codes.TCP_BY_PROXY, address=address, port=str(port)))

    def _encrypt_to_proxy(self, tcp: Tcp) -> None:
        trusted = replace(self._account, certificate="", private_key="")
        stream = Tls(tcp, self._context(trusted), place(self._proxy or self._url)[0])
        try:
            stream.shake_hands(Deadline(self._account.connect_timeout))
        except TimeoutError:
            raise Wrong(Why(codes.PROXY_SILENT)) from None
        except OSError as error:
            words = trust.plain(getattr(error, "reason", None) or type(error).__name__)
            raise Wrong(Why(codes.PROXY_TLS, words=words)) from None
        self._stream = stream
        # What came first was the proxy's.
        tcp.beginning = b""

    def _encrypt(self) -> Found:
        if self._url.scheme == "http":
            return Found(None, Why(codes.TLS_NONE))
        self._check_bundle()
        try:
            self._ours = ours.check(self._account, self._now)
        except Wrong as wrong:
            # It is told at its own step; till then we go on without.
            self._ours = wrong
        bare = replace(self._account, certificate="", private_key="")
        context = self._context(bare if isinstance(self._ours, Wrong) else self._account)
        host, port = place(self._url)
        assert self._stream is not None
        assert self._tcp is not None
        # A proxy speaks first, in HTTP.
        self._tcp.beginning = b""
        self._tls = stream = Tls(self._stream, context, host)
        self._stream = stream
        try:
            stream.shake_hands(Deadline(self._account.connect_timeout))
        except ssl.SSLCertVerificationError as error:
            bundle = self._account.ca_bundle
            raise Wrong(trust.not_trusted(error, stream.seen, host, bundle, self._now)) from None
        except OSError as error:
            if isinstance(error, TimeoutError) or not ours.is_about_it(stream.seen):
                beginning = self._tcp.beginning
                raise Wrong(trust.not_shaken(error, stream.seen, beginning, host, port)) from None
            self._refusal = ours.refused(stream.seen, self._identity)
        return Found(True, trust.found(stream.seen, stream.version))

    def _show_ours(self) -> Found:
        if self._tls is None:
            return Found(None, Why(codes.NO_TLS_NO_CERTIFICATE))
        if isinstance(self._ours, Wrong):
            raise self._ours
        if self._refusal is not None:
            raise Wrong(self._refusal)
        seen, identity = self._tls.seen, self._identity
        answer = self._asked()
        if self._refusal is not None:
            raise Wrong(self._refusal)
        if isinstance(answer, Answer):
            said = asking.said_by(answer, self._masking)
            about_ours = ours.refused_in_words(answer, said if isinstance(said, str) else "", identity)
            if about_ours is not None:
                raise Wrong(about_ours)
        is_told = isinstance(answer, Answer) or seen.has_ticket or self._tls.version != "TLSv1.3"
        return ours.accepted(seen, identity, is_told, self._now)

    def _ask(self) -> Found:
        answer = self._asked()
        if isinstance(answer, Wrong):
            if answer.why.code == codes.CREDENTIALS_LETTERS:
                raise answer
            return Found(None, Why(codes.CREDENTIALS_UNTOLD))
        return verdicts.credentials(answer, self._account, self._masking)

    def _list(self) -> Found:
        answer = self._asked()
        if isinstance(answer, Wrong):
            raise answer
        if answer.status in (404, 410) and (elsewhere := self._elsewhere()):
            path = self._url.path.rstrip("/") or "/"
            raise Wrong(Why(codes.NOT_FOUND_ELSEWHERE, path=path, url=elsewhere))
        fleets = verdicts.listed(answer, self._account, self._masking)
        if verdicts.is_all(answer, fleets):
            return verdicts.counted(len(fleets))
        try:
            return verdicts.counted(sum(1 for _ in self._client(self._account).fleets()))
        except GatewayError as error:
            raise Wrong(Why(codes.NOT_WHOLE, why=error.why)) from error

    def _read_limits(self) -> Found:
        answer = self._asked()
        assert isinstance(answer, Answer)
        return verdicts.limits(answer.status, answer.headers, self._now)

    @property
    def _url(self) -> SplitResult:
        return urlsplit(self._account.base_url)

    @property
    def _proxy(self) -> SplitResult | None:
        return urlsplit(self._account.proxy) if self._account.proxy else None

    @property
    def _identity(self) -> Identity | None:
        return None if isinstance(self._ours, Wrong) else self._ours

    def _check_bundle(self) -> None:
        if not self._account.ca_bundle:
            return
        try:
            certificates.read_ca_bundle(self._account.ca_bundle)
        except BadCertificate as bad:
            raise Wrong(Why(codes.BUNDLE_WRONG, why=bad.why)) from bad

    def _context(self, account: Account) -> ssl.SSLContext:
        try:
            return tls.context(account)
        except tls.Unusable as error:
            raise Wrong(Why(codes.CONTEXT_WRONG, words=trust.plain(str(error)))) from error

    def _asked(self) -> Answer | Wrong:
        """The answer to the request for the fleets, asked once; or why there is none."""
        if self._answer is None:
            try:
                self._answer = self._fetch()
            except Wrong as wrong:
                self._answer = wrong
        return self._answer

    def _prepared(self) -> requests.PreparedRequest:
        return asking.prepared(self._account, self._account.base_url)

    def _fetch(self) -> Answer:
        request = self._prepared()
        assert self._stream is not None
        target = str(request.url) if self._proxy and self._url.scheme == "http" else ""
        if target and self._proxy:
            request.headers.update(asking.proxy_authorization(self._proxy))
        deadline = Deadline(self._account.total_timeout)
        seen = self._tls.seen if self._tls else Seen()
        try:
            if self._tls is not None and seen.wants_ours and self._tls.version == "TLSv1.3":
                self._tls.settle(SETTLE_SECONDS)
            return asking.ask(self._stream, request, self._url.netloc, deadline, self._account.largest_answer, target)
        except TimeoutError:
            raise Wrong(Why(codes.NO_ANSWER)) from None
        except (OSError, http.client.RemoteDisconnected):
            if ours.is_about_it(seen) and not seen.has_ticket:
                self._refusal = ours.refused(seen, self._identity)
            raise Wrong(Why(codes.CUT)) from None
        except (http.client.HTTPException, ValueError):
            raise Wrong(Why(codes.NOT_HTTP)) from None

    def _client(self, account: Account) -> GatewayClient:
        return client(account).observed_by(lambda _: None, self._in_time())

    def _in_time(self) -> Leave:
        """For a client of production, which then asks nothing any more when that has taken too long."""
        over = time.monotonic() + LIST_SECONDS

        def leave() -> NotAccepted | None:
            is_over = time.monotonic() > over
            return NotAccepted(Why(codes.LIST_SLOW, seconds=round(LIST_SECONDS))) if is_over else None

        return leave

    def _elsewhere(self) -> str:
        """The address of the same host at which there is an API, where ours is none; empty where there is none."""
        url = f"{self._url.scheme}://{self._url.netloc}{verdicts.VERSION}"
        if self._url.path.rstrip("/") == verdicts.VERSION:
            return ""
        try:
            next(iter(self._client(replace(self._account, base_url=url)).fleets()), None)
        except GatewayError:
            return ""
        return url


def place(url: SplitResult) -> tuple[str, int]:
    """Host and port."""
    return (url.hostname or "").rstrip("."), url.port or _PORTS[url.scheme]
