"""Positions go after POSITION_DAYS: from the states of vehicles and from the audit, whose chain stays whole."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone

from fleets.audit.entries import About, Kind, Origin, record
from fleets.models import AuditEntry, PlaceMark, Vehicle
from fleets.privacy import places
from fleets.tasks import prune, seal_audit
from tests.world import make_fleet, make_vehicle

pytestmark = pytest.mark.django_db

POINT = {"type": "Point", "coordinates": [4.8357, 45.7641]}
STATE = {"lastPosition": {"type": "Feature", "geometry": POINT}, "odometer": {"mileage": 12}}
PAYLOAD = {"payload": {"positions": [POINT], "driverApproval": True}, "remoteType": "Navigation"}


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def asked_to_drive_there(name: str, monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("fleets.audit.entries.clock.now", lambda: days_ago(days))
        body = json.dumps(PAYLOAD["payload"]).encode()
        record(Kind.SENT, About(name), origin=Origin.PAGE, reason="lunch", document=PAYLOAD, body=body)


def verified() -> str:
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    return out.getvalue()


def test_a_state_that_is_not_read_any_more_loses_its_position_after_these_days(settings: Any) -> None:
    fleet = make_fleet()
    lost, read = (make_vehicle(fleet, state=STATE, state_read_at=days_ago(days)) for days in (30.1, 29.9))
    prune()
    states = dict(Vehicle.objects.values_list("pk", "state"))
    assert states == {lost.pk: {"odometer": {"mileage": 12}}, read.pk: STATE}
    settings.POSITION_DAYS = 7
    prune()
    assert "lastPosition" not in Vehicle.objects.get(pk=read.pk).state


def test_where_a_vehicle_was_sent_to_goes_from_the_audit_and_the_chain_stays_whole(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for name, days in (("a1", 40), ("a2", 31), ("a3", 29)):
        asked_to_drive_there(name, monkeypatch, days)
    record(Kind.ASKED, About("a4"), document={"payload": {"state": "Locked"}})
    seal_audit()
    prune()
    assert "5 entries" in verified()
    assert "Of these 2 were erased in part" in verified()
    first, second, third, *_ = AuditEntry.objects.order_by("position")
    for entry in (first, second):
        assert entry.document == {"payload": {"positions": [], "driverApproval": True}, "remoteType": "Navigation"}
        assert bytes(entry.body or b"") == b'{"positions":[],"driverApproval":true}'
        assert entry.reason == "lunch"
    assert third.document == PAYLOAD
    # The next look goes on where this one ended, and finds what has become old meanwhile.
    prune()
    assert AuditEntry.objects.filter(kind=Kind.ERASED).count() == 1
    settings.POSITION_DAYS = 28
    prune()
    assert "Of these 3 were erased in part" in verified()


def test_with_0_positions_are_kept(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.POSITION_DAYS = 0
    vehicle = make_vehicle(make_fleet(), state=STATE, state_read_at=days_ago(5000))
    asked_to_drive_there("a1", monkeypatch, 5000)
    prune()
    assert Vehicle.objects.get(pk=vehicle.pk).state == STATE
    assert AuditEntry.objects.get().document == PAYLOAD
    assert not PlaceMark.objects.exists()


def test_a_run_that_takes_long_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a1", "a2", "a3"):
        asked_to_drive_there(name, monkeypatch, 40)
    seal_audit()
    monkeypatch.setattr(places, "SLICE", 1)
    moments = iter(range(0, 1000, 4))
    monkeypatch.setattr(places, "monotonic", lambda: next(moments))
    prune()
    assert "Of these 1 were erased in part" in verified()
    prune()
    prune()
    assert "Of these 3 were erased in part" in verified()


def test_days_that_are_none_are_refused(settings: Any) -> None:
    assert not [message for message in run_checks() if message.id == "fleets.E001"]
    settings.POSITION_DAYS = -1
    (message,) = [message for message in run_checks() if message.id == "fleets.E001"]
    assert message.msg == "POSITION_DAYS is -1."
