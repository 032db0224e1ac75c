"""The embedded PostgreSQL: one server for one FLEETREMOTE_HOME, on a Unix socket only."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from launcher.accounts import database_account
from launcher.errors import LaunchError, failure
from launcher.process import Command
from launcher.stores.postgres_files import hold, program_folder, storage_folder
from launcher.stores.sockets import private_folder

DATABASE = "fleetremote"
LEFTOVER_SECONDS = 2.0
"""How long the processes of a killed server may take to notice it."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "checkpoint_completion_target": "0.9",
    "autovacuum_naptime": "20s",
    "jit": "off",
    "cluster_name": "fleetremote",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests, whose data nobody wants back."""
CLOCK = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "FAKETIME_FORCE_MONOTONIC_FIX", "NO_FAKE_STAT")
"""What moves the clock of a test run (`script/test --at`): the server's has to agree with ours."""


class EmbeddedPostgres:
    """Knows how to make, start and reach the server; the supervisor runs it."""

    def __init__(self, home: Path, sockets: Path, log: Path, *, durable: bool = True) -> None:
        """Keep data in (or noted in) `home`, the socket below `sockets`, the log in `log`."""
        self.log = log
        self._durable = durable
        self._account = database_account(home / "postgres" / "data")
        self.storage = storage_folder(home, self._account)
        self.data = self.storage / "data"
        self._socket = private_folder(sockets / "pg", self._account)
        self._hold = hold(self.storage)

    @property
    def url(self) -> str:
        """The address of FleetRemote's database, as libpq and dj-database-url understand it."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        # As a parameter: in the host's place dj-database-url would turn it into lower case.
        return f"postgres://{DATABASE}@/{database}?host={quote(str(self._socket), safe='')}"

    def prepare(self) -> None:
        """Make the data folder when there is none, and clear what a killed server left behind.

        Raises LaunchError when that can't be done.
        """
        self._programs = program_folder(self.storage, self._account)
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        self._check_version()
        self._clear_leftovers()

    def command(self) -> Command:
        """Return how to start the server; valid after `prepare`."""
        settings = SETTINGS | ({} if self._durable else FLEETING)
        argv = [str(self._programs / "postgres"), "-D", str(self.data), "-k", str(self._socket)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Command(
            argv=argv,
            log=self.log,
            cwd=Path("/"),
            env=_bare_environment(),
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            # "Fast": it doesn't wait for clients to leave.
            stop_signal=signal.SIGINT,
        )

    def is_ready(self) -> bool:
        """Whether it answers, and FleetRemote's database is there (made when missing)."""
        try:
            with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=2) as link:
                known = "SELECT 1 FROM pg_database WHERE datname = %s"
                if link.execute(known, [DATABASE]).fetchone() is None:
                    link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        """Let go of the data folder, when the server has stopped."""
        os.close(self._hold)

    def remove_data(self) -> None:
        """Remove data and copied programs, wherever they lie; the server must have stopped."""
        shutil.rmtree(self.storage, ignore_errors=True)

    def _make_data(self) -> None:
        draft = self.storage / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        argv = [str(self._programs / "initdb"), "-D", str(draft), "-U", DATABASE, "--auth=trust"]
        argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        argv += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        if not self._durable:
            argv.append("--no-sync")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            offset = log.tell()
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_bare_environment(),
                user=self._account.uid if self._account else None,
                group=self._account.gid if self._account else None,
                extra_groups=None if self._account is None else [],
                start_new_session=True,
            )
        if done.returncode != 0:
            hint = f"See that there is room on the disk and that {self.storage} can be written."
            raise failure("Making the database failed.", self.log, offset=offset, hint=hint)
        draft.rename(self.data)

    def _check_version(self) -> None:
        wrote = (self.data / "PG_VERSION").read_text().strip()
        text = subprocess.check_output([self._programs / "postgres", "--version"], text=True)
        runs = text.rsplit(maxsplit=1)[-1].split(".")[0]
        if wrote != runs:
            raise LaunchError(
                f"The data in {self.data} was written by PostgreSQL {wrote}, but PostgreSQL "
                f"{runs} is installed. Go back to the version of FleetRemote that wrote it and "
                "dump it with pg_dump, or choose another folder with FLEETREMOTE_HOME."
            )

    def _clear_leftovers(self) -> None:
        """Wait for processes of a killed server to go, kill the rest, remove its stale pid file.

        A server that starts beside them would refuse, as they still hold the shared memory; and a
        stale pid file stops it too when its number belongs to another process of ours by now.
        """
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while _processes_in(self.data) and time.monotonic() < deadline:
            time.sleep(0.05)
        while left := _processes_in(self.data):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        if Path("/proc/self").exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    """Return PostgreSQL's processes that work in `folder`, as all of a server do in its data."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        # Not ours to look at, or already gone.
        with contextlib.suppress(OSError):
            is_zombie = ") Z " in (entry / "stat").read_text()
            program = os.readlink(entry / "exe").removesuffix(" (deleted)")
            is_postgres = Path(program).name == "postgres"
            if is_postgres and not is_zombie and os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
    return found


def _bare_environment() -> dict[str, str]:
    """Return an environment without the caller's PG… settings, which would change the server."""
    clock = {name: os.environ[name] for name in CLOCK if name in os.environ and "FAKETIME" in os.environ}
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "LC_ALL": "C", "TZ": "UTC", **clock}
