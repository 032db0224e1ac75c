"""A database that is away is told from one that refuses, and a connection that it has cut is not used again."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection

from fleets.storage.away import is_away
from fleets.storage.sql import run_prepared
from tests.workers import Worker


def because(django: type[Exception], cause: Exception) -> Exception:
    """As Django wraps what the driver raises."""
    error = django("words")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.OperationalError("connection refused"),
        psycopg.errors.AdminShutdown("terminating connection"),
        psycopg.errors.CrashShutdown("terminating connection"),
        psycopg.errors.CannotConnectNow("the database system is starting up"),
        psycopg.errors.TooManyConnections("sorry, too many clients already"),
        psycopg.errors.ConnectionFailure("lost"),
        psycopg.errors.DiskFull("no space left"),
        psycopg.errors.ReadOnlySqlTransaction("cannot execute UPDATE in a read-only transaction"),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_the_database_is_away(cause: Exception) -> None:
    assert is_away(because(OperationalError, cause))


def test_a_connection_that_is_closed_is_no_database() -> None:
    assert is_away(because(InterfaceError, psycopg.InterfaceError("the connection is closed")))


@pytest.mark.parametrize(
    "error",
    [
        because(OperationalError, psycopg.errors.DeadlockDetected("deadlock detected")),
        because(DatabaseError, psycopg.errors.UndefinedTable("no such table")),
        because(DatabaseError, psycopg.DataError("nonsense")),
        OperationalError("nobody knows"),
        ValueError("of ours"),
        None,
    ],
    ids=str,
)
def test_anything_else_is_a_fault(error: Exception | None) -> None:
    assert not is_away(error)


def ask_django() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def ask_prepared() -> Any:
    return run_prepared("SELECT pg_backend_pid()", {})[0][0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ask", [ask_django, ask_prepared])
def test_a_cut_connection_costs_the_next_request_nothing(ask: Callable[[], Any]) -> None:
    def two_requests() -> tuple[int, int]:
        close_old_connections()
        first = ask()
        close_old_connections()
        with psycopg.connect(_conninfo(), autocommit=True) as link:
            link.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        close_old_connections()
        return first, ask()

    first, second = Worker(two_requests).result()
    assert first != second


def _conninfo() -> str:
    wanted = ("host", "port", "user", "password", "dbname")
    given = connection.get_connection_params()
    return psycopg.conninfo.make_conninfo(**{name: given[name] for name in wanted if given.get(name)})
