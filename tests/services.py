"""pytest plugin: one embedded PostgreSQL and one Valkey for each process that runs tests, in folders of its own.

Load it with `-p tests.services`. The environment is set when this module is imported, since Django
reads it before any hook of ours runs; the servers start when there are tests to run. A test never
touches a FleetRemote that runs.
"""

import atexit
import base64
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from launcher.errors import failure
from launcher.guardian import Guardian
from launcher.process import Child, Command
from launcher.stores.postgres import EmbeddedPostgres
from launcher.stores.sockets import make_socket_folder, remove_socket_folder
from launcher.stores.valkey import EmbeddedValkey
from tests import migrated

START_SECONDS = 30.0


class TestServices:
    """The servers of one test session."""

    __test__ = False

    def __init__(self) -> None:
        """Make the folders and set the environment; nothing runs yet."""
        self.home = Path(tempfile.mkdtemp(prefix="fleetremote-tests-"))
        if os.geteuid() == 0:
            self.home.chmod(0o711)
        self._note = self.home / "run" / "sockets"
        sockets = make_socket_folder(self._note)
        log = self.home / "log"
        self._postgres = EmbeddedPostgres(self.home, sockets, log / "postgres.log", durable=False)
        self._valkey = EmbeddedValkey(sockets, log / "valkey.log")
        self._guardian: Guardian | None = None
        self._children: list[Child] = []
        self._stopped = False
        os.environ.update(self._environment())

    def start(self) -> None:
        """Start both servers and wait until they answer."""
        self._guardian = Guardian()
        self._start(self._valkey.command(), self._valkey.is_ready)
        with migrated.alone() as is_to_be_made:
            if is_to_be_made:
                self._make_migrated()
        migrated.copy_to(self._postgres.data)
        self._postgres.prepare()
        self._start(self._postgres.command(), self._postgres.is_ready)

    def _make_migrated(self) -> None:
        self._postgres.prepare()
        server = self._start(self._postgres.command(), self._postgres.is_ready)
        migrated.migrate()
        server.stop(grace=30)
        self._children.remove(server)
        migrated.keep(self._postgres.data)

    def _start(self, command: Command, is_ready: Callable[[], bool]) -> Child:
        assert self._guardian is not None
        child = Child(command, self._guardian)
        self._children.append(child)
        _wait(child, command, is_ready)
        return child

    def stop(self) -> None:
        """Stop both and remove their data; harmless when repeated."""
        if self._stopped:
            return
        self._stopped = True
        for child in reversed(self._children):
            child.stop(grace=5)
        if self._guardian:
            self._guardian.close()
        self._postgres.close()
        remove_socket_folder(self._note)
        self._postgres.remove_data()
        shutil.rmtree(self.home, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "fleetremote.settings",
            "DATABASE_URL": self._postgres.url,
            "REDIS_URL": self._valkey.url,
            "SECRET_KEY": "only-for-tests-0123456789-abcdefghijk",
            "FIELD_KEYS": base64.urlsafe_b64encode(b"only-for-tests".ljust(32)).decode(),
            "FLEETREMOTE_HOME": str(self.home),
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "SIMULATOR_SPEED": "1",
            "CALLBACK_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        }


def _wait(child: Child, command: Command, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if child.poll() is not None or time.monotonic() > deadline:
            raise failure(f"{command.argv[0]} didn't start.", command.log)
        time.sleep(0.02)


services = TestServices()
# For `pytest --help` and the like, which end without any hook.
atexit.register(services.stop)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers, unless nothing is going to run here."""
    option = session.config.option
    hands_out = option.dist != "no" and not hasattr(session.config, "workerinput")
    if not option.collectonly and not hands_out:
        services.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them after all else has let go."""
    services.stop()
