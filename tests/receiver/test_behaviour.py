"""The receiver misbehaves as it was told to, by its options or while it runs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.receiver.driving import Receiver
from tests.waiting import wait_until

# Nearly each starts a receiver of its own.
pytestmark = pytest.mark.drawn("receivers", 13, of="tests")


def codes(receiver: Receiver, number: int) -> list[int]:
    return [receiver.post().status_code for _ in range(number)]


def test_the_first_fail_and_ask_for_patience(start: Callable[..., Receiver]) -> None:
    receiver = start("--fail-first", "2", "--fail-status", "503", "--retry-after", "7")
    answers = [receiver.post() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["7", "7", None]
    assert [entry["answer"] for entry in receiver.received()] == [503, 503, 200]
    assert "→ answered 503" in receiver.said


@pytest.mark.parametrize("status", [200, 204, 302, 410, 429, 599])
def test_any_code(receiver: Receiver, status: int) -> None:
    receiver.behave(status=status)
    assert codes(receiver, 1) == [status]


def test_a_share_fails_alike_with_the_same_seed(start: Callable[..., Receiver]) -> None:
    receiver = start("--fail-rate", "0.5", "--seed", "7")
    first = codes(receiver, 30)
    assert 5 < first.count(500) < 25
    receiver.behave(fail_rate=0.5, seed=7)
    assert codes(receiver, 30) == first
    receiver.behave(fail_rate=0.5, seed=8)
    assert codes(receiver, 30) != first


def test_a_cut_connection_has_no_answer(start: Callable[..., Receiver]) -> None:
    receiver = start("--cut", "1")
    with pytest.raises(requests.ConnectionError):
        receiver.post()
    assert [entry["answer"] for entry in receiver.received()] == [None]
    assert "→ connection cut" in receiver.said


def test_an_answer_is_delayed_and_others_are_not_held_up(start: Callable[..., Receiver]) -> None:
    receiver = start("--delay", "2")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(receiver.post)
        wait_until(receiver.received, "the notification to be there")
        assert not slow.done()
        receiver.behave()
        assert codes(receiver, 1) == [200]
        assert not slow.done()
        assert slow.result(20).elapsed.total_seconds() >= 2


def test_what_is_absent_is_as_at_first(receiver: Receiver) -> None:
    receiver.behave(status=410, fail_first=3)
    assert codes(receiver, 1) == [500]
    assert receiver.behave(status=410).json()["fail_first"] == 0
    assert codes(receiver, 1) == [410]
    shown = requests.get(f"{receiver.url}/receiver/behaviour", timeout=20).json()
    assert (shown["status"], shown["retry_after"]) == (410, None)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ({"stauts": 500}, "unknown field `stauts`"),
        ({"status": 99}, "$.status"),
        ({"status": "ok"}, "$.status"),
        ({"fail_rate": 1.5}, "$.fail_rate"),
        ({"delay": -1}, "$.delay"),
        ({"fail_first": 1.5}, "$.fail_first"),
    ],
)
def test_a_wrong_behaviour_is_refused_in_words(receiver: Receiver, behaviour: dict, words: str) -> None:
    answer = receiver.behave(**behaviour)
    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert "fail_first" in answer.json()["message"]
    assert codes(receiver, 1) == [200]
