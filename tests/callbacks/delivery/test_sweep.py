"""Redis only wakes: whatever is lost there, the sweep finds all that is due, and at little cost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callbacks.delivery import postman as postmen
from callbacks.delivery import recovery, sweep, turns
from callbacks.delivery.policy import Policy
from callbacks.models import Callback, Delivery, Notification
from callbacks.status import fail, pause
from fleets.models import Fleet
from fleets.storage.redis import client as redis_client
from tests.callbacks.conftest import Desk
from tests.callbacks.outbox_world import is_woken, make_batch, make_callback, make_notification
from tests.waiting import wait_until

MANY = 50_000
MINUTE = timedelta(minutes=1)


def with_event(callback: Callback, **values: Any) -> Callback:
    make_notification(callback, **values)
    return callback


def with_batch(callback: Callback, **values: Any) -> Callback:
    make_batch(callback, **values)
    return callback


def failed(callback: Callback, probe_in: timedelta) -> Callback:
    fail(callback, "It was not there.")
    Delivery.objects.create(callback=callback, probe_at=timezone.now() + probe_in)
    return callback


def test_everything_due_is_found_and_nothing_else(fleet: Fleet) -> None:
    now = timezone.now()

    def made(**parts: Any) -> Callback:
        return make_callback(fleet, **parts)

    windowed = {"batchNotify": {"size": 3, "timeWindow": 60}}
    due = {
        "an event": with_event(made()),
        "a retry": with_batch(made(), tries=1),
        "a closed window": with_event(made(**windowed), created_at=now - MINUTE),
        "a full batch": with_event(with_event(with_event(made(**windowed)))),
        "a lapsed lease": with_event(made()),
        "a probe with what waits": with_batch(failed(made(), -MINUTE), due_at=now + MINUTE),
        "a probe with what is parked": with_batch(failed(made(), -MINUTE), state="parked", tries=4),
        "a probe with a new event": with_event(failed(made(), -MINUTE)),
    }
    Delivery.objects.create(callback=due["a lapsed lease"], lease_until=now - MINUTE)
    not_due = {
        "nothing": made(),
        "delivered": with_batch(made(), state="delivered"),
        "parked": with_batch(made(), state="parked", tries=4),
        "a later retry": with_batch(made(), due_at=now + MINUTE),
        "an open window": with_event(with_event(made(**windowed))),
        "leased": with_event(made()),
        "paused": with_event(with_batch(made())),
        "deleted": with_event(made()),
        "a later probe": with_event(failed(made(), MINUTE)),
        "a probe with nothing": failed(made(), -MINUTE),
        "a probe without what is parked": with_batch(
            failed(made(retryPolicy={"policy": "None"}), -MINUTE), state="parked", tries=1
        ),
    }
    Delivery.objects.create(callback=not_due["leased"], lease_until=now + MINUTE)
    pause(not_due["paused"])
    Callback.objects.filter(pk=not_due["deleted"].pk).update(deleted_at=now)
    names = {callback.pk: name for name, callback in [*due.items(), *not_due.items()]}
    assert {names[pk] for pk in sweep.due(timezone.now())} == set(due)
    for name, callback in [*due.items(), *not_due.items()]:
        assert sweep.due(timezone.now(), callback.pk) == ([callback.pk] if name in due else [])


def test_nothing_is_lost_when_redis_is_emptied(desk: Desk) -> None:
    callbacks = [desk.callback() for _ in range(3)]
    sent = [action for callback in callbacks for action in desk.put(callback, 5)]
    redis_client().flushdb()
    assert not any(is_woken(callback) for callback in callbacks)
    sweep.sweep()
    assert all(is_woken(callback) for callback in callbacks)
    redis_client().flushdb()
    desk.until(callbacks[0], lambda: len(desk.sink.got) == len(sent), "all to arrive")
    assert sorted(desk.sink.actions) == sorted(sent)


@pytest.fixture
def full(fleet: Fleet) -> Callback:
    """A callback with some that wait, among many delivered batches and many events of others."""
    callback, others = make_callback(fleet), [make_callback(fleet) for _ in range(20)]
    for _ in range(20):
        make_batch(callback, due_at=timezone.now() + MINUTE)
        make_batch(callback, state="parked")
    _multiply(make_batch(callback, state="delivered"), "callbacks_batch", [callback, *others])
    _multiply(make_notification(others[0]), "callbacks_notification", others)
    return callback


def _multiply(row: Any, table: str, callbacks: list[Callback]) -> None:
    """MANY rows like this one, spread over the callbacks."""
    columns = ", ".join(field.column for field in row._meta.fields if field.column not in ("id", "callback_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (callback_id, {columns})"
            f" SELECT (%s::bigint[])[1 + n %% %s], {columns} FROM {table}, generate_series(1, %s) n WHERE id = %s",
            [[callback.pk for callback in callbacks], len(callbacks), MANY, row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


def _plans(work: Callable[[], object]) -> Iterator[tuple[str, str]]:
    """The statements of `work`, each with PostgreSQL's plan for it."""
    with CaptureQueriesContext(connection) as captured:
        work()
    for query in captured.captured_queries:
        if query["sql"].lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"))
                yield query["sql"], "\n".join(line for (line,) in cursor.fetchall())


def test_no_statement_of_a_delivery_reads_a_whole_table(full: Callback) -> None:
    claim_id = turns.acquire(full.pk)
    assert claim_id

    def work() -> None:
        now = timezone.now()
        sweep.due(now)
        sweep.due(now, full.pk)
        turns.take_turn(full.pk, claim_id, [1, 2, 3], 1000, now)
        fail(full, "It was not there.")
        turns.take_turn(full.pk, claim_id, [], 1000, now)
        recovery.recovered(full, Policy.of({}), now, [])

    plans = list(_plans(work))
    assert len(plans) >= 10
    for sql, plan in plans:
        for table in ("callbacks_batch", "callbacks_notification"):
            assert f"Seq Scan on {table}" not in plan, f"{sql}\n{plan}"


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that the postman's threads make."""
    statements: list[str] = []
    with_connection = postmen.with_connection

    def note(execute, sql, *rest):
        statements.append(sql)
        return execute(sql, *rest)

    def watched(work):
        def noted():
            with connection.execute_wrapper(note):
                return work()

        return with_connection(noted)

    with monkeypatch.context() as patch:
        patch.setattr(postmen, "with_connection", watched)
        yield statements


def test_the_number_of_statements_does_not_grow_with_the_number_of_events(desk: Desk, settings, monkeypatch) -> None:
    settings.CALLBACK_IN_FLIGHT = 300
    callback = desk.callback()
    made = {}
    for number in (10, 200):
        desk.sink.hold()
        desk.put(callback, number)
        with counted(monkeypatch) as statements:
            desk.postman.deliver([callback.pk])
            wait_until(lambda: desk.sink.under_way == number, "all to be under way")  # noqa: B023
            desk.sink.let_go()
            wait_until(desk.postman.idle, "the postman to be done")
        made[number] = statements
    assert desk.states(callback) == ["delivered"] * 210
    assert not Notification.objects.exists()
    written = [len([sql for sql in statements if "callbacks_attempt" in sql]) for statements in made.values()]
    assert len(made[200]) - written[1] <= len(made[10]) - written[0] + 10
    assert written[1] <= 20
