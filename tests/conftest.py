"""What tests of several rooms share."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from fleets.storage import clock, continuity
from tests import emptying
from tests.long_form import LONG
from tests.migrating import migrate
from tests.running import database_uri

# How long an example takes says how busy the machine is.
settings.register_profile(
    "fleetremote",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    # Others are drawn in each run; on another day the same rules hold for other moments only.
    max_examples=100 if LONG else 10 if "FAKETIME" in os.environ else 20,
)
settings.load_profile("fleetremote")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Made from the one that is migrated already (tests/migrated.py), where it is."""
    database = connection.settings_dict
    with psycopg.connect(database_uri(os.environ["DATABASE_URL"])) as link:
        (is_migrated,) = link.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone() or (False,)
    if is_migrated:
        database["TEST"]["TEMPLATE"] = database["NAME"]


@pytest.fixture
def at_the_end(transactional_db: None) -> Iterator[None]:
    """Whatever the test has migrated to, the next one finds the tables of today."""
    yield
    migrate()


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


@pytest.fixture(scope="session", autouse=True)
def database_keeps_what_it_has() -> Iterator[Callable[[], None]]:
    """Tests empty the database, so no connection looks whether it has lost something. Gives what would look."""
    look = continuity.look
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(continuity, "look", lambda: None)
        yield look


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_fast() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)
        yield


@pytest.fixture(autouse=True)
def language_is_put_back() -> Iterator[None]:
    """A page that was asked for in French leaves its language to whatever runs next in this thread."""
    yield
    translation.deactivate()


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
