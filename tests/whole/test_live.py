"""The live stream of a vehicle, over HTTP: news within moments, and nothing for strangers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.running import Running


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


def test_a_stream_holds_no_database_connection(running: Running) -> None:
    import psycopg

    from tests.running import database_uri

    def connections() -> int:
        with psycopg.connect(database_uri(running.environment["DATABASE_URL"])) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            ).fetchone()
        assert row is not None
        return row[0]

    session = login(running)
    vehicle = running.fleet["vehicles"][0]
    before = connections()
    from contextlib import ExitStack

    with ExitStack() as stack:
        for _ in range(30):
            news = stack.enter_context(stream(running, session, vehicle))
            assert next(news) == "data: start"
        # The web server's threads may each have opened theirs; thirty streams would be thirty more.
        assert connections() - before < 20
