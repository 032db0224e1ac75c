"""Asks over a connection that is there: a request as the client of production sends it, and the way through a proxy."""

import http.client
import io
import zlib
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, unquote

import requests

from gateways.bounded import Answer
from gateways.diagnosis import codes
from gateways.diagnosis.step import Wrong
from gateways.diagnosis.streams import Deadline, Reader, Stream
from gateways.interface import Account
from gateways.masking import Masking
from gateways.words import words
from protocol.why import Value, Why

_LARGEST_WORDS = 16 * 1024


def prepared(account: Account, base_url: str) -> requests.PreparedRequest:
    """The request for the fleets. Raises Wrong."""
    try:
        return requests.Request(
            "GET",
            f"{base_url.rstrip('/')}/fleets",
            params={"client_id": account.client_id},
            auth=(account.username, account.password),
            headers={"Accept": "application/hal+json, application/json", "Accept-Encoding": "identity"},
        ).prepare()
    except UnicodeError:
        raise Wrong(Why(codes.CREDENTIALS_LETTERS)) from None


def ask(
    stream: Stream, request: requests.PreparedRequest, host: str, deadline: Deadline, largest: int, target: str = ""
) -> Answer:
    """Send the request and read its answer, `largest` bytes of it at the most. `target` in place of its path.

    Raises OSError where the connection breaks, http.client.HTTPException for what is no HTTP.
    """
    headers = {"Host": host, "Connection": "close", **request.headers}
    body = request.body or b""
    content = body if isinstance(body, bytes) else str(body).encode()
    stream.send(_head(f"{request.method} {target or request.path_url}", headers) + content, deadline)
    return _read(stream, deadline, largest, str(request.method))


def go_through(stream: Stream, proxy: SplitResult, place: str, deadline: Deadline, masking: Masking) -> None:
    """Have the proxy connect us to `place`, a host with its port. Raises Wrong."""
    try:
        stream.send(_head(f"CONNECT {place}", {"Host": place, **proxy_authorization(proxy)}), deadline)
        answer = _read(stream, deadline, _LARGEST_WORDS, "CONNECT")
    except TimeoutError:
        raise Wrong(Why(codes.PROXY_SILENT)) from None
    except (OSError, ValueError, http.client.HTTPException):
        raise Wrong(Why(codes.PROXY_NO_PROXY)) from None
    if 200 <= answer.status < 300:
        return
    said: dict[str, Value] = {"status": str(answer.status), "words": said_by(answer, masking)}
    if answer.status == 407:
        raise Wrong(Why(codes.PROXY_WANTS_PASSWORD))
    if answer.status >= 500:
        raise Wrong(Why(codes.PROXY_FAILS, host=place, **said))
    raise Wrong(Why(codes.PROXY_REFUSES, host=place, **said))


def proxy_authorization(proxy: SplitResult) -> dict[str, str]:
    """The header for a proxy with a password; none for another."""
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def said_by(answer: Answer, masking: Masking) -> Value:
    """Their own words, which go into a sentence."""
    return words(answer, masking).rstrip(".") or Why(codes.NOTHING_SAID)


class _AsSocket:
    """What http.client reads an answer from."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


def _head(first: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{first} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _read(stream: Stream, deadline: Deadline, largest: int, method: str) -> Answer:
    response = http.client.HTTPResponse(_AsSocket(Reader(stream, deadline)), method=method)  # type: ignore[arg-type]
    response.begin()
    headers = response.getheaders()
    if method == "CONNECT" and 200 <= response.status < 300:
        return Answer(response.status, headers, b"")
    content, is_whole = bytearray(), False
    # What came says more than that it broke off.
    with suppress(OSError, http.client.HTTPException):
        while (part := response.read(_LARGEST_WORDS)) and len(content) <= largest:
            content += part
        is_whole = not response.length and len(content) <= largest
    answer = Answer(response.status, headers, bytes(content[:largest]), is_whole)
    return _unpacked(answer, largest)


def _unpacked(answer: Answer, largest: int) -> Answer:
    """Some compress what they were asked not to."""
    if (answer.header("Content-Encoding") or "").lower() not in ("gzip", "x-gzip", "deflate"):
        return answer
    unpacking = zlib.decompressobj(47)
    try:
        content = unpacking.decompress(answer.content, largest)
    except zlib.error:
        return answer
    return Answer(answer.status, answer.headers, content, answer.is_whole and not unpacking.unconsumed_tail)
