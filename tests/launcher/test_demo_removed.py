"""`demo --remove` takes all of the demo away, and nothing else."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from callbacks.models import Callback
from fleetremote.demo.removing import find_demo, remove_demo
from fleets.audit.sealing import seal
from fleets.models import (
    ApiClient,
    Approver,
    AuditEntry,
    FirstAdminLink,
    Fleet,
    Gateway,
    Membership,
    UpstreamFleet,
    Vehicle,
)
from fleets.people.first_admin import has_admin
from launcher.start.options import with_demo
from remotes.asking.ask import request_action
from remotes.models import RemoteAction, RemoteEvent, Schedule
from tests.campaigns.bulk_world import remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.launcher.test_demo import load
from tests.printed import printed_by
from tests.rights.world import populated
from tests.workers import Worker
from tests.world import make_action, make_event, make_fleet, make_person, make_vehicle

# Nearly each loads a demo of its own.
pytestmark = [pytest.mark.django_db, pytest.mark.drawn("demos", 14, of="tests")]


@pytest.fixture
def home(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.FLEETREMOTE_HOME = tmp_path
    monkeypatch.delenv("SIMULATOR_URL", raising=False)
    return tmp_path


KEPT = ("AuditEntry", "Approver", "Proposal", "ApiClient", "ApiSecret")


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in apps.get_models(include_auto_created=True)}


def furnish() -> Fleet:
    """A fleet of the simulator with one of everything, beside those of the demo."""
    fleet, ids = populated("Toys")
    Gateway.objects.filter(upstream_fleets__fleet=fleet).update(is_simulated=True)
    demo = User.objects.get(username="demo")
    vehicle = Vehicle.objects.get(public_id=ids["vehicle_id"])
    action = make_action(vehicle, "honk", state="done", user=demo)
    make_event(action, "Success")
    request_action(vehicle, remote_of("immobilise"), user=demo)
    return fleet


def remove() -> str:
    return printed_by("demo", remove=True, yes=True)


def test_all_of_it_goes_and_the_rest_stays(home: Path) -> None:
    populated("Real")
    make_person("root", is_superuser=True)
    before = counts()
    load(home)
    furnish()
    User.objects.filter(username="somebody in Toys").delete()
    (home / "simulator.sqlite3").touch()
    told = remove()
    after = counts()
    kept = {name: after.pop(name) - before.pop(name) for name in KEPT}
    assert after == before
    assert kept.pop("AuditEntry") > 0
    # That an admin could approve once stays known; what is proposed for all fleets, and an API client that somebody has
    # made, are not the demo's.
    assert kept == {"Approver": 1, "Proposal": 1, "ApiClient": 1, "ApiSecret": 1}
    assert not Approver.objects.filter(ended_at=None, user=None).exists()
    assert "43 vehicles" in told
    assert not (home / "demo.json").exists()
    assert not (home / "simulator.sqlite3").exists()
    assert with_demo(home, None) is False, "the next start brings none"


def test_the_audit_stays_whole(home: Path) -> None:
    load(home)
    furnish()
    seal()
    sealed = AuditEntry.objects.count()
    remove()
    seal()
    assert AuditEntry.objects.count() == sealed + 1
    assert AuditEntry.objects.latest("pk").document["what"] == "took the demo away"
    assert "The audit is whole" in printed_by("audit", "verify")


def test_as_many_statements_however_much_was_done(home: Path) -> None:
    statements = []
    for number in (1, 30):
        load(home)
        vehicle = Vehicle.objects.filter(gateway__is_simulated=True)[0]
        for _ in range(number):
            make_event(make_action(vehicle, state="done"), "Success")
        with CaptureQueriesContext(connection) as captured:
            remove_demo(find_demo(home))
        statements.append(len(captured))
        assert not RemoteEvent.objects.exists()
    assert statements[0] == statements[1]


def test_nothing_is_half_removed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(home)
    furnish()
    before = counts()

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("The disk is full.")

    monkeypatch.setattr(ApiClient, "delete", broken)
    with pytest.raises(OSError, match="disk"):
        remove()
    assert counts() == before
    assert (home / "demo.json").exists()


def test_what_it_is_to_other_fleets_is_said_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(home)
    real = make_fleet("Real")
    demo, client = User.objects.get(username="demo"), ApiClient.objects.get()
    Membership.objects.create(user=demo, fleet=real, role="manager")
    client.fleets.add(real)
    callback = Callback.objects.get()
    Callback.objects.filter(pk=callback.pk).update(fleet=real, created_by=client)
    schedule = make_schedule(real, demo, vehicle=make_vehicle(real), name="Every morning")
    ask = Mock(return_value="no")
    monkeypatch.setattr("builtins.input", ask)
    with pytest.raises(CommandError, match="Nothing was removed"):
        printed_by("demo", remove=True)
    ask.assert_called_once()
    assert Gateway.objects.filter(is_simulated=True).exists()
    told = remove()
    assert "The person demo goes, who is a member of other fleets too: Real." in told
    assert "The API client demo goes, which may use other fleets too: Real." in told
    assert "will not be sent any more: Every morning" in told
    assert Fleet.objects.get() == real
    assert Schedule.objects.get().pk == schedule.pk
    assert Callback.objects.get().created_by is None


def test_a_fleet_with_vehicles_elsewhere_keeps_them(home: Path) -> None:
    content = load(home)
    lyon = Fleet.objects.get(public_id=content["fleets"][0]["id"])
    gateway = Gateway.objects.create(name="Cloud", base_url="https://api.example.com")
    UpstreamFleet.objects.create(fleet=lyon, gateway=gateway, upstream_id="real")
    van = make_vehicle(lyon, gateway=gateway)
    action = make_action(van, callback=Callback.objects.get())
    told = remove()
    assert f"The fleet {lyon} stays" in told
    assert Vehicle.objects.get() == van
    assert RemoteAction.objects.get() == action
    assert UpstreamFleet.objects.get().gateway == gateway
    assert Callback.objects.get().deleted_at is not None


def test_without_another_admin_the_way_to_the_first_is_told(home: Path) -> None:
    load(home)
    told = remove()
    assert not has_admin()
    assert "The demo's person was the only admin." in told
    assert "/first-admin/" in told
    assert FirstAdminLink.objects.exists()


def test_where_there_is_none_nothing_happens(home: Path) -> None:
    make_person("demo", is_superuser=True)
    assert "There is no demo" in remove()
    assert User.objects.filter(username="demo").exists(), "somebody else who is called so"


def test_who_can_not_be_asked_has_to_say_yes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(home)

    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--yes"):
        call_command("demo", remove=True)


def test_it_can_come_again(home: Path) -> None:
    first = load(home)
    remove()
    again = load(home)
    assert len(again["fleets"]) == len(first["fleets"])
    assert json.loads((home / "demo.json").read_text()) == again


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_hangs_on_nothing(home: Path) -> None:
    load(home)
    vehicle = Vehicle.objects.select_related("fleet", "gateway")[0]
    with transaction.atomic():
        remove_demo(find_demo(home))
        writing = Worker(lambda: make_action(vehicle)).until_it_waits()
    with pytest.raises(IntegrityError):
        writing.result()
    assert not RemoteAction.objects.exists()


def test_where_a_worker_was_quicker_it_is_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(home)
    removing = Mock(side_effect=[IntegrityError("An event came."), OperationalError("A deadlock."), {"vehicles": 42}])
    monkeypatch.setattr("fleetremote.demo.removing.remove_demo", removing)
    assert "Gone: 42 vehicles." in remove()
    assert removing.call_count == 3
