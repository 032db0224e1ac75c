"""What tests of several rooms share."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import timezone
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from fleets.storage import clock
from launcher.probes import free_port
from tests import emptying
from tests.running import Running, running_server
from tests.server import Server

# How long an example takes says how busy the machine is.
settings.register_profile("fleetremote", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("fleetremote")


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Each client makes its own middleware, which would look for all static files."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def find_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def host_clock_is_the_databases() -> Iterator[None]:
    """Tests move the host's clock to move time; those of tests/whole run programs that read the database's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "keep_looking", lambda: None)
        yield


@pytest.fixture
def host_is_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets this host's clock off by so much; the database's goes right."""
    return lambda by: monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + by)


@pytest.fixture(scope="session", autouse=True)
def database_emptied_fast() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptying.sql_flush)
        # What it would make up for has stayed.
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)
        yield


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole FleetRemote; one a process, since its tests leave it as usable as they found it."""
    with running_server(Server(tmp_path_factory.mktemp("whole") / "home", free_port(None))) as running:
        yield running
