"""The live stream of a vehicle, over HTTP: news within moments, nothing for strangers, and no crowd stops the pages."""

import os
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psycopg
import requests

from tests.long_form import LONG
from tests.running import Running, database_uri


def login(running: Running) -> requests.Session:
    web = running.demo["web"]
    session = requests.Session()
    page = session.get(f"{web['url']}/login", timeout=10).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"username": web["user"], "password": web["password"], "csrfmiddlewaretoken": token.group(1)}
    answer = session.post(f"{web['url']}/login", form, headers={"Referer": f"{web['url']}/login"}, timeout=10)
    assert answer.status_code == 200
    assert "sessionid" in session.cookies
    return session


@contextmanager
def stream(running: Running, session: requests.Session, vehicle: dict) -> Iterator[Iterator[str]]:
    url = f"{running.demo['web']['url']}/fleets/{running.fleet['id']}/vehicles/{vehicle['id']}/live"
    with session.get(url, stream=True, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = (line.decode() for line in answer.iter_lines() if line.startswith(b"data:"))
        yield lines


def test_news_come_over_the_stream(running: Running) -> None:
    vehicle = next(v for v in running.fleet["vehicles"] if v["profile"] == "awake")
    session = login(running)
    with stream(running, session, vehicle) as news:
        assert next(news) == "data: start"
        path = running.send(vehicle, {"horn": {"state": "Activated"}})
        assert next(news) == "data: news"
    assert running.final(path)[0] == "Success"


def test_a_stranger_gets_no_stream(running: Running) -> None:
    vehicle = running.fleet["vehicles"][0]
    url = f"{running.demo['web']['url']}/fleets/{running.fleet['id']}/vehicles/{vehicle['id']}/live"
    assert requests.get(url, timeout=10).status_code == 401


def test_a_stream_ends_with_its_session(running: Running) -> None:
    vehicle = running.fleet["vehicles"][0]
    session, other = login(running), login(running)
    with stream(running, session, vehicle) as news, stream(running, other, vehicle) as others:
        assert next(news) == next(others) == "data: start"
        web = running.demo["web"]["url"]
        page = session.get(f"{web}/", timeout=10).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {"csrfmiddlewaretoken": token.group(1)}
        assert session.post(f"{web}/logout", form, headers={"Referer": web}, timeout=10).status_code == 200
        # Of what comes meanwhile of the vehicle nothing matters; the next read fails when it never ends.
        assert list(news) in ([], ["data: news"])
        path = running.send(vehicle, {"horn": {"state": "Activated"}})
        assert next(others) == "data: news"
    running.final(path)


# Whole: one viewer's browser that has gone mad.
CROWD = 1_024 if LONG else 200


def test_a_crowd_of_streams_of_one_viewer_stops_no_page(running: Running) -> None:
    session, other = login(running), login(running)
    page = f"{running.demo['web']['url']}/fleets/{running.fleet['id']}"
    assert other.get(page, timeout=10).ok
    waits = list[float]()

    def look() -> None:
        began = time.monotonic()
        assert other.get(page, timeout=10).ok
        waits.append(time.monotonic() - began)

    held = (database_connections(running), threads(running))
    with ExitStack() as stack:
        crowd = []
        for number in range(CROWD):
            crowd.append(stack.enter_context(asked(running, session)))
            if number % 50 == 0:
                look()
        heads = Counter(each.recv(12) for each in crowd)
        look()
        grown = database_connections(running) - held[0], threads(running) - held[1]
    assert max(waits) <= 2
    # So many in each of two processes; what is open costs neither a thread nor a database connection.
    assert 16 <= heads[b"HTTP/1.1 200"] <= 32
    assert set(heads) <= {b"HTTP/1.1 200", b"HTTP/1.1 429", b"HTTP/1.1 503"}
    assert max(grown) < 16, grown


@contextmanager
def asked(running: Running, session: requests.Session) -> Iterator[socket.socket]:
    """A request for the stream of a vehicle, not read yet."""
    address = urlsplit(running.demo["web"]["url"])
    vehicle = running.fleet["vehicles"][0]
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    path = f"/fleets/{running.fleet['id']}/vehicles/{vehicle['id']}/live"
    with socket.create_connection((address.hostname, address.port), timeout=20) as link:
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookies}\r\n\r\n".encode())
        yield link


def database_connections(running: Running) -> int:
    with psycopg.connect(database_uri(running.environment["DATABASE_URL"])) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        ).fetchone()
    assert row is not None
    return row[0]


def threads(running: Running) -> int:
    """Of the web server's processes."""
    return sum(len(os.listdir(f"/proc/{pid}/task")) for pid in running.processes("granian"))
