"""Our webhook as the web server serves it: its answers, and nothing lost under load."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import requests
from cryptography.fernet import Fernet

from tests.running import Running, database_uri
from tests.waiting import wait_until


def address(running: Running) -> tuple[str, dict[str, str]]:
    """The webhook of the first upstream fleet, and the header that it wants."""
    with psycopg.connect(database_uri(running.environment["DATABASE_URL"])) as connection:
        row = connection.execute(
            "SELECT webhook_id, webhook_secret FROM fleets_upstreamfleet ORDER BY id LIMIT 1"
        ).fetchone()
    assert row is not None
    secret = Fernet(running.environment["FIELD_KEYS"].partition(",")[0]).decrypt(row[1].encode()).decode()
    return f"{running.demo['web']['url']}/webhook/{row[0]}", {"Authorization": f"Bearer {secret}"}


NOON = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


def event(number: int) -> dict:
    return {
        "remoteActionId": f"orphan-{number}",
        "vin": "VF3ABCDE0FG123456",
        "eventDate": NOON,
        "remoteType": "Doors",
        "eventStatus": {"type": "Pending", "status": "Accepted"},
    }


def stored(running: Running, prefix: str) -> int:
    with psycopg.connect(database_uri(running.environment["DATABASE_URL"])) as connection:
        row = connection.execute(
            "SELECT count(*) FROM remotes_remoteevent WHERE upstream_action_id LIKE %s", [f"{prefix}%"]
        ).fetchone()
    assert row is not None
    return row[0]


def test_answers(running: Running) -> None:
    url, header = address(running)
    assert requests.post(url, json={"events": []}, headers=header, timeout=10).status_code == 200
    assert requests.post(url, data=b"{not json", headers=header, timeout=10).status_code == 200
    refused = requests.post(url, json={"events": []}, timeout=10)
    assert (refused.status_code, refused.json()["code"]) == (401, 40199)
    stranger = requests.post(f"{url[:-4]}0000", json={"events": []}, headers=header, timeout=10)
    assert stranger.status_code == 401
    huge = requests.post(url, data=b" " * (11 * 1024 * 1024), headers=header, timeout=20)
    assert (huge.status_code, huge.json()["code"]) == (413, 41399)
    got = requests.get(url, timeout=10)
    assert (got.status_code, got.json()["code"], got.headers["Allow"]) == (405, 40599, "POST")


def test_whatever_is_answered_200_is_stored_once(running: Running) -> None:
    url, header = address(running)

    def post(number: int) -> int:
        return requests.post(url, json={"events": [event(number)]}, headers=header, timeout=20).status_code

    with ThreadPoolExecutor(16) as senders:
        assert set(senders.map(post, [*range(150), *range(150)])) == {200}
    assert stored(running, "orphan-") == 150


def test_a_database_that_is_killed_costs_no_acknowledged_event(running: Running) -> None:
    url, header = address(running)
    acknowledged: set[int] = set()

    def post(number: int) -> None:
        body = json.dumps({"events": [{**event(number), "remoteActionId": f"killed-{number}"}]})
        answer = requests.post(url, data=body, headers=header, timeout=30)
        assert answer.status_code in (200, 503)
        if answer.status_code == 200:
            acknowledged.add(number)

    def kill() -> None:
        wait_until(lambda: len(acknowledged) > 20, "some notifications to be stored")
        for pid in running.processes("postgres"):
            os.kill(pid, signal.SIGKILL)

    with ThreadPoolExecutor(9) as senders:
        killing = senders.submit(kill)
        list(senders.map(post, range(300)))
        killing.result()

    def again() -> bool:
        try:
            return requests.post(url, json={"events": [event(0)]}, headers=header, timeout=30).status_code == 200
        except requests.RequestException:
            return False

    wait_until(again, "PostgreSQL to be back", 60)
    assert stored(running, "killed-") >= len(acknowledged) > 20
