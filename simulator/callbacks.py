"""Callbacks on disk: where clients want to be notified."""

import json
import secrets
from dataclasses import dataclass
from functools import lru_cache

from protocol.canonical import JsonObject, Subscribe
from protocol.statuses import CALLBACK_FAILED, CALLBACK_PAUSED, CALLBACK_RUNNING
from protocol.v3 import decode_subscribe
from simulator.database import Database, Row


@dataclass(frozen=True)
class Callback:
    """A registered callback. `status` is Failed while notifications lie there that ran out of retries."""

    id: str
    fleet_id: str
    status: str
    subscribe: Subscribe

    @property
    def paused(self) -> bool:
        """Nothing is posted; what occurs is kept."""
        return self.status == CALLBACK_PAUSED


def create(db: Database, fleet_id: str, subscribe: Subscribe) -> str:
    """Register a callback; its id."""
    callback_id = secrets.token_hex(12)
    document = json.dumps(subscribe.document)
    db.insert("INSERT INTO callbacks (id, fleet_id, document) VALUES (?, ?, ?)", callback_id, fleet_id, document)
    return callback_id


def get(db: Database, callback_id: str, fleet_id: str | None = None) -> Callback | None:
    """A callback by its id, of that fleet when one is named."""
    row = db.row("SELECT * FROM callbacks WHERE id = ?", callback_id)
    if row is None or fleet_id not in (None, row["fleet_id"]):
        return None
    return read(db, row)


def read(db: Database, row: Row) -> Callback:
    """The callback of a row of the table."""
    return Callback(row["id"], row["fleet_id"], _status(db, row), _subscribe(row["document"]))


@lru_cache(maxsize=1000)
def _subscribe(document: str) -> Subscribe:
    # The check of a registration takes longer than all else that a notification costs.
    return decode_subscribe(json.loads(document))


def _status(db: Database, row: Row) -> str:
    if row["paused"]:
        return CALLBACK_PAUSED
    parked = db.value("SELECT 1 FROM posts WHERE callback_id = ? AND parked = 1", row["id"])
    return CALLBACK_FAILED if parked else CALLBACK_RUNNING


def change(db: Database, callback_id: str, subscribe: Subscribe) -> None:
    """Take a whole new registration for a callback."""
    db.run("UPDATE callbacks SET document = ? WHERE id = ?", json.dumps(subscribe.document), callback_id)


def pause(db: Database, callback_id: str, paused: bool) -> None:
    """Pause or resume a callback."""
    db.run("UPDATE callbacks SET paused = ? WHERE id = ?", int(paused), callback_id)


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
