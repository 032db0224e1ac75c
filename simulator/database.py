"""The simulator's state on disk: one SQLite file, committed before anything is answered or posted."""

import fcntl
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = sqlite3.Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fleets (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created REAL NOT NULL,
    api TEXT NOT NULL DEFAULT 'v3'
);
CREATE TABLE IF NOT EXISTS vehicles (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fleet_id TEXT NOT NULL REFERENCES fleets(id),
    vin TEXT NOT NULL UNIQUE, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS vehicles_of_fleet ON vehicles(fleet_id, seq);
CREATE TABLE IF NOT EXISTS callbacks (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fleet_id TEXT NOT NULL REFERENCES fleets(id),
    document TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0,
    dialect TEXT NOT NULL DEFAULT 'v3', created REAL NOT NULL DEFAULT 0, updated REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS actions (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, vehicle_id TEXT NOT NULL, callback_id TEXT NOT NULL,
    remote_type TEXT NOT NULL, remote TEXT NOT NULL, payload TEXT NOT NULL,
    stage TEXT, due REAL, done INTEGER NOT NULL DEFAULT 0, last_date REAL NOT NULL DEFAULT 0,
    status TEXT, failure_cause TEXT, feedback_detail TEXT, dialect TEXT NOT NULL DEFAULT 'v3'
);
CREATE INDEX IF NOT EXISTS actions_due ON actions(due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS actions_of_vehicle ON actions(vehicle_id, callback_id, seq);
CREATE INDEX IF NOT EXISTS actions_in_progress ON actions(vehicle_id, remote_type) WHERE done = 0;
CREATE INDEX IF NOT EXISTS actions_pending ON actions(callback_id) WHERE done = 0;
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, callback_id TEXT NOT NULL, vin TEXT NOT NULL, body TEXT NOT NULL,
    created REAL NOT NULL, ready REAL NOT NULL, post_id INTEGER
);
CREATE INDEX IF NOT EXISTS events_unposted ON events(callback_id, id) WHERE post_id IS NULL;
CREATE INDEX IF NOT EXISTS events_of_post ON events(post_id);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY, callback_id TEXT NOT NULL, lane TEXT NOT NULL, created REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, next_try REAL NOT NULL, parked INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS posts_of_callback ON posts(callback_id, parked, id);
CREATE INDEX IF NOT EXISTS posts_next ON posts(callback_id, parked, next_try);
CREATE INDEX IF NOT EXISTS posts_created ON posts(callback_id, created);
CREATE TABLE IF NOT EXISTS tokens (digest TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires REAL NOT NULL);
"""

# Columns that came later, for files of earlier versions.
_ADDED = (
    ("fleets", "api", "TEXT NOT NULL DEFAULT 'v3'"),
    ("callbacks", "dialect", "TEXT NOT NULL DEFAULT 'v3'"),
    ("callbacks", "created", "REAL NOT NULL DEFAULT 0"),
    ("callbacks", "updated", "REAL NOT NULL DEFAULT 0"),
    ("actions", "dialect", "TEXT NOT NULL DEFAULT 'v3'"),
)


class InUse(RuntimeError):
    """Another simulator runs on the same file: two would carry out everything twice."""


class Database:
    """One connection, used by one thread. `transaction` makes a group of statements all or nothing."""

    def __init__(self, path: Path) -> None:
        """Open or create the file at `path`. Raises InUse while another process has it open."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Path(f"{path}.lock").open("w")  # noqa: SIM115
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise InUse(f"{path} is in use by another simulator") from error
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # NORMAL: a killed process loses nothing; only a power cut may lose the last moments.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)
        for table, column, kind in _ADDED:
            if column not in {row["name"] for row in self.rows(f"PRAGMA table_info({table})")}:
                self.run(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end, roll back on an exception; inside another transaction it joins that one."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> int:
        """Execute a statement; how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Execute an INSERT; the new row's number."""
        return self._connection.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, *values: Any) -> Sequence[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        found: Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, *values)
        return None if found is None else found[0]

    def meta(self, key: str) -> str | None:
        """A setting that is kept over restarts."""
        found: str | None = self.value("SELECT value FROM meta WHERE key = ?", key)
        return found

    def set_meta(self, key: str, value: str) -> None:
        """Keep a setting over restarts."""
        self.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)

    def secret(self) -> bytes:
        """The key that page tokens are signed with, made at the first start."""
        if self.meta("secret") is None:
            self.set_meta("secret", secrets.token_hex(32))
        return bytes.fromhex(self.meta("secret") or "")

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._connection.close()
        self._lock.close()
