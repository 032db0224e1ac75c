"""Stored sentences become codes with values where one of their templates fits; any other is kept as it was written.

Row by row and not in one transaction, so that a long history locks nothing; what is done stays done.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db import migrations
from django.db.models import Q

# Each code, and its sentence in English as it was stored until now. A copy: the code's own may be reworded.
SENTENCES = {
    "expired": "Not sent: its %(life)s had passed.",
    "expired-because": "Not sent: its %(life)s had passed. %(why)s",
    "not-manager": "Not sent: whoever asked for it no longer manages the fleet.",
    "not-client": "Not sent: the service that asked for it may no longer use this fleet.",
    "not-clients-type": "Not sent: the service that asked for it may no longer send this: %(title)s.",
    "left": "Not sent: the vehicle has left the fleet.",
    "gone": "Not sent: %(vehicle)s is gone: the manufacturer's cloud no longer lists it in this fleet.",
    "not-able": "Not sent: %(vehicle)s can't do this: %(what)s.",
    "same": "Not sent: the same is in progress on this vehicle.",
    "moving": "Not sent: the vehicle was moving %(age)s.",
    "reserve": "Not sent: %(spent)s of the vehicle's %(limit)s wake-ups of this month are spent, and a reserve of %(reserve)s is kept for locking, immobilising, finding and theft.",
    "not-set-up": "Not sent: this fleet is not set up at the vehicle's gateway.",
    "refused": "The manufacturer's cloud refused it: %(why)s",
    "no-trace": "It was not carried out: the manufacturer's cloud has no trace of it. Send it again if it is still wanted.",
    "never-known": "For three days nobody could tell whether it was carried out. Check the vehicle.",
    "never-told": "The manufacturer's cloud has told no outcome for three days. Check the vehicle.",
    "cancelled": "Cancelled by %(who)s.",
    "cancelled-because": "Cancelled by %(who)s. %(why)s",
    "said-not": "%(who)s says that it was not carried out.",
    "said-not-because": "%(who)s says that it was not carried out: %(why)s",
    "said-done": "%(who)s says that it was carried out.",
    "said-done-because": "%(who)s says that it was carried out: %(why)s",
    "approval": "Another manager must approve it.",
    "stopped": "Sending is stopped: %(why)s",
    "stopped-for-all": "Sending is stopped for all fleets: %(why)s",
    "credentials": "The manufacturer's cloud refuses our credentials. This is sent once they are right again.",
    "credentials-because": "The manufacturer's cloud refuses our credentials: %(why)s",
    "down": "The manufacturer's cloud is down. This is sent once it works again.",
    "down-because": "The manufacturer's cloud is down. %(why)s This is sent once it works again.",
    "slow-down": "The manufacturer's cloud has asked us to slow down.",
    "day": "%(left)s of %(limit)s requests a day are left at the manufacturer's cloud.",
    "day-urgent-first": "%(left)s of %(limit)s requests a day are left at the manufacturer's cloud, and urgent actions go first.",
    "pace-one": "The manufacturer's cloud takes %(number)s request a second; %(others)s.",
    "pace": "The manufacturer's cloud takes %(number)s requests a second; %(others)s.",
    "pace-unknown": "The manufacturer's cloud gets only some requests for now; %(others)s.",
    "no-callback": "No callback at the manufacturer's cloud: %(why)s",
    "registered-again": "Our callback at the manufacturer's cloud was gone and is registered again.",
    "too-slow": "The worker was too slow.",
    "worker-stopped": "The worker that was sending it stopped.",
    "is-gone": "%(vehicle)s is gone: the manufacturer's cloud no longer lists it in this fleet.",
    "unable": "%(vehicle)s can't do this: %(what)s.",
    "has-left": "%(vehicle)s has left the fleet.",
    "in-progress": "The same is in progress on this vehicle.",
    "is-moving": "The vehicle was moving %(age)s.",
    "reserved": "%(spent)s of the vehicle's %(limit)s wake-ups of this month are spent, and a reserve of %(reserve)s is kept for locking, immobilising, finding and theft.",
    "no-one-click": "“%(name)s” can't be sent with one click any more.",
    "refuses": "It answers HTTP %(status)s.",
    "is-silent": "It does not answer.",
    "is-unreadable": "Its answers can't be read.",
    "has-errors": "It answers with errors (HTTP %(status)s).",
    "other-version": "it is not of a version that is known",
    "not-known": "%(name)s is not known",
    "not-fit": "%(name)s is %(value)s",
    "at-stop": "Sending was stopped.",
    "bulk-stopped": "The bulk command was stopped.",
    "others-first": "others go before this one",
    "other-waits": "%(number)s other waits too",
    "others-wait": "%(number)s others wait too",
    "seconds": "%(number)s seconds",
    "minutes": "%(number)s minutes",
    "seconds-ago": "%(number)s seconds ago",
    "minutes-ago": "%(number)s minutes ago",
    "cloud-unreachable": "The manufacturer's cloud can't be reached.",
    "bad-address": "The address of the manufacturer's cloud can't be used.",
    "bad-address-because": "The address of the manufacturer's cloud can't be used: %(why)s",
    "slow-down-because": "The manufacturer's cloud asks us to slow down: %(why)s",
    "no-answer": "The manufacturer's cloud did not answer in time.",
    "cut": "The connection to the manufacturer's cloud was cut.",
    "answered": "The manufacturer's cloud answered HTTP %(status)s.",
    "unreadable": "The manufacturer's cloud gave an answer that can't be read.",
    "unreadable-because": "The manufacturer's cloud gave an answer that can't be read: %(why)s",
    "without": "The manufacturer's cloud gave an answer without %(key)s.",
    "type-Locking": "Lock or unlock",
    "type-Lights": "Lights",
    "type-Horn": "Horn",
    "type-State": "Refresh state",
    "type-WakeUp": "Wake up",
    "type-Preconditioning": "Cabin climate",
    "type-Charging": "Charging",
    "type-Immobilization": "Immobilise",
    "type-Stolen": "Stolen vehicle",
    "type-Navigation": "Send a route",
    "type-VehicleFinder": "Find vehicle",
    "type-Tan": "Theft alarm",
    "type-OnboardPersonalData": "Wipe personal data",
    "not-supported": "%(path)s is not supported",
    "no-start-at-once": "%(path)s is not supported; charging can't be started at once",
    "no-stop-at-once": "%(path)s is not supported; charging can't be stopped at once",
    "too-many-programs": "%(path)s has %(number)s programs; %(most)s at the most",
}

AT_ONCE = 1000
# Places that hold a sentence of their own.
NESTED = {"age", "life", "others", "title", "what", "why"}
# Almost any sentence would fit these.
WIDE = {"not-known", "not-fit"}

_PLACE = re.compile(r"%\((\w+)\)s")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def pattern(sentence: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)
    named = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(parts)]
    return re.compile("".join(named), re.DOTALL)


# The most literal first; one that begins with a place fits much, and is tried last.
_PATTERNS = {
    name: pattern(sentence)
    for name, sentence in sorted(
        SENTENCES.items(), key=lambda item: (item[1].startswith("%("), -len(_PLACE.sub("", item[1])))
    )
}


def why_of(text: str) -> dict[str, Any]:
    """The code and its values that the sentence was made from."""
    return parse(text) or {"code": "as-written", "values": {"text": text}}


def parse(text: str) -> dict[str, Any] | None:
    for name, matching in _PATTERNS.items():
        match = matching.fullmatch(text) if name not in WIDE else None
        if match is not None:
            values = {place: value_of(place, value) for place, value in match.groupdict().items()}
            return {"code": name, "values": values} if values else {"code": name}
    return None


def value_of(place: str, text: str) -> Any:
    if _GROUPED.fullmatch(text):
        return int(text.replace(",", ""))
    return (parse(text) if place in NESTED else None) or text


def sentence_of(why: dict[str, Any]) -> str:
    """The English sentence again; that of a code of later is its name and its values."""
    values = {place: words_of(value) for place, value in (why.get("values") or {}).items()}
    if why["code"] == "as-written":
        return values.get("text", "")
    sentence = SENTENCES.get(why["code"])
    if sentence is None:
        return " ".join([why["code"], *values.values()])
    return _PLACE.sub(lambda match: values.get(match[1], ""), sentence)


def words_of(value: Any) -> str:
    if isinstance(value, dict):
        return sentence_of(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def slices(rows: Any) -> Iterator[list[Any]]:
    """All rows, AT_ONCE at a time by their key."""
    last: Any = None
    while found := list((rows.filter(pk__gt=last) if last is not None else rows).order_by("pk")[:AT_ONCE]):
        yield found
        last = found[-1].pk


def make_codes(apps: Any, schema_editor: Any) -> None:
    for model, sentence, why in COLUMNS:
        rows = apps.get_model("remotes", model).objects
        for found in slices(rows.exclude(**{sentence: ""}).only(sentence)):
            for row in found:
                setattr(row, why, why_of(getattr(row, sentence)))
            rows.bulk_update(found, [why])
    events = apps.get_model("remotes", "RemoteEvent").objects
    for found in slices(events.filter(source="fleetremote", extra__has_key="detail").only("extra")):
        for event in found:
            event.why = why_of(str(event.extra.pop("detail")))
        events.bulk_update(found, ["why", "extra"])


def make_sentences(apps: Any, schema_editor: Any) -> None:
    for model, sentence, why in COLUMNS:
        rows = apps.get_model("remotes", model).objects
        for found in slices(rows.filter(~Q(**{why: None})).only(why)):
            for row in found:
                setattr(row, sentence, sentence_of(getattr(row, why).document()))
            rows.bulk_update(found, [sentence])
    events = apps.get_model("remotes", "RemoteEvent").objects
    for found in slices(events.filter(why__isnull=False).only("extra", "why")):
        for event in found:
            event.extra["detail"] = sentence_of(event.why.document())
        events.bulk_update(found, ["extra"])


# Model, the sentence's column and the code's.
COLUMNS = [
    ("RemoteAction", "detail", "why"),
    ("BulkItem", "sentence", "why"),
    ("ScheduleRun", "sentence", "detail"),
    ("GatewayHealth", "reason", "why"),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("remotes", "0011_why_columns")]

    operations = [migrations.RunPython(make_codes, make_sentences)]
