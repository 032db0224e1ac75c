"""What a subscriber's engineer asks about a callback over the API, and sets right with it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.v3.delivery_schemas import BATCH_STATES
from callbacks.models import Batch, Callback
from protocol.canonical import format_time
from tests.callbacks.outbox_world import is_woken, make_attempt, make_batch, make_callback, make_event

from .conftest import SUBSCRIBE, World
from .test_schema import validator

HOUR = timedelta(hours=1)
# Of the batches, half a day ago.
NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=12)


def at(hours: int, *, ahead: int = 0) -> str:
    """So many hours after NOON, as clocks write it that are `ahead` hours ahead of UTC."""
    moment = (NOON + hours * HOUR).astimezone(timezone.get_fixed_timezone(60 * ahead))
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def callback(ours: World) -> Callback:
    return make_callback(ours.fleet)


@pytest.fixture
def path(ours: World, callback: Callback) -> str:
    return f"/fleets/{ours.fleet.public_id}/remote/callbacks/{callback.public_id}"


def listed(world: World, path: str, name: str, query: str = "") -> list[dict[str, Any]]:
    answer = world.caller.get(path, query)
    assert answer.status_code == 200, answer.content
    validator({"batches": "Batches", "attempts": "DeliveryAttempts"}[name]).validate(answer.json())
    return answer.json()["_embedded"][name]


def follow(world: World, href: str) -> dict[str, Any]:
    """What a link leads to; it carries the client's id already or not."""
    parts = urlsplit(href)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key != "client_id"]
    query = "".join(f"&{key}={quote(value)}" for key, value in kept)
    return world.caller.get(parts.path.removeprefix("/connectedcar/v3"), query).json()


# Batches


def test_batches_are_listed_newest_first_and_walked_by_their_links(ours: World, callback: Callback, path: str) -> None:
    made = [str(make_batch(callback).pk) for _ in range(7)]
    make_batch(make_callback(ours.fleet))
    first = ours.caller.get(f"{path}/batches", "&pageSize=3").json()
    assert (first["total"], first["totalPage"], first["currentPage"]) == (7, 3, 1)
    pages = list(walk(ours, first))
    assert [page["currentPage"] for page in pages] == [1, 2, 3]
    seen = [item["batchId"] for page in pages for item in page["_embedded"]["batches"]]
    assert seen == made[::-1]


