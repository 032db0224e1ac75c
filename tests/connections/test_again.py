"""What was connected is checked again, changed while somebody is at it, and taken back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from connections import names, running
from connections.draft import BeingConnected, Wanted, enter, take_back
from connections.models import Connection
from connections.result import result
from connections.stages import taking_over, trying
from connections.stages.stage import End
from connections.stages.states import read_states
from connections.steps import Notes
from fleets.models import ApiClient, AuditEntry, FormerCredentials, Gateway, Membership, Vehicle
from fleets.storage import clock
from fleets.sync.reading import read_from
from remotes.models import RemoteAction
from tests.fleets.cloud import Cloud, listed
from tests.simulator.driving import V3_WORLD
from tests.tls.authority import new_authority
from tests.tls.simulated import MutualTls
from tests.world import make_fleet, make_person, make_vehicle

from .conftest import Connect

pytestmark = pytest.mark.django_db(transaction=True)


def connection() -> Connection:
    return Connection.objects.select_related("gateway").get()


def test_rights_that_were_taken_away_do_not_come_back_with_a_check(connect: Connect) -> None:
    anna = make_person("anna")
    client = ApiClient.objects.create(client_id="erp", name="ERP", username="erp")
    connect(manager=["anna"], api_client="erp")
    assert Membership.objects.filter(user=anna).count() == client.fleets.count() == len(V3_WORLD)
    told = AuditEntry.objects.filter(document__what="gave rights when it was taken over")
    assert {tuple(entry.document["managers"]) for entry in told} == {("anna",)}
    Membership.objects.all().delete()
    client.fleets.clear()

    running.start(connection(), here=True)
    running.run(connection().pk)

    assert connection().state == "done"
    assert not Membership.objects.exists()
    assert not client.fleets.exists()


def test_the_same_call_twice_leaves_what_can_be_taken_back(connect: Connect, cloud: MutualTls, tmp_path: Path) -> None:
    connect()
    first = Gateway.objects.get().certificate
    new, key = cloud.authority.client().write(tmp_path, "new")
    for _ in range(2):
        assert connect(client_cert=new, client_key=key)[0] == 0

    assert FormerCredentials.objects.get().certificate == first


def test_taking_back_forgets_the_draft_that_failed(connect: Connect, cloud: MutualTls, tmp_path: Path) -> None:
    connect()
    first = Gateway.objects.get()
    new, key = cloud.authority.client().write(tmp_path, "new")
    connect(client_cert=new, client_key=key)
    wrong, wrong_key = new_authority("Somebody else").client().write(tmp_path, "wrong")
    connect(client_cert=wrong, client_key=wrong_key)
    assert connection().is_draft

    assert take_back(connection())
    running.start(connection(), here=True)
    running.run(connection().pk)

    assert (connection().is_draft, connection().private_key, connection().state) == (False, "", "done")
    assert Gateway.objects.get().certificate == first.certificate
    assert (FormerCredentials.objects.get().base_url, FormerCredentials.objects.get().dialect) == (first.base_url, "v3")


def test_what_is_entered_while_an_account_is_read_is_not_lost(
    connect: Connect, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GATEWAY_ALLOW_HTTP = True
    listing = Cloud()
    listing.fleets = {"f1": [listed(1)]}
    read = read_from

    def read_slowly(*given: Any) -> Any:
        Connection.objects.update(password="entered meanwhile")
        return read(*given)

    monkeypatch.setattr(taking_over, "read_from", read_slowly)
    status, lines = connect(url=listing.base_url)
    listing.close()

    assert (status, lines[-2]["step"], lines[-2]["ok"]) == (1, "sync", False)
    assert "Something else was entered" in lines[-2]["words"]
    assert not Gateway.objects.exists()
    kept = connection()
    kept.refresh_from_db()
    assert (kept.is_draft, kept.password) == (True, "entered meanwhile")


def test_nobody_enters_anything_while_a_worker_is_at_it(connect: Connect) -> None:
    connect()
    Connection.objects.update(state="running", leased_until=clock.now() + timedelta(minutes=1))
    wanted = Wanted(dialect="v3", base_url="https://elsewhere.example.com/v3", credentials={"password": "new"})

    with pytest.raises(BeingConnected):
        enter("Peugeot", wanted)
    with pytest.raises(CommandError, match="by somebody else"):
        connect()


def waits_for_a_vehicle() -> tuple[Notes, Vehicle]:
    fleet = make_fleet()
    gateway = fleet.upstream_fleets.get().gateway
    others, chosen = make_vehicle(fleet), make_vehicle(fleet)
    assert others.pk < chosen.pk
    row = Connection.objects.create(name="Peugeot", base_url=gateway.base_url, gateway=gateway, is_draft=False)
    row.vehicle = chosen
    row.save()
    running.start(row, here=True)
    row.refresh_from_db()
    return Notes(row), chosen


def test_the_vehicle_that_was_chosen_is_asked() -> None:
    notes, chosen = waits_for_a_vehicle()

    assert trying.try_a_vehicle(notes) is End.WAITS

    assert RemoteAction.objects.get().vehicle == chosen


def test_going_on_twice_asks_once() -> None:
    notes, _ = waits_for_a_vehicle()
    trying.try_a_vehicle(notes)

    running.go_on(notes.connection)
    trying.try_a_vehicle(notes)

    assert RemoteAction.objects.count() == 1
    assert notes.find(names.SEND) is not None


@pytest.mark.parametrize(("ok", "holds"), [(True, True), (None, False), (False, False)])
def test_a_command_that_could_not_be_sent_is_not_all_that_was_asked(ok: bool | None, holds: bool) -> None:
    notes, _ = waits_for_a_vehicle()
    for name in names.STEPS:
        notes.end(name, ok if name == names.SEND else True, None)

    assert result(notes.connection)["ok"] is holds


def test_states_that_can_not_be_read_any_more_are_told(connect: Connect, settings: Any) -> None:
    settings.GATEWAY_ALLOW_HTTP = True
    fleet = make_fleet()
    gateway = fleet.upstream_fleets.get().gateway
    vehicle = make_vehicle(fleet, state={"odometer": {"mileage": 1}}, state_read_at=clock.now())
    listing = Cloud()
    listing.fleets = {"f1": [listed(1)]}
    listing.refused[f"/fleets/f1/vehicles/{vehicle.upstream_id}/status"] = (403, {"code": 40300, "message": "Privacy."})
    Gateway.objects.update(base_url=listing.base_url)
    row = Connection.objects.create(name="Peugeot", base_url=listing.base_url, gateway=gateway, is_draft=False)
    read_states(Notes(row))
    listing.close()

    step = row.steps.get(name="states")
    assert step.ok is False
