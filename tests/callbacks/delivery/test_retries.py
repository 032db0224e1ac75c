"""What does not arrive is tried again: the same bytes under the same id, as often as the policy says."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from django.utils import timezone

from callbacks.delivery.posting import KEPT, READ
from callbacks.delivery.results import Answer, Result, write
from callbacks.models import Attempt, Batch, Callback
from callbacks.replay import failures, replay
from callbacks.status import resume
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import make_batch
from tests.callbacks.raw_server import Behave, RawServer, answer
from tests.callbacks.sink import Got
from tests.waiting import wait_until

ALWAYS = {"policy": "Always", "retryDelay": 100}
ONCE = {"policy": "None"}
Start = Callable[[Behave], RawServer]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def impatient(settings) -> None:
    """Requests may take 0.4 seconds; ask for it before the desk."""
    settings.CALLBACK_TIMEOUT = 0.4


@pytest.fixture
def raw() -> Iterator[Start]:
    """Start servers that do what the test wants with a connection."""
    servers: list[RawServer] = []

    def start(behave: Behave) -> RawServer:
        servers.append(RawServer(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def answers(*statuses: int) -> Callable[[Got], int]:
    """These statuses one after the other, then 200."""
    left = list(statuses)
    return lambda _: left.pop(0) if left else 200


def only_attempt(callback: Callback) -> Attempt:
    return Attempt.objects.get(callback=callback)


def post_to(desk: Desk, targets: list[str], **parts: Any) -> list[Attempt]:
    """Post an event to each, side by side; gives the attempts in the same order."""
    callbacks = [desk.callback(target=target, **parts) for target in targets]
    for callback in callbacks:
        desk.put(callback)
    desk.deliver(*callbacks)
    return [only_attempt(callback) for callback in callbacks]


def test_each_try_posts_the_same_bytes_under_the_same_id(desk: Desk) -> None:
    callback = desk.callback()
    desk.sink.behave = answers(500, 503)
    desk.put(callback)
    desk.deliver(callback)
    desk.next_try(callback)
    desk.next_try(callback)
    assert len(desk.sink.got) == 3
    assert len({(got.body, got.webhook_id) for got in desk.sink.got}) == 1
    assert desk.states(callback) == ["delivered"]
    tried = list(Attempt.objects.order_by("pk").values_list("number", "status", "error"))
    assert tried == [
        (1, 500, "It answered 500 Internal Server Error."),
        (2, 503, "It answered 503 Service Unavailable."),
        (3, 200, ""),
    ]


def test_two_tries_that_are_written_down_together_leave_what_the_later_one_did(desk: Desk) -> None:
    """As after a time without a database."""
    callback = desk.callback()
    batch, now = make_batch(callback), timezone.now()
    failed = Result(callback.pk, batch.pk, Batch.State.WAITING, 1, now, Answer(now, 5, 500, "It answered 500."))
    arrived = Result(callback.pk, batch.pk, Batch.State.DELIVERED, 2, now, Answer(now, 5, 200))
    write([failed, arrived])
    assert desk.states(callback) == ["delivered"]
    assert list(batch.attempts.order_by("pk").values_list("number", "status")) == [(1, 500), (2, 200)]


def test_the_next_try_waits_for_the_delay_of_the_policy(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryNumber": 2, "retryDelay": 60})
    desk.sink.behave = answers(500)
    desk.put(callback)
    desk.deliver(callback)
    desk.deliver(callback)
    assert len(desk.sink.got) == 1
    wait = desk.batch(callback).due_at - only_attempt(callback).at
    assert timedelta(seconds=60) <= wait <= timedelta(seconds=64)


def test_a_short_delay_is_kept_by_the_clock(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryDelay": 1})
    desk.sink.behave = answers(500)
    desk.put(callback)
    desk.postman.deliver([callback.pk])
    wait_until(lambda: desk.states(callback) == ["delivered"], "the retry")
    first, second = Attempt.objects.order_by("pk")
    assert second.at - first.at >= timedelta(seconds=1)


def test_after_the_last_try_a_batch_is_parked(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryNumber": 1})
    desk.sink.behave = lambda _: 500
    desk.put(callback)
    desk.deliver(callback)
    desk.next_try(callback)
    assert desk.states(callback) == ["parked"]
    desk.deliver(callback)
    assert len(desk.sink.got) == 2


# What goes wrong, and how the attempt says it.


def test_nobody_listens(desk: Desk) -> None:
    callback = desk.callback(target="http://127.0.0.1:9/hook")
    desk.put(callback)
    desk.deliver(callback)
    attempt = only_attempt(callback)
    assert attempt.status is None
    assert attempt.error.startswith("No connection: ")
    assert desk.states(callback) == ["waiting"]


def test_the_connection_is_cut(desk: Desk, raw: Start) -> None:
    answers = [b"", OK[:20], b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"]
    for attempt in post_to(desk, [raw(answer(sent)).url for sent in answers]):
        assert (attempt.status, attempt.error) == (None, "The connection was cut before the answer was complete.")


def test_an_answer_that_takes_too_long_is_none(impatient, desk: Desk, raw: Start) -> None:
    server = raw(lambda _: server.closing.wait(10))
    callback = desk.callback(target=server.url)
    desk.put(callback)
    desk.deliver(callback)
    attempt = only_attempt(callback)
    assert (attempt.status, attempt.error) == (None, "No answer within 0.4 seconds.")
    assert 350 <= attempt.duration_ms < 2000


def test_the_time_is_that_of_the_whole_answer(impatient, desk: Desk, raw: Start) -> None:
    """A 200 at once, and then a body byte by byte: each in time, all together not."""

    def drip(link) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        while not server.closing.wait(0.05):
            link.sendall(b".")

    server = raw(drip)
    callback = desk.callback(target=server.url)
    desk.put(callback)
    desk.deliver(callback)
    assert only_attempt(callback).error == "No answer within 0.4 seconds."
    assert desk.states(callback) == ["waiting"]


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    elsewhere = desk.sink.url.replace("/hook", "/elsewhere")
    desk.sink.behave = lambda _: web.Response(status=307, headers={"Location": elsewhere})
    callback = desk.callback()
    desk.put(callback)
    desk.deliver(callback)
    assert [got.path for got in desk.sink.got] == ["/hook"]
    assert only_attempt(callback).error == "It answered 307, a redirect; redirects are not followed."


def test_of_a_huge_answer_only_the_start_is_read_and_kept(desk: Desk, raw: Start) -> None:
    """A server that never ends its answer is left after READ bytes; its 200 counts."""
    sent = []

    def flood(link) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            link.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            sent.append(4096)

    callback = desk.callback(target=raw(flood).url)
    desk.put(callback)
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"]
    assert only_attempt(callback).answer == "x" * KEPT
    assert sum(sent) < 100 * READ + 10_000_000


def test_any_answer_can_be_kept(desk: Desk) -> None:
    answers = {
        b"caf\xc3\xa9 \x00 \xff\xfe": "café � ��",
        "🚗".encode() * KEPT: "🚗" * KEPT,
        b'{"quotes": "\\", {NULL}"}': '{"quotes": "\\", {NULL}"}',
    }
    left = list(answers)
    desk.sink.behave = lambda _: web.Response(status=500, body=left.pop())
    assert {attempt.answer for attempt in post_to(desk, [desk.sink.url] * 3)} == set(answers.values())


ODD = [
    b"HTTP/1.1 500 \xff\xfe\xc3\x28",
    b"HTTP/1.1 500 a\x00b",
    b"HTTP/1.1 5xx What",
    b"\x00\x01\x02",
    b"HTTP/1.1 200 OK\r\nX: \xff\x00",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
    b"HTTP/1.1 503 No\r\nRetry-After: Wed, 21 Oct 2015 07:28:00 +99999999999999999999",
    b"HTTP/1.1 503 No\r\nRetry-After: Wed, 21 Oct 99999 07:28:00 GMT",
    b"HTTP/1.1 503 No\r\nRetry-After: \xe2\x91\xa0",
    b"HTTP/1.1 500 No\r\nContent-Length: 5\r\nContent-Length: 6",
    b"HTTP/1.1 500 No\r\nTransfer-Encoding: nonsense",
    b"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
]


def test_no_answer_is_too_odd_to_be_written_down(desk: Desk, raw: Start) -> None:
    attempts = post_to(desk, [raw(answer(head + b"\r\n\r\n")).url for head in ODD])
    assert [attempt.error for attempt in attempts if not attempt.error] == []
    assert set(Batch.objects.values_list("state", flat=True)) == {"waiting"}


def test_only_2xx_is_a_success(desk: Desk, raw: Start) -> None:
    good, bad = [200, 201, 202, 204, 206, 299], [300, 304, 400, 401, 404, 418, 429, 501, 599, 600, 999]
    heads = [f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n".encode() for status in good + bad]
    attempts = post_to(desk, [raw(answer(head)).url for head in heads])
    assert [attempt.status for attempt in attempts] == good + bad
    states = [attempt.batch.state for attempt in attempts]
    assert states == ["delivered"] * len(good) + ["waiting"] * len(bad)


# Retry-After.


def in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


def asking(status: int, retry_after: str) -> Behave:
    return answer(f"HTTP/1.1 {status} Later\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\n\r\n".encode())


def test_retry_after_puts_the_next_try_off(desk: Desk, raw: Start) -> None:
    asked = [(429, "3600"), (503, "3600"), (429, in_an_hour()), (503, in_an_hour())]
    for attempt in post_to(desk, [raw(asking(*each)).url for each in asked]):
        assert timedelta(minutes=59) < attempt.batch.due_at - attempt.at < timedelta(minutes=64)


def test_otherwise_the_policy_says_when(desk: Desk, raw: Start) -> None:
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    asked = [(500, "3600"), (429, "1"), (503, "soon"), (503, past), (429, "-5")]
    for attempt in post_to(desk, [raw(asking(*each)).url for each in asked], retryPolicy=ALWAYS):
        assert timedelta(seconds=100) <= attempt.batch.due_at - attempt.at < timedelta(seconds=107)


def test_asked_to_wait_beyond_three_days_it_waits_for_the_next_success(desk: Desk) -> None:
    desk.sink.behave = lambda got: (
        web.Response(status=503, headers={"Retry-After": "999999999999"}) if len(desk.sink.got) == 1 else 200
    )
    callback = desk.callback()
    (first,) = desk.put(callback)
    desk.deliver(callback)
    assert desk.states(callback) == ["parked"]
    (second,) = desk.put(callback)
    desk.deliver(callback)
    assert desk.sink.actions == [first, second, first]


# Out of retry.


def test_one_success_and_everything_stored_goes_oldest_first(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryNumber": 1, "retryDelay": 100})
    desk.sink.behave = lambda _: 500
    parked = desk.put(callback, 3)
    desk.deliver(callback)
    desk.next_try(callback)
    waiting = desk.put(callback, 1)
    desk.deliver(callback)
    assert desk.states(callback) == ["parked"] * 3 + ["waiting"]
    desk.sink.behave = lambda _: 200
    desk.sink.got.clear()
    (fresh,) = desk.put(callback, 1)
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"] * 5
    assert desk.sink.actions[0] == fresh
    assert sorted(desk.sink.actions[1:]) == sorted([*parked, *waiting])


def test_what_is_stored_goes_in_the_order_of_its_age(desk: Desk, settings) -> None:
    settings.CALLBACK_IN_FLIGHT = 1
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryNumber": 1, "retryDelay": 100})
    desk.sink.behave = lambda _: 500
    stored = desk.put(callback, 4)
    desk.deliver(callback)
    desk.next_try(callback)
    stored += desk.put(callback, 3)
    desk.deliver(callback)
    assert desk.states(callback) == ["parked"] * 4 + ["waiting"] * 3
    desk.sink.behave = lambda _: 200
    desk.sink.got.clear()
    (fresh,) = desk.put(callback)
    desk.deliver(callback)
    assert desk.sink.actions == [fresh, *stored]


def test_a_batch_that_is_never_taken_is_not_retried_in_a_tight_loop(desk: Desk) -> None:
    """Each success sets it free; it is tried once more at once, then ever later."""
    callback = desk.callback(retryPolicy=ALWAYS)
    (poison,) = desk.put(callback, vehicle=1)
    desk.sink.behave = lambda got: 500 if poison in got.actions else 200
    desk.deliver(callback)
    for _ in range(20):
        desk.put(callback, vehicle=2)
        desk.deliver(callback)
    assert desk.sink.actions.count(poison) == 2
    assert desk.states(callback) == ["waiting"] + ["delivered"] * 20


def test_a_parked_one_is_not_retried_in_a_tight_loop_either_and_blocks_nothing(desk: Desk) -> None:
    callback = desk.callback(retryPolicy={"policy": "Bounded", "retryNumber": 1, "retryDelay": 100})
    (poison,) = desk.put(callback, vehicle=1)
    desk.sink.behave = lambda got: 500 if poison in got.actions else 200
    desk.deliver(callback)
    desk.next_try(callback)
    good = []
    for _ in range(20):
        good += desk.put(callback, vehicle=1)
        desk.deliver(callback)
    assert [action for action in desk.sink.actions if action != poison] == good
    assert desk.sink.actions.count(poison) == 3
    Batch.objects.filter(state="parked").update(due_at=timezone.now())
    desk.put(callback, vehicle=1)
    desk.deliver(callback)
    assert desk.sink.actions.count(poison) == 4
    assert desk.states(callback)[0] == "parked"


# 410.


def test_410_pauses_the_callback_and_keeps_what_comes(desk: Desk) -> None:
    callback = desk.callback()
    desk.sink.behave = lambda _: 410
    sent = desk.put(callback, vehicle=1)
    desk.deliver(callback)
    sent += desk.put(callback, 2, vehicle=1)
    desk.deliver(callback)
    callback.refresh_from_db()
    assert callback.status == Callback.Status.PAUSED
    assert callback.status_reason.startswith("The address answered 410 Gone")
    assert len(desk.sink.got) == 1
    desk.sink.behave = lambda _: 200
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.actions == [sent[0], *sent]
    callback.refresh_from_db()
    assert (callback.status, callback.status_reason) == (Callback.Status.RUNNING, "")


# Policy None.


def test_none_is_one_try_and_then_only_by_hand(desk: Desk) -> None:
    callback = desk.callback(retryPolicy=ONCE)
    desk.sink.behave = answers(500)
    (lost,) = desk.put(callback)
    desk.deliver(callback)
    assert desk.states(callback) == ["parked"]
    (arrived,) = desk.put(callback)
    desk.deliver(callback)
    assert desk.states(callback) == ["parked", "delivered"]
    resume(callback)
    desk.deliver(callback)
    assert desk.sink.actions == [lost, arrived]
    assert replay(callback, failures(callback, timezone.now() - timedelta(hours=1))) == 1
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"] * 2
    first, _, again = desk.sink.got
    assert (first.body, first.webhook_id) == (again.body, again.webhook_id)


def test_a_policy_that_is_changed_holds_for_what_is_there(desk: Desk) -> None:
    """Parked under None; after a change to Bounded the next success lets it go."""
    callback = desk.callback(retryPolicy=ONCE)
    desk.sink.behave = answers(500)
    desk.put(callback)
    desk.deliver(callback)
    desk.put(callback)
    desk.deliver(callback)
    assert desk.states(callback) == ["parked", "delivered"]
    Callback.objects.filter(pk=callback.pk).update(subscribe=callback.subscribe | {"retryPolicy": ALWAYS})
    desk.put(callback)
    desk.deliver(callback)
    assert desk.states(callback) == ["delivered"] * 3
