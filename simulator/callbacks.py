"""Callbacks of v3 and channels of v1 on disk: where clients want to be notified."""

import json
import secrets
from dataclasses import dataclass, replace
from functools import lru_cache

from protocol.canonical import JsonObject, Subscribe
from protocol.dialects import codec
from protocol.statuses import CALLBACK_FAILED, CALLBACK_PAUSED, CALLBACK_RUNNING
from simulator.database import Database, Row

# v1 retries so often, whatever else: until a 2xx, and outbox.KEPT_SECONDS at the most.
V1_RETRY_DELAY = 10


@dataclass(frozen=True)
class Callback:
    """A registered callback. `status` is Failed while notifications lie there that ran out of retries.

    `registered` is its body as it was sent. `created` and `updated`, seconds since 1970, are kept for v1.
    """

    id: str
    fleet_id: str
    status: str
    subscribe: Subscribe
    dialect: str
    registered: JsonObject
    created: float
    updated: float

    @property
    def paused(self) -> bool:
        """Nothing is posted; what occurs is kept."""
        return self.status == CALLBACK_PAUSED


def create(db: Database, fleet_id: str, document: JsonObject, dialect: str = "v3", now: float = 0.0) -> str:
    """Register a callback, whose `document` its dialect can read; its id."""
    callback_id = secrets.token_hex(12)
    sql = "INSERT INTO callbacks (id, fleet_id, document, dialect, created, updated) VALUES (?, ?, ?, ?, ?, ?)"
    db.insert(sql, callback_id, fleet_id, json.dumps(document), dialect, now, now)
    return callback_id


def get(db: Database, callback_id: str, fleet_id: str | None = None, dialect: str | None = None) -> Callback | None:
    """A callback by its id, of that fleet and dialect when one is named."""
    row = db.row("SELECT * FROM callbacks WHERE id = ?", callback_id)
    if row is None or fleet_id not in (None, row["fleet_id"]) or dialect not in (None, row["dialect"]):
        return None
    return read(db, row)


def channels(db: Database) -> list[Callback]:
    """The channels of v1's account, newest first."""
    return [read(db, row) for row in db.rows("SELECT * FROM callbacks WHERE dialect = 'v1' ORDER BY seq DESC")]


def read(db: Database, row: Row) -> Callback:
    """The callback of a row of the table."""
    return Callback(
        row["id"],
        row["fleet_id"],
        _status(db, row),
        _subscribe(row["document"], row["dialect"]),
        row["dialect"],
        json.loads(row["document"]),
        row["created"],
        row["updated"],
    )


@lru_cache(maxsize=1000)
def _subscribe(document: str, dialect: str) -> Subscribe:
    # The check of a registration takes longer than all else that a notification costs.
    subscribe = codec(dialect).decode_subscribe(json.loads(document))
    if dialect == "v1":
        return replace(subscribe, policy="Always", retry_delay=V1_RETRY_DELAY, batch_size=0, remote_types=())
    return subscribe


def _status(db: Database, row: Row) -> str:
    if row["paused"]:
        return CALLBACK_PAUSED
    parked = db.value("SELECT 1 FROM posts WHERE callback_id = ? AND parked = 1", row["id"])
    return CALLBACK_FAILED if parked else CALLBACK_RUNNING


def change(db: Database, callback_id: str, document: JsonObject, now: float = 0.0) -> None:
    """Take a whole new registration for a callback."""
    sql = "UPDATE callbacks SET document = ?, updated = ? WHERE id = ?"
    db.run(sql, json.dumps(document), now, callback_id)


def pause(db: Database, callback_id: str, paused: bool, now: float = 0.0) -> None:
    """Pause or resume a callback."""
    db.run("UPDATE callbacks SET paused = ?, updated = ? WHERE id = ?", int(paused), now, callback_id)


def has_pending(db: Database, callback_id: str) -> bool:
    """Whether a remote action that uses the callback is not Done."""
    return db.value("SELECT 1 FROM actions WHERE callback_id = ? AND done = 0", callback_id) is not None


def remove(db: Database, callback_id: str) -> None:
    """Delete a callback with all that was still to be posted to it."""
    with db.transaction():
        for table in ("events", "posts"):
            db.run(f"DELETE FROM {table} WHERE callback_id = ?", callback_id)  # noqa: S608
        db.run("DELETE FROM callbacks WHERE id = ?", callback_id)


def document(callback: Callback) -> JsonObject:
    """RemoteCallback of fleet-owner-v3.yaml, without `_links`.

    `remoteTypes` is required there; a callback that was registered without it takes every type.
    """
    subscribe = {"remoteTypes": [], **callback.subscribe.document}
    return {"id": callback.id, "status": callback.status, "subscribe": subscribe}
