"""What was received can be asked for, page by page, by this machine only, and does not grow without end."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from fleetremote.receiver.app import is_loopback
from fleetremote.receiver.journal import PAGE, Journal, Request
from fleetremote.receiver.signature import Verdict
from tests.receiver.driving import Receiver, signed


def request(number: int, size: int = 10) -> Request:
    return Request(datetime.now(UTC), f"/{number}", {}, b"x" * size, Verdict(True), 200)


def numbers(journal: Journal, since: int = 0) -> list[int]:
    return [entry["number"] for entry in journal.since(since)["received"]]


def test_a_reader_goes_on_from_where_it_was(receiver: Receiver) -> None:
    for number in range(3):
        receiver.post(headers=signed(id=f"msg_{number}"))
    page = requests.get(f"{receiver.url}/receiver/received", timeout=20).json()
    assert [entry["webhookId"] for entry in page["received"]] == ["msg_0", "msg_1", "msg_2"]
    assert (page["next"], page["more"], page["total"]) == (page["received"][-1]["number"], False, 3)
    assert receiver.received(page["next"]) == []
    receiver.post(headers=signed(id="msg_3"))
    assert [entry["webhookId"] for entry in receiver.received(page["next"])] == ["msg_3"]


def test_forgetting_keeps_a_readers_place(receiver: Receiver) -> None:
    receiver.post()
    (entry,) = receiver.received()
    assert requests.delete(f"{receiver.url}/receiver/received", timeout=20).status_code == 204
    empty = requests.get(f"{receiver.url}/receiver/received", timeout=20).json()
    assert empty == {"received": [], "next": entry["number"], "more": False, "total": 0}
    receiver.post()
    assert [later["number"] for later in receiver.received(entry["number"])] == [entry["number"] + 1]


@pytest.mark.parametrize("since", ["-1", "x", "", "1" * 40])
def test_a_wrong_place_is_refused_in_words(receiver: Receiver, since: str) -> None:
    answer = requests.get(f"{receiver.url}/receiver/received", params={"since": since}, timeout=20)
    assert answer.status_code == 400
    assert "since" in answer.json()["message"]


def test_the_newest_are_kept() -> None:
    journal = Journal(most=3)
    for number in range(1, 6):
        journal.add(request(number))
    assert numbers(journal) == [3, 4, 5]
    assert numbers(journal, 4) == [5]
    assert numbers(journal, 99) == []
    assert journal.since(0)["total"] == 5


def test_large_ones_push_out_more() -> None:
    journal = Journal(most=100, most_bytes=1000)
    for number in range(20):
        journal.add(request(number, size=100))
    assert numbers(journal) == list(range(11, 21))
    journal.add(request(21, size=5000))
    assert numbers(journal) == [21]


def test_many_come_in_pages() -> None:
    journal = Journal()
    for number in range(PAGE + 1):
        journal.add(request(number))
    first = journal.since(0)
    assert (len(first["received"]), first["next"], first["more"]) == (PAGE, PAGE, True)
    assert numbers(journal, first["next"]) == [PAGE + 1]


def test_many_at_once_are_all_there(receiver: Receiver) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: receiver.post(headers=signed(id=f"msg_{number}")), range(200)))
    entries = receiver.received()
    assert {entry["webhookId"] for entry in entries} == {f"msg_{number}" for number in range(200)}
    first = entries[0]["number"]
    assert [entry["number"] for entry in entries] == list(range(first, first + 200))
    assert abs(datetime.fromisoformat(entries[-1]["at"]).timestamp() - time.time()) < 60


def test_only_notifications_are_taken(receiver: Receiver) -> None:
    assert requests.get(f"{receiver.url}/hook", timeout=20).status_code == 405
    assert requests.post(f"{receiver.url}/receiver/received", timeout=20).status_code == 405
    assert receiver.received() == []


@pytest.mark.parametrize(
    ("remote", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("172.18.0.5", False),
        ("fe80::1%eth0", False),
        ("2001:db8::1", False),
        (None, False),
    ],
)
def test_only_this_machine_steers_it(remote: str | None, own: bool) -> None:
    assert is_loopback(remote) is own