def walk(world: World, page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield page
    while "next" in page["_links"]:
        page = follow(world, page["_links"]["next"]["href"])
        yield page


def test_what_comes_meanwhile_moves_no_page(ours: World, callback: Callback, path: str) -> None:
    made = [str(make_batch(callback).pk) for _ in range(4)]
    first = ours.caller.get(f"{path}/batches", "&pageSize=2").json()
    make_batch(callback)
    rest = list(walk(ours, first))[1:]
    assert [item["batchId"] for page in rest for item in page["_embedded"]["batches"]] == made[1::-1]


def test_a_long_history_is_not_counted_to_its_end(
    ours: World, callback: Callback, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.rest.hal.MAX_TOTAL", 2)
    for _ in range(3):
        make_batch(callback)
    answer = ours.caller.get(f"{path}/batches").json()
    assert (answer["total"], len(answer["_embedded"]["batches"])) == (2, 3)


@pytest.mark.parametrize("name", ["batches", "attempts"])
def test_a_page_is_read_along_the_index(ours: World, callback: Callback, path: str, name: str) -> None:
    make_attempt(make_batch(callback))
    with CaptureQueriesContext(connection) as queries:
        listed(ours, f"{path}/{name}", name)
    table = {"batches": "callbacks_batch", "attempts": "callbacks_attempt"}[name]
    statements = [query["sql"] for query in queries.captured_queries if f'FROM "{table}"' in query["sql"]]
    # The page, how many there are, and of batches when they are tried next.
    assert len(statements) == {"batches": 3, "attempts": 2}[name]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index" in plan, plan
            assert "Seq Scan" not in plan, plan
            assert "Sort" not in plan, plan


def test_batches_are_found_by_what_is_in_them(ours: World, callback: Callback, path: str) -> None:
    lock, horn = make_event(), make_event(vin="VF7ABCDE0FG123457", remote_type="Horn")
    both = make_batch(callback, lock, horn, formed_at=NOON, state="delivered")
    one = make_batch(callback, make_event(), formed_at=NOON + HOUR)

    def found(query: str) -> list[int]:
        return [int(item["batchId"]) for item in listed(ours, f"{path}/batches", "batches", query)]

    assert found("&vin=VF7ABCDE0FG123457") == [both.pk]
    assert found(f"&remoteActionId={lock['remoteActionId']}") == [both.pk]
    assert found("&vin=VF3ABCDE0FG123456") == [one.pk, both.pk]
    assert found("&state=waiting") == [one.pk]
    assert found(f"&since={at(0)}&until={at(1)}") == [both.pk]
    assert found(f"&since={quote(at(1, ahead=1))}") == [one.pk]
    assert found(f"&since={quote(at(1, ahead=20))}") == [one.pk]
    assert found("&since=0001-01-01T00:00:00%2B01:00&until=9999-12-31T23:59:59-01:00") == [one.pk, both.pk]
    assert found("&vin=VF3") == []


@pytest.mark.parametrize(
    "query",
    ["state=lost", "since=yesterday", "since=2026-11-21T12:00:00", "until=2026-11-21", "vin=%00", "pageToken=x"],
)
def test_a_filter_that_cannot_be_read_is_400_with_its_name(ours: World, path: str, query: str) -> None:
    answer = ours.caller.get(f"{path}/batches", f"&{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, 40099)
    assert answer.json()["message"].startswith(f"{query.partition('=')[0]}: ")


def test_a_batch_is_read_with_its_body_and_its_attempts(ours: World, callback: Callback, path: str) -> None:
    events = [make_event(number=n) for n in range(12)]
    batch = make_batch(callback, *events, tries=2, tried_at=NOON, due_at=timezone.now() + HOUR)
    make_attempt(batch, status=None, error="No connection.")
    make_attempt(batch, status=500, error="Answered 500.", answer="oops")
    (item,) = listed(ours, f"{path}/batches", "batches")
    assert (item["eventCount"], len(item["remoteActionIds"])) == (12, 10)
    read = follow(ours, item["_links"]["self"]["href"])
    validator("BatchInFull").validate(read)
    assert read["body"] == json.loads(bytes(batch.body))
    assert read["remoteActionIds"] == [event["remoteActionId"] for event in events]
    assert (read["webhookId"], read["state"], read["tries"]) == (batch.webhook_id, "waiting", 2)
    assert (read["nextTryAt"], read["lastTryAt"]) == (format_time(batch.due_at), format_time(NOON))
    assert "deliveredAt" not in read
    second, first = read["attempts"]
    assert (first["number"], first["outcome"], first["error"], "status" in first) == (
        1,
        "Failed",
        "No connection.",
        False,
    )
    assert (second["number"], second["status"], second["answer"]) == (2, 500, "oops")
    assert follow(ours, read["_links"]["attempts"]["href"])["_embedded"]["attempts"] == [second, first]


def test_the_next_try_of_a_batch_is_not_before_that_of_the_one_it_waits_for(
    ours: World, callback: Callback, path: str
) -> None:
    """The subscriber has asked for a day, and the second notification is due, but behind the first."""
    tomorrow = timezone.now() + 24 * HOUR
    make_batch(callback, order_keys=[7], tries=1, tried_at=NOON, due_at=tomorrow)
    make_batch(callback, order_keys=[7], due_at=NOON)
    free = make_batch(callback, order_keys=[8], due_at=NOON)
    told = {item["batchId"]: item["nextTryAt"] for item in listed(ours, f"{path}/batches", "batches")}
    now = format_time(timezone.now())
    assert format_time(NOON) < told.pop(str(free.pk)) <= now
    assert set(told.values()) == {format_time(tomorrow)}
    assert format_time(NOON) < ours.caller.get(f"{path}/health").json()["nextTryAt"]


def test_a_delivered_batch_waits_for_nothing(ours: World, callback: Callback, path: str) -> None:
    batch = make_batch(callback, state="delivered", delivered_at=NOON)
    read = ours.caller.get(f"{path}/batches/{batch.pk}").json()
    assert (read["state"], read["deliveredAt"], "nextTryAt" in read) == ("delivered", format_time(NOON), False)


def test_the_described_states_are_all_there_are() -> None:
    assert set(BATCH_STATES) == set(Batch.State)


@pytest.mark.parametrize("bid", ["0", "abc", "-1", "9" * 19, "9" * 100])
def test_a_batch_that_is_not_there_is_404(ours: World, path: str, bid: str) -> None:
    assert ours.caller.get(f"{path}/batches/{bid}").json()["code"] == 40499
    assert ours.caller.post(f"{path}/batches/{bid}/replay", None).json()["code"] == 40499


def test_a_batch_of_another_callback_is_404(ours: World, theirs: World, path: str) -> None:
    for fleet in (ours.fleet, theirs.fleet):
        batch = make_batch(make_callback(fleet))
        make_attempt(batch)
        assert ours.caller.get(f"{path}/batches/{batch.pk}").json()["code"] == 40499
        assert listed(ours, f"{path}/attempts", "attempts", f"&batchId={batch.pk}") == []


# Attempts


def test_attempts_are_found_by_outcome_time_and_batch(ours: World, callback: Callback, path: str) -> None:
    first, second = make_batch(callback), make_batch(callback)
    for hour, (batch, status) in enumerate([(first, None), (first, 302), (first, 204), (second, 503), (second, 200)]):
        make_attempt(batch, status=status, at=NOON + hour * HOUR)

    def found(query: str = "") -> list[int | None]:
        return [item.get("status") for item in listed(ours, f"{path}/attempts", "attempts", query)]

    assert found() == [200, 503, 204, 302, None]
    assert found("&outcome=Succeeded") == [200, 204]
    assert found("&outcome=Failed") == [503, 302, None]
    assert found(f"&batchId={first.pk}") == [204, 302, None]
    assert found("&batchId=abc") == []
    assert found(f"&since={at(1)}&until={at(3)}") == [204, 302]
    assert ours.caller.get(f"{path}/attempts", "&outcome=Maybe").json()["code"] == 40099


# Replay


def test_a_batch_is_sent_again_unless_it_waits(ours: World, callback: Callback, path: str) -> None:
    batch = make_batch(callback, state="delivered", formed_at=NOON)
    body = bytes(batch.body)
    for expected in (1, 0):
        answer = ours.caller.post(f"{path}/batches/{batch.pk}/replay", None)
        assert (answer.status_code, answer.json()) == (202, {"replayed": expected})
    batch.refresh_from_db()
    assert (batch.state, bytes(batch.body)) == ("waiting", body)
    assert batch.expires_at > timezone.now()


def test_a_span_of_time_is_sent_again_or_only_its_failures(
    ours: World,
    callback: Callback,
    path: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for hour, state in enumerate(["delivered", "parked", "expired", "delivered", "waiting"]):
        make_batch(callback, state=state, formed_at=NOON + hour * HOUR)
    other = make_batch(make_callback(ours.fleet), state="parked", formed_at=NOON)

    def replayed(**body: str) -> int:
        answer = ours.caller.post(f"{path}/replay", body)
        assert answer.status_code == 202, answer.content
        return answer.json()["replayed"]

    assert replayed(since=at(5)) == 0
    assert replayed(since=at(2), until=at(3)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert replayed(since=at(0), only="Failed") == 1
    assert is_woken(callback)
    assert replayed(since=at(0, ahead=1)) == 2
    assert set(callback.batches.values_list("state", flat=True)) == {"waiting"}
    other.refresh_from_db()
    assert other.state == "parked"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "since: is required"),
        ({"since": "2026-11-21T12:00:00"}, "since: "),
        ({"since": "2026-11-21T12:00:00Z", "until": 5}, "until: must be a string"),
        ({"since": "2026-11-21T12:00:00Z", "until": "2026-11-21T12:00:00Z"}, "until: must be later than since"),
        ({"since": "2026-11-21T12:00:00Z", "only": "All"}, "only: "),
        ([], "must be an object"),
    ],
)
def test_a_replay_that_cannot_be_read_is_400_with_its_path(ours: World, path: str, body: Any, words: str) -> None:
    answer = ours.caller.post(f"{path}/replay", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 40001)
    assert answer.json()["message"].startswith(words)


# Test, health, secret, status


def test_a_test_notification_is_a_batch_to_look_at(ours: World, path: str) -> None:
    answer = ours.caller.post(f"{path}/test", None)
    assert answer.status_code == 202
    validator("TestNotification").validate(answer.json())
    assert "detail" not in answer.json()
    read = ours.caller.get(f"{path}/batches/{answer.json()['batchId']}").json()
    assert (read["kind"], read["webhookId"]) == ("test", answer.json()["webhookId"])
    assert read["body"]["events"][0]["test"] is True


def test_a_test_of_a_paused_callback_is_kept_and_the_answer_says_so(ours: World, callback: Callback, path: str) -> None:
    ours.caller.request("PUT", f"{path}/status", {"status": "Paused"})
    answer = ours.caller.post(f"{path}/test", None)
    assert answer.status_code == 202
    assert "Paused" in answer.json()["detail"]
    assert callback.batches.get().state == "waiting"


def test_health_is_told_in_numbers_and_times(ours: World, callback: Callback, path: str) -> None:
    quiet = ours.caller.get(f"{path}/health").json()
    validator("CallbackHealth").validate(quiet)
    assert {key for key in quiet if key != "_links"} == {"status", "attempts", "waiting", "parked"}
    now = timezone.now()
    delivered = make_batch(callback, state="delivered", oldest_at=now - timedelta(milliseconds=1500), delivered_at=now)
    make_attempt(delivered)
    waiting = make_batch(callback, due_at=now + HOUR)
    make_attempt(waiting, status=503)
    told = ours.caller.get(f"{path}/health").json()
    validator("CallbackHealth").validate(told)
    assert (told["successRate"], told["attempts"], told["waiting"]) == (0.5, 2, 1)
    assert told["timeToDeliver"] == {"p50Ms": 1500, "p95Ms": 1500}
    assert told["nextTryAt"] == format_time(now + HOUR)
    assert told["oldestWaitingAt"] == format_time(waiting.oldest_at)


def test_the_secret_is_told_once_and_can_be_rotated(ours: World) -> None:
    callbacks = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    made = ours.caller.post(callbacks, SUBSCRIBE).json()
    assert made["secret"].startswith("whsec_")
    path = f"{callbacks}/{made['callbackId']}"
    assert "secret" not in ours.caller.get(path).json()
    assert "secret" not in ours.caller.request("PUT", path, SUBSCRIBE).json()
    rotated = ours.caller.post(f"{path}/secret", None)
    assert rotated.status_code == 200
    validator("NewSecret").validate(rotated.json())
    callback = Callback.objects.get(public_id=made["callbackId"])
    until = datetime.fromisoformat(rotated.json()["previousSecretValidUntil"])
    assert callback.signing_secrets(until - timedelta(minutes=1)) == [rotated.json()["secret"], made["secret"]]
    assert callback.signing_secrets(until + timedelta(minutes=1)) == [rotated.json()["secret"]]
    assert timedelta(hours=23) < until - timezone.now() <= timedelta(hours=24)


def test_a_second_rotation_ends_the_oldest_secret_at_once(ours: World) -> None:
    callbacks = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    made = ours.caller.post(callbacks, SUBSCRIBE).json()
    first, second = (
        ours.caller.post(f"{callbacks}/{made['callbackId']}/secret", None).json()["secret"] for _ in range(2)
    )
    callback = Callback.objects.get(public_id=made["callbackId"])
    assert len({made["secret"], first, second}) == 3
    assert callback.signing_secrets(timezone.now()) == [second, first]


def test_a_status_is_told_with_its_reason_and_resumed_at_once(
    ours: World,
    callback: Callback,
    path: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert not {"statusReason", "statusSince"} & set(ours.caller.get(path).json())
    batch = make_batch(callback, due_at=timezone.now() + HOUR)
    ours.caller.request("PUT", f"{path}/status", {"status": "Paused"})
    read = ours.caller.get(path).json()
    validator("RemoteCallback").validate(read)
    assert ours.caller.row.name in read["statusReason"]
    assert datetime.fromisoformat(read["statusSince"]) <= timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        ours.caller.request("PUT", f"{path}/status", {"status": "Running"})
    assert is_woken(callback)
    assert "statusReason" not in ours.caller.get(path).json()
    batch.refresh_from_db()
    assert batch.due_at <= timezone.now()


def test_a_replaced_callback_is_delivered_to_at_once(
    ours: World,
    callback: Callback,
    path: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert ours.caller.request("PUT", path, SUBSCRIBE).status_code == 202
    assert is_woken(callback)


@pytest.mark.parametrize(
    "target", ["https://user:secret@example.com/hook", "https://10.0.0.1/hook", "http://example.com/hook"]
)
def test_an_address_that_nothing_may_be_posted_to_is_refused(ours: World, path: str, target: str) -> None:
    body = {"callback": {"webhook": {"target": target, "name": "hook"}}}
    for answer in (ours.caller.post(path.rpartition("/")[0], body), ours.caller.request("PUT", path, body)):
        assert answer.json()["code"] == 40001
        assert answer.json()["message"].startswith("callback.webhook.target: ")
