"""PostgreSQL gone and back: what is cut costs no request, and while it is away that is what is said."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests

from tests.running import Running, database_uri
from tests.whole.test_live import login
from tests.whole.test_webhook import address

AT_ONCE = 24
"""Requests at a time: more than the web server has threads, so that each of these gets some."""

Ask = Callable[[], requests.Response]


@pytest.fixture
def database(running: Running) -> Iterator[psycopg.Connection]:
    """A connection of a test's own, which outlasts all that is done to the others."""
    with psycopg.connect(database_uri(running.environment["DATABASE_URL"]), autocommit=True) as link:
        yield link


def cut(database: psycopg.Connection) -> int:
    """End all other connections of this database; gives how many there were."""
    rows = database.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ).fetchall()
    return len(rows)


@contextmanager
def away(running: Running, database: psycopg.Connection) -> Iterator[None]:
    """Nobody can connect to PostgreSQL, and all connections are cut."""
    (folder,) = parse_qs(urlsplit(running.environment["DATABASE_URL"]).query)["host"]
    socket = next(path for path in Path(folder).iterdir() if path.is_socket())
    hidden = socket.with_name("hidden")
    socket.rename(hidden)
    try:
        cut(database)
        yield
    finally:
        hidden.rename(socket)


def faces(running: Running) -> dict[str, Ask]:
    """A request of each kind, answered 200 by a whole FleetRemote."""
    web, session = running.demo["web"]["url"], login(running)
    url, header = address(running)
    page = f"{web}/fleets/{running.fleet['id']}"
    live = f"{page}/vehicles/{running.fleet['vehicles'][0]['id']}/live"

    def look(url: str, **headers: str) -> Ask:
        return lambda: requests.get(url, headers=headers, cookies=session.cookies.get_dict(), timeout=20)

    def open_and_close() -> requests.Response:
        with requests.get(live, cookies=session.cookies.get_dict(), stream=True, timeout=20) as answer:
            return answer

    return {
        "page": look(f"{page}/overview"),
        "API": lambda: running.call("GET", "/fleets"),
        "webhook": lambda: requests.post(url, json={"events": []}, headers=header, timeout=20),
        "live stream": open_and_close,
        "health": look(f"{web}/healthz"),
        "page in French": look(f"{page}/overview", **{"Accept-Language": "fr"}),
    }


def statuses(asks: dict[str, Ask], times: int) -> Counter[tuple[str, int]]:
    """How often each was answered what, asked so often each, all at once."""
    with ThreadPoolExecutor(AT_ONCE) as askers:
        said = [(name, askers.submit(ask)) for _ in range(times) for name, ask in asks.items()]
    return Counter((name, one.result().status_code) for name, one in said)


def test_what_is_cut_costs_no_request(running: Running, database: psycopg.Connection) -> None:
    asks = {name: ask for name, ask in faces(running).items() if name != "page in French"}
    all_well = {(name, 200): AT_ONCE for name in asks}
    assert statuses(asks, AT_ONCE) == all_well
    # Those of all threads of the web server, among others.
    assert cut(database) >= 16
    assert statuses(asks, AT_ONCE) == all_well


def test_while_it_is_away_that_is_what_is_said(running: Running, database: psycopg.Connection) -> None:
    asks = faces(running)
    with away(running, database):
        answers = {name: ask() for name, ask in asks.items()}
        again = statuses(asks, 4)
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(asks, 503)
    assert set(again) == {(name, 503) for name in asks}
    told = {name for name, answer in answers.items() if answer.headers.get("Retry-After") == "5"}
    assert told == {"page", "page in French", "API", "webhook", "live stream"}
    assert {answers[name].json()["code"] for name in ("API", "webhook")} == {50399}
    assert answers["API"].json()["message"] == "FleetRemote's database does not answer; try again in a moment."
    assert "FleetRemote's database does not answer" in unescape(answers["page"].text)
    assert "La base de données de FleetRemote ne répond pas" in answers["page in French"].text
    assert set(statuses(asks, 4)) == {(name, 200) for name in asks}
