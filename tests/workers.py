"""Other workers, as threads with database connections of their own, and a way to hold one up at an exact moment."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils.module_loading import import_string

from tests.waiting import wait_until


class Worker:
    """Does some work beside the test, from now on. Needs `django_db(transaction=True)`."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._pid: int | None = None
        self._found: Any = None
        self._failed: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self) -> Any:
        """What the work gives, once it is done; raises what it has raised."""
        self._thread.join(30)
        assert not self._thread.is_alive(), "a worker didn't come to its end"
        if self._failed is not None:
            raise self._failed
        return self._found

    def until_it_waits(self) -> "Worker":
        """Until it waits for a lock of the database, or has ended, as it would where nothing holds it up."""
        wait_until(lambda: not self._thread.is_alive() or self._waits(), "a worker's wait for a lock")
        return self

    def _waits(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND NOT granted)", [self._pid])
            return bool(cursor.fetchone()[0])

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._pid = cursor.fetchone()[0]
            self._found = self._work()
        except BaseException as error:
            self._failed = error
        finally:
            connections.close_all()


class HoldUp:
    """Stops the first who calls a function, before it does anything, until `let_go`; others pass."""

    def __init__(self, patch: pytest.MonkeyPatch, name: str) -> None:
        self._name = name
        self._real = import_string(name)
        self._reached, self._free = Event(), Event()
        patch.setattr(name, self._call)

    def until_reached(self) -> None:
        """Until somebody stands there."""
        assert self._reached.wait(30), f"nobody has called {self._name}"

    def let_go(self) -> None:
        self._free.set()

    def _call(self, *given: Any, **named: Any) -> Any:
        if not self._reached.is_set():
            self._reached.set()
            assert self._free.wait(30), f"nobody has let go of {self._name}"
        return self._real(*given, **named)
