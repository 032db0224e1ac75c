"""A delivery goes to its target as it stands, and takes nothing along: no proxy, no login, no cookie, no bomb."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from callbacks.models import Attempt
from tests.callbacks.conftest import Desk
from tests.callbacks.sink import Sink

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
BOMB = gzip.compress(b"x" * 100_000_000, compresslevel=9)


@pytest.fixture
def elsewhere() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


def delivered(desk: Desk, count: int = 1, **parts: object) -> None:
    callback = desk.callback(**parts)
    desk.put(callback, count, vehicle=1)
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"] * count


def test_no_proxy_is_taken_from_the_environment(desk: Desk, elsewhere: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in PROXIES:
        monkeypatch.setenv(name, elsewhere.url.removesuffix("/hook"))
    delivered(desk)
    assert (len(desk.sink.got), elsewhere.got) == (1, [])


def test_no_login_is_taken_from_a_netrc_file(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    delivered(desk)
    assert "Authorization" not in desk.sink.got[0].headers


def test_no_cookie_goes_from_one_delivery_to_the_next_nor_to_another_callback(desk: Desk) -> None:
    desk.sink.behave = lambda _: web.Response(headers={"Set-Cookie": "session=of-one-service; Path=/"})
    # By its name, since clients keep no cookies of addresses.
    target = desk.sink.url.replace("127.0.0.1", "localhost")
    delivered(desk, 2, target=target)
    delivered(desk, 1, target=target)
    assert ["Cookie" in got.headers for got in desk.sink.got] == [False] * 3


def test_what_is_compressed_stays_so(desk: Desk) -> None:
    """100 MB of an answer would come out of 100 kB."""
    desk.sink.behave = lambda _: web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})
    delivered(desk)
    answer = Attempt.objects.get().answer
    assert answer.startswith("\x1f�")
    assert "xx" not in answer[:20]


def test_a_redirect_takes_no_signature_elsewhere(desk: Desk, elsewhere: Sink) -> None:
    desk.sink.behave = lambda _: web.Response(status=302, headers={"Location": elsewhere.url})
    callback = desk.callback(retryPolicy={"policy": "None"})
    desk.put(callback)
    desk.deliver(callback)
    assert (desk.states(callback), len(desk.sink.got), elsewhere.got) == (["parked"], 1, [])
