"""Sends a request that is over in time, with an answer that fits: a total deadline and a cap, whatever the cloud does.

The time-outs of `requests` are between two bytes: an answer that drips would go on for ever.
"""

import functools
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from ssl import SSLContext
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from gateways.addresses import is_forbidden

_CHUNK = 64 * 1024

# When this thread's request must be over, on the monotonic clock. A session, and its connections, belong to one thread.
_this = threading.local()


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two bytes, and for the whole request; bytes of an answer, decompressed."""

    connect: float
    read: float
    total: float
    size: int


@dataclass(frozen=True)
class Answer:
    """What came back. `is_whole` is False where the content was too large, too slow or cut; then it is the beginning.

    `headers` are pairs, since two of one name (Set-Cookie) are two.
    """

    status: int
    headers: list[tuple[str, str]]
    content: bytes
    is_whole: bool = True

    @property
    def is_refusal(self) -> bool:
        return _is_refusal(self.status)

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def adapter(context: Callable[[], SSLContext]) -> HTTPAdapter:
    """What a session must be mounted with to be given to `fetch`. It repeats nothing by itself.

    `context` is called when TLS is needed for the first time.
    """
    return _Adapter(context)


def fetch(session: requests.Session, request: requests.PreparedRequest, limits: Limits) -> Answer:
    """Send the request and give what came back. Raises the exceptions of `requests`.

    Where the status is a refusal, it is given however the content ended.
    """
    timeouts = (limits.connect, limits.read)
    with (
        _until(time.monotonic() + limits.total),
        session.send(request, timeout=timeouts, allow_redirects=False, stream=True) as response,
    ):
        headers = [(name, header_text(value)) for name, value in response.raw.headers.iteritems()]
        content = bytearray()
        is_whole = True
        try:
            for part in response.iter_content(_CHUNK):
                content += part
                if len(content) > limits.size:
                    is_whole = False
                    break
        except requests.RequestException:
            if not _is_refusal(response.status_code):
                raise
            is_whole = False
        return Answer(response.status_code, headers, bytes(content[: limits.size]), is_whole)


def header_text(value: str | bytes) -> str:
    """The value of a header, which may be either on this wire."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _is_refusal(status: int) -> bool:
    """Whether the status says enough, however the rest of the answer comes: 4xx."""
    return 400 <= status < 500


@contextmanager
def _until(deadline: float) -> Iterator[None]:
    _this.deadline = deadline
    try:
        yield
    finally:
        del _this.deadline


def _left() -> float:
    """Seconds until the deadline of this thread's request. Raises TimeoutError when none are left."""
    left: float = _this.deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("The whole request took too long.")
    return left


class _Reader(io.RawIOBase):
    """Reads from a socket, each time for as long as is left at the most."""

    def __init__(self, sock: Any) -> None:
        super().__init__()
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)
        self._between = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(min(self._between, _left()))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Reader(sock))


class _Timely:
    """A connection that is not made when the deadline is over. However making it fails, nothing was sent."""

    response_class: Any = _Response

    def _new_conn(self) -> Any:
        """Looks where the name has led to, before anything is sent there."""
        sock = super()._new_conn()  # type: ignore[misc]
        address = sock.getpeername()[0]
        if is_forbidden(address):
            sock.close()
            raise NewConnectionError(self, f"No request may go to {address}.")  # type: ignore[arg-type]
        return sock

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
            _left()
        except (NewConnectionError, ConnectTimeoutError):
            raise
        except (OSError, HTTPError) as error:
            self.close()  # type: ignore[attr-defined]
            raise NewConnectionError(self, f"{type(error).__name__}: {error}") from error  # type: ignore[arg-type]


class _HTTPConnection(_Timely, HTTPConnection):
    pass


class _HTTPSConnection(_Timely, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class _Adapter(HTTPAdapter):
    def __init__(self, context: Callable[[], SSLContext]) -> None:
        self._context = functools.cache(context)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, True)
        return host, {"ssl_context": self._context()} if host["scheme"] == "https" else {}

    def build_response(self, req: Any, resp: Any) -> requests.Response:
        """Without where a redirect leads: `requests` would read it, and all content, though none is followed."""
        response = super().build_response(req, resp)
        response.headers.pop("Location", None)
        return response

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """All that is to be verified is in the context."""


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
