"""Remote actions on disk, and the engine that takes each through its life when its next step is due."""

import json
import logging
import secrets
from collections.abc import Callable
from typing import Any

from protocol.canonical import Event, JsonObject, Remote, encode_event
from protocol.catalogue import REMOTE_TYPES
from protocol.dialects import codec
from protocol.statuses import ACCEPTED, DONE, FAILED, GENERAL_ERROR
from simulator import outbox
from simulator.clock import Clock, as_datetime
from simulator.database import Database, Row
from simulator.faults import Faults
from simulator.vehicles import garage, lifecycle
from simulator.vehicles.lifecycle import Action, Move, Progress, Rules
from simulator.vehicles.vehicle import Vehicle

log = logging.getLogger(__name__)


def create(
    db: Database, vehicle_id: str, callback_id: str, remote: Remote, now: float, due: float, dialect: str = "v3"
) -> str:
    """Store a remote action whose first step is due at `due`; its id."""
    action_id = secrets.token_hex(16)
    db.insert(
        "INSERT INTO actions"
        " (id, vehicle_id, callback_id, remote_type, remote, payload, stage, due, last_date, dialect)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        action_id,
        vehicle_id,
        callback_id,
        remote.remote_type.name,
        json.dumps(codec(dialect).show_remote(remote)),
        json.dumps(remote.payload, sort_keys=True),
        lifecycle.CHECK,
        due,
        now,
        dialect,
    )
    return action_id


def get(db: Database, action_id: str, vehicle_id: str, callback_id: str) -> Row | None:
    """A remote action of that vehicle and callback."""
    sql = "SELECT * FROM actions WHERE id = ? AND vehicle_id = ? AND callback_id = ?"
    return db.row(sql, action_id, vehicle_id, callback_id)


def under_way(db: Database) -> dict[str, int]:
    """How many remote actions are not at their end, by the vehicle's id; vehicles without are left out."""
    rows = db.rows("SELECT vehicle_id, count(*) AS number FROM actions WHERE due IS NOT NULL GROUP BY vehicle_id")
    return {row["vehicle_id"]: row["number"] for row in rows}


def document(row: Row) -> JsonObject:
    """RemoteAction of its dialect's file, without `_links`; before the first step v3's has no `status`."""
    remote_type = REMOTE_TYPES[row["remote_type"]]
    told = {
        "status": row["status"],
        "failureCause": row["failure_cause"],
        "feedbackDetail": row["feedback_detail"],
    }
    if row["dialect"] == "v1":
        # It is required there, and has no word for an action that nobody has looked at.
        told = {"status": row["status"] or ACCEPTED, "failureCause": row["failure_cause"]}
    return {
        "remoteActionId": row["id"],
        "type": codec(row["dialect"]).type_name(remote_type, json.loads(row["payload"])),
        "remote": json.loads(row["remote"]),
        **{key: value for key, value in told.items() if value is not None},
    }


class Engine:
    """Takes due steps, each in a transaction of its own, so that none is taken twice or half.

    `faults` gives those of a vehicle by its id; `notified` is called with the callback's id after a commit that left it
    something to post.
    """

    def __init__(
        self, db: Database, clock: Clock, rules: Rules, faults: Callable[[str], Faults], notified: Callable[[str], None]
    ) -> None:
        self._db = db
        self._clock = clock
        self._rules = rules
        self._faults = faults
        self._notified = notified

    def next_due(self) -> float | None:
        """When the next step is due, seconds since 1970; None when nothing is under way."""
        found: float | None = self._db.value("SELECT min(due) FROM actions WHERE due IS NOT NULL")
        return found

    def run_due(self, limit: int = 100) -> int:
        """Take up to `limit` steps that are due, oldest first; how many there were."""
        sql = "SELECT * FROM actions WHERE due <= ? ORDER BY due, seq LIMIT ?"
        rows = self._db.rows(sql, self._clock.now(), limit)
        for row in rows:
            try:
                self._step(row)
            except Exception:
                log.exception("a step of remote action %s failed", row["id"])
                self._give_up(row)
            self._notified(row["callback_id"])
        return len(rows)

    def _step(self, row: Row) -> None:
        now = self._clock.now()
        with self._db.transaction():
            vehicle = garage.vehicle(self._db, row["vehicle_id"])
            if vehicle is None:
                raise LookupError("its vehicle is gone")
            action = self._action(row, vehicle)
            move = lifecycle.advance(vehicle, action, self._same_in_progress(row), now, self._rules)
            garage.save(self._db, move.vehicle)
            self._record(row, move, now)

    def _action(self, row: Row, vehicle: Vehicle) -> Action:
        faults = self._faults(vehicle.id)
        cause = faults.cause if faults.strikes("fails", vehicle.vin, row["seq"]) else None
        return Action(row["seq"], row["remote_type"], json.loads(row["payload"]), row["stage"], row["dialect"], cause)

    def _same_in_progress(self, row: Row) -> bool:
        sql = "SELECT 1 FROM actions WHERE vehicle_id = ? AND remote_type = ? AND payload = ? AND done = 0 AND seq < ?"
        same = self._db.value(sql, row["vehicle_id"], row["remote_type"], row["payload"], row["seq"])
        return same is not None

    def _record(self, row: Row, move: Move, now: float) -> None:
        date = row["last_date"]
        for progress in move.progress:
            date = _later(date, now)
            event = encode_event(_event(row, move.vehicle, progress, date))
            faults = self._faults(row["vehicle_id"])
            outbox.add(self._db, row["callback_id"], row["seq"], event, now, faults, self._clock)
        changes: dict[str, Any] = {"stage": move.stage, "due": move.due, "last_date": date}
        if move.progress:
            last = move.progress[-1]
            changes |= {
                "status": last.status,
                "failure_cause": last.failure_cause,
                "feedback_detail": last.feedback_detail,
                "done": int(last.type == DONE),
            }
        columns = ", ".join(f"{column} = ?" for column in changes)
        self._db.run(f"UPDATE actions SET {columns} WHERE id = ?", *changes.values(), row["id"])  # noqa: S608

    def _give_up(self, row: Row) -> None:
        with self._db.transaction():
            vehicle = garage.vehicle(self._db, row["vehicle_id"])
            if vehicle is None:
                self._db.run("UPDATE actions SET due = NULL, stage = NULL, done = 1 WHERE id = ?", row["id"])
                return
            failed = Progress(DONE, FAILED, GENERAL_ERROR)
            self._record(row, Move(vehicle, (failed,)), self._clock.now())


def _later(last: float, now: float) -> float:
    """`now`, but at least a millisecond after `last`: the dates of an action's events never repeat or go back."""
    return max(round(now, 3), round(last + 0.001, 3))


def _event(row: Row, vehicle: Vehicle, progress: Progress, date: float) -> Event:
    """A v1 event carries what its message has besides: the attributes and the label of its remote action."""
    remote = json.loads(row["remote"]) if row["dialect"] == "v1" else {}
    return Event(
        remote_action_id=row["id"],
        vin=vehicle.vin,
        date=as_datetime(date),
        remote_type=REMOTE_TYPES[row["remote_type"]].v3.type_name,
        type=progress.type,
        status=progress.status,
        failure_cause=progress.failure_cause,
        feedback_detail=progress.feedback_detail,
        extra={key: remote[key] for key in ("attributes", "label") if key in remote},
    )
