"""Each new connection looks whether the database has lost commits, and the first who finds it has all flagged."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import override_settings

from fleets.models import DatabaseHistory
from fleets.storage import continuity, seen
from fleets.storage.history import Mark
from fleets.storage.redis import client
from tests.workers import HoldUp, Worker

pytestmark = pytest.mark.django_db(transaction=True)

Look = Callable[[], None]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, database_keeps_what_it_has: Look) -> Iterator[Look]:
    """As with a new connection, in a process that has just started; nothing was ever noted."""
    for name in ("_known", "_own"):
        monkeypatch.setattr(seen, name, None)
    client().delete(seen.KEY)
    yield database_keeps_what_it_has
    client().delete(seen.KEY)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The losses that were told."""
    told: list[datetime] = []

    def tell(since: datetime) -> int:
        told.append(since)
        return 3

    monkeypatch.setattr(continuity, "_on_loss", [tell])
    return told


def row() -> DatabaseHistory:
    return DatabaseHistory.objects.get()


def forget_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_own", None)


def far_ahead() -> None:
    """Something was committed that this database does not have."""
    seen.remember(seen.at(2**50))


def test_the_first_look_notes_what_there_is(look: Look, found: list[datetime]) -> None:
    look()
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        assert (row().system, row().timeline) == (cursor.fetchone()[0], 1)
    look()
    assert (found, DatabaseHistory.objects.count(), seen.since()) == ([], 1, row().since)


def test_a_look_is_one_statement(look: Look, django_assert_num_queries: Any) -> None:
    look()
    with django_assert_num_queries(1):
        look()


def test_what_another_one_commits_meanwhile_is_no_loss(
    look: Look, found: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    forget_in_this_process(monkeypatch)
    ask_redis = seen.marks

    def after_a_commit() -> list[Mark]:
        """Redis is asked, and beside that somebody commits and remembers it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 10000))")
            cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
            (length,) = cursor.fetchone()
        seen.remember(seen.at(length))
        return ask_redis()

    monkeypatch.setattr(seen, "marks", after_a_commit)
    look()
    assert found == []


@pytest.mark.parametrize("was", [{"timeline": 0}, {"timeline": 2}, {"system": 5}])
def test_another_database_is_told_once_and_noted(look: Look, found: list[datetime], was: dict[str, int]) -> None:
    look()
    before = row()
    DatabaseHistory.objects.update(**was)
    look()
    look()
    assert found == [row().since]
    assert (row().system, row().timeline) == (before.system, before.timeline)
    assert row().since > before.since


@override_settings(DATABASE_KEEPS_COMMITS=True)
def test_a_standby_that_has_all_is_noted_without_a_loss(look: Look, found: list[datetime]) -> None:
    look()
    since = row().since
    DatabaseHistory.objects.update(timeline=0)
    look()
    assert (found, row().timeline, row().since) == ([], 1, since)


def test_a_shorter_log_is_told_once_by_what_this_process_remembers(
    look: Look, found: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    far_ahead()
    client().delete(seen.KEY)
    look()
    look()
    assert found == [row().since]


def test_a_shorter_log_is_told_once_by_what_redis_remembers(
    look: Look, found: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    far_ahead()
    forget_in_this_process(monkeypatch)
    look()
    look()
    assert found == [row().since]
    assert client().zcard(seen.KEY) == 0


def test_what_is_remembered_only_grows(look: Look, found: list[datetime], monkeypatch: pytest.MonkeyPatch) -> None:
    look()
    far_ahead()
    seen.remember(seen.at(1))
    assert {mark.wal for mark in seen.marks()} == {2**50}


def test_who_finds_it_second_waits_and_tells_nothing(
    look: Look, found: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    DatabaseHistory.objects.update(timeline=0)
    held = HoldUp(monkeypatch, "fleets.storage.continuity.since_now")
    first = Worker(look)
    held.until_reached()
    second = Worker(look).until_it_waits()
    held.let_go()
    first.result()
    second.result()
    assert found == [row().since]


def test_what_can_not_be_flagged_is_not_noted(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(since: datetime) -> int:
        raise RuntimeError

    look()
    DatabaseHistory.objects.update(timeline=0)
    monkeypatch.setattr(continuity, "_on_loss", [fail])
    with pytest.raises(RuntimeError):
        look()
    assert row().timeline == 0


def test_a_connection_over_which_nobody_has_looked_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("no answer")

    def work() -> bool:
        connection.close()
        monkeypatch.setattr(continuity, "look", fail)
        with pytest.raises(OperationalError):
            connection.ensure_connection()
        return connection.connection is None

    with monkeypatch.context():
        assert Worker(work).result()


def test_a_standby_is_no_database_to_work_with(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    def standby() -> None:
        raise OperationalError from psycopg.errors.ObjectNotInPrerequisiteState("recovery is in progress")

    monkeypatch.setattr(continuity, "_read", standby)
    with pytest.raises(OperationalError, match="standby"):
        look()


def test_anybody_may_look(look: Look) -> None:
    """What it asks the server needs no rights of a superuser."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE looks_only")
        cursor.execute("GRANT SELECT ON fleets_databasehistory TO looks_only")
        try:
            cursor.execute("SET ROLE looks_only")
            place, _, _, _ = continuity._read()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP OWNED BY looks_only")
            cursor.execute("DROP ROLE looks_only")
    assert place.timeline == 1


def test_a_restore_that_nobody_could_notice_is_told_by_hand(
    look: Look, found: list[datetime], capsys: pytest.CaptureFixture[str]
) -> None:
    look()
    before = row().since
    call_command("database_was_restored")
    assert found == [row().since]
    assert row().since > before
    assert capsys.readouterr().out == "3 actions are looked for at the manufacturer's cloud before they are sent.\n"
    # Running workers see that it was done.
    look()
    assert len(found) == 1
