"""Notifications that are still to be posted, on disk.

Events become posts (one request each) when they are due: at once one by one, or batched as the callback asks. A
post keeps its members over all tries. Posts of one lane go one after the other: a lane is a vehicle, or the whole
callback when it is batched.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from protocol.canonical import JsonObject, Subscribe
from protocol.dialects import codec
from protocol.statuses import DONE
from simulator.callbacks import Callback
from simulator.clock import Clock
from simulator.database import Database, Row
from simulator.faults import Faults

KEPT_SECONDS = 3 * 86_400


@dataclass(frozen=True)
class Post:
    """A request to be made: `tries` were made before; posts of the same `lane` never run at once."""

    id: int
    lane: str
    tries: int


def add(
    db: Database, callback_id: str, place: int, event: JsonObject, now: float, faults: Faults, clock: Clock
) -> None:
    """Keep an event until it is delivered, with what the faults make of it.

    `place` is its action's place in the history, by which the faults of a run can be repeated.
    """
    vin = event["vin"]
    occasion = (vin, place, event["eventStatus"]["status"])
    if event["eventStatus"]["type"] == DONE and faults.strikes("lost_done", *occasion):
        return
    ready = now
    if faults.strikes("late", *occasion):
        ready += clock.delay(faults.amount("late", 20, 60, *occasion))
    elif faults.strikes("reorder", *occasion):
        ready += clock.delay(faults.amount("reorder", 0.5, 5, *occasion))
    _insert(db, callback_id, vin, event, now, ready)
    if faults.strikes("duplicates", *occasion):
        _insert(db, callback_id, vin, event, now, ready + clock.delay(faults.amount("duplicates", 0, 3, *occasion)))
    if faults.strikes("orphan", *occasion):
        _insert(db, callback_id, "", {**event, "remoteActionId": "", "vin": ""}, now, ready)


def _insert(db: Database, callback_id: str, vin: str, event: JsonObject, now: float, ready: float) -> None:
    sql = "INSERT INTO events (callback_id, vin, body, created, ready) VALUES (?, ?, ?, ?, ?)"
    db.insert(sql, callback_id, vin, json.dumps(event), now, ready)


def is_batched(subscribe: Subscribe) -> bool:
    """Whether events share requests: asked for, and no header or query parameter says what differs between them."""
    single = any(
        item["type"] in ("Header", "Query") and item["value"] in ("$vin", "$remoteType")
        for item in subscribe.attributes
    )
    return subscribe.batch_size > 0 and not single


def form_posts(db: Database, callback_id: str, subscribe: Subscribe, now: float, clock: Clock) -> None:
    """Make posts of the events that are ready: each for itself, or in batches that are full or whose window closes."""
    sql = "SELECT id, vin, created FROM events WHERE callback_id = ? AND post_id IS NULL AND ready <= ? ORDER BY id"
    with db.transaction():
        events = db.rows(sql, callback_id, now)
        if not is_batched(subscribe):
            for event in events:
                _form(db, callback_id, event["vin"], [event], now)
            return
        while events:
            members, events = events[: subscribe.batch_size], events[subscribe.batch_size :]
            closed = members[0]["created"] + clock.delay(subscribe.batch_window) <= now
            if closed or len(members) == subscribe.batch_size:
                _form(db, callback_id, "", members, now)


def _form(db: Database, callback_id: str, lane: str, events: Iterable[Row], now: float) -> None:
    members = list(events)
    post_id = db.insert(
        "INSERT INTO posts (callback_id, lane, created, next_try) VALUES (?, ?, ?, ?)",
        callback_id,
        lane,
        min(event["created"] for event in members),
        now,
    )
    for event in members:
        db.run("UPDATE events SET post_id = ? WHERE id = ?", post_id, event["id"])


def expire(db: Database, callback_id: str, now: float, clock: Clock) -> None:
    """Drop what is older than 3 days (divided by the speed), as the protocol says."""
    oldest = now - clock.delay(KEPT_SECONDS)
    with db.transaction():
        posts = db.rows("SELECT id FROM posts WHERE callback_id = ? AND created < ?", callback_id, oldest)
        for post in posts:
            _forget(db, post["id"])
        db.run("DELETE FROM events WHERE callback_id = ? AND post_id IS NULL AND created < ?", callback_id, oldest)


def _forget(db: Database, post_id: int) -> None:
    db.run("DELETE FROM events WHERE post_id = ?", post_id)
    db.run("DELETE FROM posts WHERE id = ?", post_id)


def due(db: Database, callback_id: str, now: float, limit: int) -> list[Post]:
    """Posts whose next try is due, oldest first."""
    sql = "SELECT id, lane, tries FROM posts WHERE callback_id = ? AND parked = 0 AND next_try <= ? ORDER BY id LIMIT ?"
    return [Post(row["id"], row["lane"], row["tries"]) for row in db.rows(sql, callback_id, now, limit)]


def together(db: Database, callback_id: str, now: float, number: int) -> list[Post]:
    """The oldest posts, so many, once as many wait and one of them is due; else none."""
    sql = "SELECT id, lane, tries, next_try FROM posts WHERE callback_id = ? AND parked = 0 ORDER BY id LIMIT ?"
    rows = db.rows(sql, callback_id, number)
    is_due = any(row["next_try"] <= now for row in rows)
    return [Post(row["id"], row["lane"], row["tries"]) for row in rows] if is_due and len(rows) == number else []


def next_time(db: Database, callback_id: str, subscribe: Subscribe, clock: Clock, now: float) -> float | None:
    """When something will be due that is not due now, seconds since 1970; None when nothing will."""
    window = clock.delay(subscribe.batch_window) if is_batched(subscribe) else 0.0
    retry = db.value(
        "SELECT min(next_try) FROM posts WHERE callback_id = ? AND parked = 0 AND next_try > ?", callback_id, now
    )
    ready = db.value(
        "SELECT min(max(ready, created + ?)) FROM events WHERE callback_id = ? AND post_id IS NULL", window, callback_id
    )
    return min((time for time in (retry, ready) if time is not None), default=None)


def delivered(db: Database, callback_id: str, post_id: int, now: float) -> None:
    """Forget a post that was answered 2xx, and let all that ran out of retries for that callback go at once."""
    with db.transaction():
        _forget(db, post_id)
        db.run("UPDATE posts SET parked = 0, next_try = ? WHERE callback_id = ? AND parked = 1", now, callback_id)


def failed(db: Database, post: Post, subscribe: Subscribe, now: float, clock: Clock) -> None:
    """Note a failed try: another one after the delay, or none until the callback answers 2xx again."""
    tries = post.tries + 1
    more = {"None": False, "Bounded": tries <= subscribe.retry_number, "Always": True}[subscribe.policy]
    next_try = now + clock.delay(subscribe.retry_delay)
    db.run("UPDATE posts SET tries = ?, next_try = ?, parked = ? WHERE id = ?", tries, next_try, int(not more), post.id)


@dataclass(frozen=True)
class Message:
    """A notification as it goes over the wire."""

    headers: dict[str, str]
    query: list[tuple[str, str]]
    body: JsonObject | list[JsonObject]


def message(db: Database, post_id: int, callback: Callback) -> Message:
    """The request of a post, with the callback's attributes as they are registered now."""
    subscribe = callback.subscribe
    rows = db.rows("SELECT vin, body FROM events WHERE post_id = ? ORDER BY id", post_id)
    events: list[JsonObject] = [json.loads(row["body"]) for row in rows]
    variables = {
        "$vin": ",".join(dict.fromkeys(event["vin"] for event in events)),
        "$remoteType": ",".join(dict.fromkeys(event["remoteType"] for event in events)),
        "$callbackID": callback.id,
        "$fleetID": callback.fleet_id,
    }
    if callback.dialect == "v1":
        # Some pages print $vin.
        variables = {"$ChannelId": callback.id, "$ChannelLabel": subscribe.label, "$Vin": variables["$vin"]}
        variables["$vin"] = variables["$Vin"]
    placed: dict[str, list[tuple[str, str]]] = {"Header": [], "Query": [], "Body": []}
    for item in subscribe.attributes:
        placed[item["type"]].append((item["key"], _resolved(item["value"], variables)))
    attributes = [{"key": key, "value": value} for key, value in placed["Body"]]
    body = codec(callback.dialect).encode_batch(callback.id, attributes, [row["body"] for row in rows])
    return Message(dict(placed["Header"]), placed["Query"], json.loads(body))


def _resolved(value: str, variables: Mapping[str, str]) -> str:
    return variables.get(value, value)
