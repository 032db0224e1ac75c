"""An account is connected by one command, and nothing is half there when a step fails."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError

from connections import running
from connections.draft import take_back
from connections.models import Connection
from fleets.models import ApiClient, Fleet, FormerCredentials, Gateway, Membership, UpstreamFleet, Vehicle
from fleets.storage import clock
from tests.fleets.cloud import Cloud, listed
from tests.simulator.driving import V3_WORLD
from tests.tls.authority import new_authority
from tests.tls.simulated import MutualTls, mutual_tls_simulator
from tests.world import make_person

from .conftest import Connect

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_whole_way(connect: Connect, cloud: MutualTls) -> None:
    manager = make_person("anna")
    client = ApiClient.objects.create(client_id="erp", name="ERP", username="erp")

    status, lines = connect(manager=["anna"], api_client="erp")

    assert status == 0, lines
    assert [line["step"] for line in lines] == [
        *("address", "name", "tcp", "tls", "client-certificate", "credentials", "fleets", "limits"),
        *("public-url", "sync", "callback", "states", "done"),
    ]
    assert all(line["ok"] is not False for line in lines)
    assert all(line["words"] for line in lines[:-1])
    done = lines[-1]
    gateway = Gateway.objects.get()
    assert (done["ok"], done["gateway"]) == (True, gateway.pk)
    told = {fleet["upstream_id"]: fleet for fleet in done["fleets"]}
    for fleet in V3_WORLD:
        ours = Fleet.objects.get(public_id=told[fleet.id]["id"])
        assert told[fleet.id]["name"] == ours.name == fleet.name
        vehicles = {vehicle["vin"]: vehicle for vehicle in told[fleet.id]["vehicles"]}
        assert vehicles.keys() == {vehicle.vin for vehicle in fleet.vehicles}
        assert all(vehicles[vehicle.vin]["upstream_id"] == vehicle.id for vehicle in fleet.vehicles)
        assert Membership.objects.get(user=manager, fleet=ours).role == "manager"
        assert client.fleets.contains(ours)
    upstream = UpstreamFleet.objects.filter(gateway=gateway)
    assert all(row.callback_id for row in upstream)
    assert gateway.private_key.startswith("-----BEGIN PRIVATE KEY-----")
    draft = Connection.objects.get()
    assert (draft.is_draft, draft.password, draft.private_key) == (False, "", "")
    assert Vehicle.objects.filter(state_read_at__isnull=False).count() >= 10


def test_the_same_call_again_changes_what_is_there(connect: Connect, options: dict[str, Any]) -> None:
    connect()
    before = set(Vehicle.objects.values_list("pk", flat=True))

    status, lines = connect(fleets=V3_WORLD[0].id)

    assert status == 0, lines
    assert Gateway.objects.count() == Connection.objects.count() == 1
    assert set(Vehicle.objects.values_list("pk", flat=True)) == before
    assert Gateway.objects.get().takes_all_fleets is False


def test_some_of_the_fleets(connect: Connect) -> None:
    status, lines = connect(fleets=V3_WORLD[1].id)

    assert status == 0, lines
    assert [fleet["upstream_id"] for fleet in lines[-1]["fleets"]] == [V3_WORLD[1].id]
    assert Fleet.objects.get().name == V3_WORLD[1].name
    assert Vehicle.objects.count() == len(V3_WORLD[1].vehicles)


def test_a_certificate_that_the_cloud_does_not_take_leaves_nothing(connect: Connect, tmp_path: Path) -> None:
    certificate, key = new_authority("Somebody else").client().write(tmp_path, "other")

    status, lines = connect(client_cert=certificate, client_key=key)

    assert status == 1
    assert lines[-2]["step"] == "client-certificate"
    assert lines[-2]["ok"] is False
    assert lines[-1] == {"step": "done", "ok": False, "gateway": None, "fleets": []}
    assert not Gateway.objects.exists()
    assert not Fleet.objects.exists()


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ({"client_key": "other-key"}, "client-certificate"),
        ({"client_key": None}, "client-certificate"),
        ({"ca": "other-key"}, "tls"),
        ({"proxy": "ftp://proxy.example.com"}, "address"),
        ({"url": "http://127.0.0.1:9/connectedcar/v3"}, "address"),
        ({"url": "https://169.254.169.254/connectedcar/v3"}, "address"),
        ({"ca": None}, "tls"),
        ({"username": "nobody"}, "credentials"),
        ({"fleets": "0123abcd"}, "sync"),
    ],
)
def test_what_is_wrong_is_told_at_its_step(connect: Connect, tmp_path: Path, more: dict[str, Any], step: str) -> None:
    _, key = new_authority("Somebody else").client().write(tmp_path, "other")
    more = {name: key if value == "other-key" else value for name, value in more.items()}

    status, lines = connect(**more)

    assert status == 1
    assert lines[-2]["step"] == step
    assert lines[-2]["ok"] is False
    assert lines[-2]["words"]
    assert lines[-1]["gateway"] is None
    assert not Gateway.objects.exists()
    assert not Fleet.objects.exists()


def test_who_is_not_there_is_named(connect: Connect) -> None:
    with pytest.raises(CommandError, match="no user berta"):
        connect(manager=["berta"])
    with pytest.raises(CommandError, match="no API client with the client_id erp"):
        connect(api_client="erp")
    assert not Connection.objects.exists()


def test_new_credentials_take_over_once_they_passed(connect: Connect, cloud: MutualTls, tmp_path: Path) -> None:
    connect()
    first = Gateway.objects.get()
    wrong, wrong_key = new_authority("Somebody else").client().write(tmp_path, "wrong")
    new, new_key = cloud.authority.client().write(tmp_path, "new")

    assert connect(client_cert=wrong, client_key=wrong_key)[0] == 1
    kept = Gateway.objects.get()
    assert (kept.certificate, kept.private_key) == (first.certificate, first.private_key)
    assert not FormerCredentials.objects.exists()

    assert connect(client_cert=new, client_key=new_key)[0] == 0
    renewed = Gateway.objects.get()
    assert renewed.certificate == new.read_text() != first.certificate
    assert FormerCredentials.objects.get().private_key == first.private_key

    assert take_back(Connection.objects.select_related("gateway").get())
    assert Gateway.objects.get().certificate == first.certificate
    assert FormerCredentials.objects.get().certificate == renewed.certificate


def test_a_gateway_that_was_made_otherwise_is_taken_up(connect: Connect) -> None:
    made = Gateway.objects.create(name="Peugeot", base_url="https://old.example.com/v3", password="old")

    status, lines = connect()

    assert (status, lines[-1]["gateway"]) == (0, made.pk)
    assert FormerCredentials.objects.get(gateway=made).password == "old"


def test_where_public_url_leads_elsewhere_all_is_connected_and_it_is_said(connect: Connect, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"

    status, lines = connect()

    told = {line["step"]: line for line in lines}
    assert status == 1
    assert told["public-url"]["ok"] is False
    assert "Nothing answers at PUBLIC_URL" in told["public-url"]["words"]
    assert (told["done"]["ok"], told["done"]["gateway"]) == (False, Gateway.objects.get().pk)
    assert told["callback"]["ok"] is True


def test_only_one_at_a_time(connect: Connect) -> None:
    connect()
    Connection.objects.update(state="running", leased_until=clock.now() + timedelta(hours=1))

    with pytest.raises(CommandError, match="being connected by somebody else"):
        connect()


def test_who_connects_need_not_be_there(connect: Connect) -> None:
    assert not User.objects.exists()
    assert connect()[0] == 0


def test_a_list_that_can_not_be_read_takes_over_nothing(connect: Connect, settings: Any) -> None:
    settings.GATEWAY_ALLOW_HTTP = True
    listing = Cloud()
    listing.fleets = {"f1": [listed(1)], "f2": [listed(2)]}
    listing.broken.add("/fleets/f2/vehicles")

    status, lines = connect(url=listing.base_url)

    assert (status, lines[-2]["step"], lines[-2]["ok"]) == (1, "sync", False)
    assert "HTTP 500" in lines[-2]["words"]
    assert not Gateway.objects.exists()
    assert not Vehicle.objects.exists()

    listing.broken.clear()
    running.go_on(Connection.objects.get())
    running.run(Connection.objects.get().pk)
    listing.close()
    assert Vehicle.objects.count() == 2


def test_what_a_killed_worker_has_left_is_gone_on_with(connect: Connect) -> None:
    connect()
    connection = Connection.objects.get()
    connection.steps.filter(name__in=["sync", "callback", "states"]).delete()
    Connection.objects.update(state="running", leased_until=clock.now() + timedelta(minutes=1))

    running.run(connection.pk)
    assert Connection.objects.get().state == "running"
    Connection.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    running.run(connection.pk)

    assert Connection.objects.get().state == "done"
    assert {step.name for step in connection.steps.all()} >= {"sync", "callback", "states"}


def test_a_cloud_with_a_small_limit_is_read_within_it(connect: Connect, tmp_path: Path) -> None:
    """Reading as fast as it goes would be refused."""
    with mutual_tls_simulator(tmp_path, "--speed", "50", "--burst-limit", "8", "--vehicles", "600") as limited:
        more = {"client_cert": limited.client_file, "client_key": limited.client_key_file, "ca": limited.ca_file}
        status, lines = connect(url=limited.base_url, **more)

    told = {line["step"]: line for line in lines}
    assert status == 0, lines
    assert told["limits"]["ok"] is True
    assert sum(len(fleet["vehicles"]) for fleet in lines[-1]["fleets"]) == 612
