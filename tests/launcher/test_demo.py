"""Loading the demo: once or many times, it is the same world, and it says the truth about it."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from callbacks.models import Callback
from fleetremote.demo.loading import Subscriber, load_demo
from fleets.models import ApiClient, Fleet, Gateway, Membership, UpstreamFleet, Vehicle
from fleets.programs.secrets import find
from fleets.rights import Right
from remotes.models import RemoteAction
from simulator.world import V1_CLIENT_SECRET, demo_world
from tests.world import make_action

pytestmark = pytest.mark.django_db


MODELS = (Fleet, Vehicle, Gateway, Membership, ApiClient, Callback)
RECEIVER = Subscriber("http://127.0.0.1:9100", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")


def load(home: Path, subscriber: Subscriber | None = RECEIVER, **changes: str) -> dict[str, Any]:
    addresses = {"public_url": "http://127.0.0.1:8000", "simulator_url": "http://127.0.0.1:9000"}
    addresses |= changes
    return load_demo(demo_world(), home=home, subscriber=subscriber, **addresses)  # type: ignore[arg-type]


def test_where_it_makes_no_admin_its_person_has_its_fleets_alone(tmp_path: Path) -> None:
    """As in Compose. Who was made one before stays one."""

    def load_without() -> dict[str, Any]:
        return load_demo(demo_world(), home=tmp_path, public_url="http://x", simulator_url="http://y", admin=False)

    content = load_without()
    person = get_user_model().objects.get(username=content["web"]["user"])
    assert (person.is_superuser, person.is_staff, person.is_active) == (False, False, True)
    assert {member.fleet.public_id for member in person.memberships.all()} == {part["id"] for part in content["fleets"]}
    load(tmp_path)
    load_without()
    person.refresh_from_db()
    assert person.is_superuser


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path)
    counts = [model.objects.count() for model in MODELS]
    assert load(tmp_path) == first
    assert [model.objects.count() for model in MODELS] == counts


def test_what_is_written_is_private_and_true(tmp_path: Path) -> None:
    content = load(tmp_path)
    path = tmp_path / "demo.json"
    assert json.loads(path.read_text()) == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert content["api"]["v3"] == "http://127.0.0.1:8000/connectedcar/v3"
    assert content["api"]["v1"] == {
        "url": "http://127.0.0.1:8000/api/connectedcar/v1",
        "token_url": "http://127.0.0.1:8000/as/token.oauth2",
        "client_id": content["api"]["client_id"],
        "client_secret": content["api"]["password"],
    }

    person = get_user_model().objects.get(username=content["web"]["user"])
    assert person.check_password(content["web"]["password"])
    client = ApiClient.objects.get(client_id=content["api"]["client_id"])
    assert client.username == content["api"]["user"]
    assert find(client.client_id, content["api"]["password"]) == client.secrets.get()
    assert (client.owner, client.known_to) == (person, [person.pk])
    ids = {fleet["id"] for fleet in content["fleets"]}
    assert set(client.fleets.values_list("public_id", flat=True)) == ids
    assert {member.fleet.public_id for member in person.memberships.all() if member.may(Right.SEND)} == ids


def test_document_names_the_vehicles_of_the_first_fleet(tmp_path: Path) -> None:
    first = load(tmp_path)["fleets"][0]
    assert 0 < len(first["vehicles"]) <= 12
    for entry in first["vehicles"]:
        assert entry.keys() == {"id", "vin", "label", "profile"}
        vehicle = Vehicle.objects.get(public_id=entry["id"])
        assert (vehicle.vin, vehicle.fleet.public_id) == (entry["vin"], first["id"])
        assert vehicle.gateway.dialect == "v3"
    assert {"awake", "asleep", "unreachable"} <= {entry["profile"] for entry in first["vehicles"]}


def test_the_second_fleet_is_the_account_of_a_v1_gateway(tmp_path: Path) -> None:
    second = load(tmp_path)["fleets"][1]
    upstream = UpstreamFleet.objects.get(fleet__public_id=second["id"])
    assert (upstream.gateway.name, upstream.upstream_id) == ("Simulator v1", "account")
    assert (upstream.gateway.dialect, upstream.gateway.client_secret) == ("v1", V1_CLIENT_SECRET)
    assert set(upstream.fleet.vehicles.values_list("gateway__name", flat=True)) == {"Simulator v1"}
    assert "awake" in {entry["profile"] for entry in second["vehicles"]}


@pytest.mark.parametrize("was_used", [False, True])
def test_a_demo_whose_second_fleet_was_reached_by_v3_moves_it(tmp_path: Path, was_used: bool) -> None:
    """As the versions before v1 left it: the same fleet and vehicles, with what was done."""
    first = load(tmp_path)
    old, new = Gateway.objects.get(name="Simulator"), Gateway.objects.get(name="Simulator v1")
    nantes = Fleet.objects.get(public_id=first["fleets"][1]["id"])
    UpstreamFleet.objects.filter(gateway=new).update(gateway=old, upstream_id=demo_world()[1].id)
    nantes.vehicles.update(gateway=old)
    new.delete()
    if was_used:
        make_action(nantes.vehicles.order_by("pk")[0])
    Vehicle.objects.update(capabilities_checked_at=timezone.now())

    assert load(tmp_path) == first
    unasked = Vehicle.objects.filter(capabilities_checked_at=None)
    assert set(unasked) == set(nantes.vehicles.all()), "the other API has another word for what they can do"
    Vehicle.objects.update(capabilities_checked_at=timezone.now())
    assert load(tmp_path) == first
    assert not unasked.all().exists()
    assert set(nantes.vehicles.values_list("gateway__name", flat=True)) == {"Simulator v1"}
    places = {upstream.gateway.name: upstream for upstream in UpstreamFleet.objects.filter(fleet=nantes)}
    assert places.keys() == ({"Simulator", "Simulator v1"} if was_used else {"Simulator v1"})
    assert places["Simulator v1"].gone_at is None
    if was_used:
        assert places["Simulator"].gone_at is not None
        assert RemoteAction.objects.get().gateway == old


def test_new_ports_are_taken_up(tmp_path: Path) -> None:
    load(tmp_path)
    content = load(tmp_path, public_url="http://127.0.0.1:8800", simulator_url="http://127.0.0.1:9900")
    addresses = {gateway.name: (gateway.base_url, gateway.token_url) for gateway in Gateway.objects.all()}
    assert addresses == {
        "Simulator": ("http://127.0.0.1:9900/connectedcar/v3", ""),
        "Simulator v1": ("http://127.0.0.1:9900/api/connectedcar/v1", "http://127.0.0.1:9900/as/token.oauth2"),
    }
    assert content["web"]["url"] == "http://127.0.0.1:8800"


def test_what_people_changed_is_kept_but_the_login_works(tmp_path: Path) -> None:
    load(tmp_path)
    vehicle = Vehicle.objects.order_by("id")[0]
    Vehicle.objects.filter(pk=vehicle.pk).update(label="Mine")
    person = get_user_model().objects.get(username="demo")
    person.set_password("something else")
    person.save()

    content = load(tmp_path)
    vehicle.refresh_from_db()
    assert vehicle.label == "Mine"
    assert person.check_password("something else")
    person.refresh_from_db()
    assert person.check_password(content["web"]["password"])


def test_the_first_fleet_has_a_callback_to_the_receiver(tmp_path: Path) -> None:
    content = load(tmp_path)
    callback = Callback.objects.get()
    assert callback.fleet.public_id == content["fleets"][0]["id"]
    assert (callback.name, callback.target) == ("Demo receiver", "http://127.0.0.1:9100/hook")
    assert (callback.secret, callback.status) == (RECEIVER.secret, "Running")
    assert callback.subscribe["retryPolicy"]["policy"] == "Bounded"
    assert content.keys() == {"web", "api", "fleets"}


def test_the_callback_follows_the_receiver_to_another_port(tmp_path: Path) -> None:
    load(tmp_path)
    load(tmp_path, Subscriber("http://127.0.0.1:9200", RECEIVER.secret))
    callback = Callback.objects.get()
    assert callback.target == callback.webhook["target"] == "http://127.0.0.1:9200/hook"


def test_a_callback_that_people_changed_is_left_alone(tmp_path: Path) -> None:
    load(tmp_path)
    callback = Callback.objects.get()
    callback.name, callback.target, callback.status = "Mine", "https://example.com/hook", "Paused"
    callback.save()
    load(tmp_path)
    callback.refresh_from_db()
    assert (callback.name, callback.target, callback.status) == ("Mine", "https://example.com/hook", "Paused")

    callback.deleted_at = timezone.now()
    callback.save()
    load(tmp_path)
    assert Callback.objects.get().deleted_at


def test_without_a_receiver_there_is_no_callback(tmp_path: Path) -> None:
    load(tmp_path, None)
    assert not Callback.objects.exists()
