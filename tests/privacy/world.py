"""A fleet that has been lived in: a person and two vehicles that have left traces wherever there can be any."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from alerts.raising import raise_alert
from fleets.audit.entries import About, Kind, Origin, person, record
from fleets.audit.looking import saw_position
from fleets.labels.imports import check, make
from fleets.models import Fleet, LastSync, LeftOut, SavedView, UpstreamFleet, Vehicle
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import Wishes, request_action
from remotes.models import Alert, AlertChoice, AlertLine, AlertMail, InboundRequest, RemoteAction, SendingStop
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback, make_event
from tests.campaigns.bulk_world import make_bulk
from tests.campaigns.schedule_world import make_schedule
from tests.world import PASSWORD, make_fleet, make_person, make_vehicle
from tests.world import make_event as make_told

FIRST, LAST, USER, MAIL = "Camille", "Canarelle", "camille.canarelle", "c.canarelle@example.com"
NAMES = (LAST, USER, MAIL)
VIN, PLATE, LABEL = "VF3CANARY0FG00001", "CA-777-RY", "Canary van"
UPSTREAM = "upstream-canary-1"
# Coordinates, a street of a destination, and what somebody has written of the vehicle.
TOLD_OF_IT = (VIN, PLATE, LABEL, UPSTREAM, "47.1234", "Canary street")
POINT = {"type": "Point", "coordinates": [4.5, 47.1234]}
STATE = {
    "lastPosition": {"type": "Feature", "geometry": POINT},
    "energies": [{"type": "Electric", "level": 61.5}],
}
THERE = {"positions": [{**POINT, "name": "Canary street"}]}


@dataclass
class Lived:
    """Where they are."""

    fleet: Fleet
    camille: User
    other: User
    van: Vehicle
    other_van: Vehicle
    actions: list[RemoteAction]
    browser: Client


def live() -> Lived:
    """Nothing is under way any more."""
    fleet = make_fleet()
    camille = make_person(USER, fleet, first_name=FIRST, last_name=LAST, email=MAIL)
    other = make_person("other.manager", fleet, is_superuser=True)
    values = {"plate": PLATE, "state": STATE, "state_read_at": timezone.now()}
    van = make_vehicle(fleet, LABEL, vin=VIN, upstream_id=UPSTREAM, **values)
    other_van = make_vehicle(fleet, "Other van")
    browser = Client()
    browser.post("/login", {"username": USER, "password": PASSWORD})
    Client().post("/login", {"username": USER, "password": "wrong"})
    actions = [_ask(van, camille), _ask(van, other), _ask(other_van, camille)]
    lived = Lived(fleet, camille, other, van, other_van, actions, browser)
    _settings(lived)
    _messages(lived)
    _audit(lived)
    return lived


def _ask(vehicle: Vehicle, user: User) -> RemoteAction:
    """A destination that was asked for, refused with words of upstream, and has ended."""
    reason = f"{FIRST} {LAST} needs {vehicle.label} there"
    remote = Remote(REMOTE_TYPES["Navigation"], THERE, None, {})
    action = request_action(vehicle, remote, user=user, wishes=Wishes(reason=reason))
    told = make_told(action, "Accepted")
    told.extra = {"position": STATE["lastPosition"], "vin": vehicle.vin}
    told.save()
    action.set(
        state="done", finished_at=timezone.now(), upstream_id=f"a{action.pk}", feedback_detail="At Canary street"
    )
    return action


def _settings(lived: Lived) -> None:
    fleet, camille = lived.fleet, lived.camille
    SavedView.objects.create(fleet=fleet, owner=camille, name="Mine", query=f"q={VIN}")
    SavedView.objects.create(fleet=fleet, owner=camille, name="Ours", query=f"q={VIN}", shared=True)
    AlertChoice.objects.create(fleet=fleet, user=camille, kinds=["callback-failed"])
    raise_alert(Alert.Kind.DANGEROUS_ACTION, fleet.pk, lived.van.public_id, f"{LABEL} ({VIN}) at Canary street")
    Alert.objects.update(vehicle=lived.van, action=lived.actions[0])
    mail = AlertMail.objects.create(user=camille, formed_at=timezone.now(), error=f"550 {MAIL}")
    at = timezone.now()
    AlertLine.objects.create(alert=Alert.objects.get(), user=camille, what="raised", words=VIN, at=at, mail=mail)
    SendingStop.objects.create(
        reason=f"{FIRST} {LAST} said so", stopped_by=camille, lifted_by=camille, lifted_at=timezone.now()
    )
    for user in (camille, lived.other):
        file = check(fleet, user, f"{user.pk}.csv", f"VIN,Label,Plate\n{VIN},{LABEL},{PLATE}-2".encode())
        make(file, file.checks, user)
    ended = make_schedule(fleet, camille, name=f"For {LABEL}", vehicle=lived.van)
    ended.set(state="ended", next_run_at=None, next_day=None)
    other = make_schedule(fleet, lived.other, name="By list")
    other.set(filter={**(other.filter or {}), "text": VIN})
    make_bulk(fleet, camille, reason=f"for {FIRST} {LAST}")
    # Taken out of its fleet at the manufacturer's by now.
    Vehicle.objects.filter(pk=lived.van.pk).update(plate=PLATE, gone_at=timezone.now())


def _messages(lived: Lived) -> None:
    """What came from upstream, and what went to a subscriber."""
    fleet, callback = lived.fleet, make_callback(lived.fleet)
    ours, theirs = make_event(VIN, extra="Canary street"), make_event(lived.other_van.vin)
    now, place = timezone.now(), UpstreamFleet.objects.get(fleet=fleet)
    for events in ([ours], [ours, theirs]):
        body = json.dumps({"events": events}).encode()
        values = {"received_at": now, "outcome": "stored", "event_count": len(events)}
        InboundRequest.objects.create(upstream_fleet=place, body=body, **values)
        batch = make_batch(callback, *events, state="delivered", delivered_at=now)
        make_attempt(batch, status=200, answer=f"thanks for {VIN} at Canary street")
    LeftOut.objects.create(
        gateway=lived.van.gateway, upstream_fleet="f", vin=VIN, upstream_id=UPSTREAM, since=now, seen_at=now
    )
    LastSync.objects.create(gateway=lived.van.gateway, began_at=now, problems=[{"code": "x", "values": {"vin": VIN}}])


def _audit(lived: Lived) -> None:
    """Some of what the doors write; what was asked for and changed above stands in it already."""
    saw_position(lived.van, person(lived.camille), Origin.PAGE)
    about = About(lived.actions[0].public_id, lived.fleet.pk, lived.van.pk)
    body = json.dumps({"navigation": THERE, "vin": VIN}).encode()
    document: dict[str, Any] = {"purpose": "send", "request": f"POST https://x/vehicles/{UPSTREAM}/remotes"}
    record(Kind.SENT, about, document={**document, "payload": THERE, "vehicle": LABEL}, body=body)
    members = {"what": "changed", "of": "membership", "name": f"{USER} in Lyon", "fields": {"person": USER}}
    record(Kind.CHANGED, About(f"person {lived.camille.pk}"), actor=person(lived.other), document=members)
    LogEntry.objects.create(
        user=lived.other, object_id=str(lived.camille.pk), object_repr=USER, action_flag=CHANGE, change_message=MAIL
    )


def privacy(*words: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("privacy", *words, stdout=out)
    return out.getvalue()


def audit_is_whole() -> str:
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    return out.getvalue()
