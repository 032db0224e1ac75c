"""An admin connects an account on pages: enters it, sees what is wrong, chooses the fleets; others find nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from connections import running
from connections.models import Connection
from fleets.models import AccessToken, Fleet, Gateway, Membership, Vehicle
from remotes.models import RemoteAction
from simulator.world import CLIENT_ID, PASSWORD, USER, V1_CLIENT_ID, demo_world
from tests.simulator.driving import OTHER_OPTIONS, V3_WORLD
from tests.tls.authority import new_authority
from tests.tls.simulated import MutualTls, mutual_tls_simulator
from tests.world import make_fleet, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MutualTls]:
    with mutual_tls_simulator(tmp_path_factory.mktemp("cloud"), "--speed", "50", *OTHER_OPTIONS) as cloud:
        yield cloud


@pytest.fixture
def admin() -> Client:
    http = Client()
    http.force_login(make_person("root", is_staff=True, is_superuser=True))
    return http


@pytest.fixture
def given(cloud: MutualTls) -> dict[str, Any]:
    """What the form takes, with a PKCS #12 file and a CA bundle."""
    return {
        "name": "Peugeot",
        "dialect": "v3",
        "base_url": cloud.base_url,
        "client_id": CLIENT_ID,
        "username": USER,
        "password": PASSWORD,
        "certificate": SimpleUploadedFile("client.p12", cloud.client.pkcs12("secret words")),
        "key_password": "secret words",
        "ca_bundle": SimpleUploadedFile("ca.pem", cloud.ca_file.read_bytes()),
    }


def marks(http: Client, connection: Connection) -> dict[str, str]:
    page = http.get(reverse("connection", args=[connection.public_id])).text
    return dict(re.findall(r'data-step="([\w-]+)" data-mark="(\w+)"', page))


def test_from_the_form_to_the_fleets(
    admin: Client, given: dict[str, Any], live_server: LiveServer, settings: Any, cloud: MutualTls
) -> None:
    settings.PUBLIC_URL = live_server.url
    ours = Fleet.objects.create(name="Ours")

    answer = admin.post(reverse("new-connection"), given)

    connection = Connection.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("connection", args=[connection.public_id]))
    assert connection.state == "running"
    running.run(connection.pk)
    connection.refresh_from_db()
    assert connection.state == "choosing", marks(admin, connection)
    assert marks(admin, connection)["sync"] == "waiting"
    page = admin.get(reverse("connection", args=[connection.public_id])).text
    assert V3_WORLD[0].name in page
    assert V3_WORLD[1].id in page
    assert "CN=fleetremote" in page
    assert PASSWORD not in page
    assert "PRIVATE KEY" not in page

    number = [item["id"] for item in connection.found_fleets].index(V3_WORLD[1].id)
    chosen = {f"take-{number}": "on", f"into-{number}": ours.public_id, "managers": [connection.asked_by_id]}
    assert admin.post(reverse("choose-fleets", args=[connection.public_id]), {}).status_code == 422
    admin.post(reverse("choose-fleets", args=[connection.public_id]), chosen)
    running.run(connection.pk)

    connection.refresh_from_db()
    # A vehicle's answer is waited for, which nobody sends here.
    assert (connection.state, marks(admin, connection)["send"]) == ("running", "busy")
    assert RemoteAction.objects.get().origin == "connection"
    assert Vehicle.objects.filter(fleet=ours).count() == Vehicle.objects.count() == len(V3_WORLD[1].vehicles)
    assert Membership.objects.get(fleet=ours).role == "manager"
    assert reverse("connection", args=[connection.public_id]) in admin.get(reverse("connections")).text


def test_an_account_of_v1_is_connected_with_its_certificate_alone(
    admin: Client, given: dict[str, Any], live_server: LiveServer, settings: Any, cloud: MutualTls
) -> None:
    settings.PUBLIC_URL = live_server.url
    (nantes,) = (fleet for fleet in demo_world() if fleet.api == "v1")
    root = cloud.simulator.url
    account = {
        "dialect": "v1",
        "base_url": f"{root}/api/connectedcar/v1",
        "token_url": f"{root}/as/token.oauth2",
        "client_id": V1_CLIENT_ID,
        "password": "",
        "username": "",
    }

    admin.post(reverse("new-connection"), given | account)
    connection = Connection.objects.get()
    running.run(connection.pk)
    assert marks(admin, connection)["limits"] != "waiting", marks(admin, connection)
    connection.refresh_from_db()
    assert connection.found_fleets == [{"id": "account", "name": given["name"]}]
    admin.post(reverse("choose-fleets", args=[connection.public_id]), {"take-0": "on", "takes_all": "on"})
    running.run(connection.pk)

    # Its state can't be asked for in this API: it is woken.
    connection.refresh_from_db()
    assert (connection.state, marks(admin, connection)["send"]) == ("running", "busy")
    assert RemoteAction.objects.get().remote_type == "WakeUp"
    assert set(Vehicle.objects.values_list("vin", flat=True)) == {vehicle.vin for vehicle in nantes.vehicles}
    page = admin.get(reverse("connection", args=[connection.public_id])).text
    assert "The access token is good until" in page
    assert "Asked for, not granted" not in page
    assert "Commands refused" not in page

    AccessToken.objects.update(scopes=["channel", "channel:write", "remote:door:write"])
    page = admin.get(reverse("connection", args=[connection.public_id])).text
    assert "remote:horn:write" in page.split("Asked for, not granted")[1]
    assert "Commands refused for want of a scope</dt><dd>Lights, Horn, Wake up, Cabin climate, Charging," in page


def test_what_is_wrong_is_said_in_words_and_what_was_entered_can_be_changed(
    admin: Client, given: dict[str, Any]
) -> None:
    admin.post(reverse("new-connection"), given | {"username": "nobody"})
    connection = Connection.objects.get()
    running.run(connection.pk)

    page = admin.get(reverse("connection", args=[connection.public_id])).text
    assert marks(admin, connection)["credentials"] == "failed"
    assert "Nothing is taken over yet." in page
    assert not Gateway.objects.exists()

    form = admin.get(reverse("edit-connection", args=[connection.public_id])).text
    assert PASSWORD not in form
    assert 'value="nobody"' in form
    kept = {name: given[name] for name in ("dialect", "base_url", "client_id")}
    admin.post(reverse("edit-connection", args=[connection.public_id]), kept | {"username": USER})
    running.run(connection.pk)

    connection.refresh_from_db()
    assert (connection.state, connection.password) == ("choosing", PASSWORD)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("base_url", "http://api.example.com/v3", "must begin with https://"),
        ("base_url", "https://user:word@api.example.com/v3", "no user name and no password"),
        ("base_url", "https://169.254.169.254/v3", "reserved for the network"),
        ("proxy", "ftp://proxy.example.com", "The proxy can&#x27;t be used"),
        ("key_password", "other words", "does not open the PKCS #12 file"),
        ("certificate", SimpleUploadedFile("client.pem", b"junk"), "There is no certificate in it"),
        ("ca_bundle", SimpleUploadedFile("ca.pem", b"junk"), "There is no certificate in it"),
        ("name", "", "required"),
    ],
)
def test_nothing_is_kept_of_what_can_not_be(
    admin: Client, given: dict[str, Any], field: str, value: Any, words: str
) -> None:
    answer = admin.post(reverse("new-connection"), given | {field: value})

    assert answer.status_code == 422
    assert words in answer.text
    assert not Connection.objects.exists()


def test_a_key_of_another_certificate(admin: Client, given: dict[str, Any], cloud: MutualTls, tmp_path: Path) -> None:
    _, key = new_authority("Other").client().write(tmp_path, "other")
    files = {
        "certificate": SimpleUploadedFile("client.pem", cloud.client_file.read_bytes()),
        "private_key": SimpleUploadedFile("client-key.pem", key.read_bytes()),
        "key_password": "",
    }

    answer = admin.post(reverse("new-connection"), given | files)

    assert answer.status_code == 422
    assert "does not belong to the certificate" in answer.text


@pytest.mark.parametrize(
    "more",
    [
        {"base_url": "https://elsewhere.example.com/connectedcar/v3"},
        {"proxy": "http://listener.example.com:3128"},
        {"ca_bundle": None},
    ],
)
def test_the_password_goes_no_other_way_unless_it_is_entered_again(
    admin: Client, given: dict[str, Any], cloud: MutualTls, more: dict[str, Any]
) -> None:
    account = {"base_url": cloud.base_url, "client_id": CLIENT_ID, "username": USER, "password": PASSWORD}
    gateway = Gateway.objects.create(name="Peugeot", **account)
    connection = Connection.objects.create(name="Peugeot", gateway=gateway, **account)
    url = reverse("edit-connection", args=[connection.public_id])
    if "ca_bundle" in more:
        more = {"ca_bundle": given["ca_bundle"]}
    kept = {name: given[name] for name in ("dialect", "base_url", "client_id", "username")}

    answer = admin.post(url, kept | more)

    assert answer.status_code == 422
    assert "Enter the password again" in answer.text
    for file in more.values():
        if hasattr(file, "seek"):
            file.seek(0)
    assert admin.post(url, kept | more | {"password": "another"}).status_code == 303


def test_a_gateway_without_a_connection_is_checked_from_the_list(admin: Client) -> None:
    fleet = make_fleet()
    gateway = fleet.upstream_fleets.get().gateway
    assert gateway.name in admin.get(reverse("connections")).text

    admin.post(reverse("check-gateway", args=[gateway.pk]))

    connection = Connection.objects.get()
    assert (connection.gateway, connection.is_draft, connection.state) == (gateway, False, "running")
    assert connection.wanted_fleets == {fleet.upstream_fleets.get().upstream_id: fleet.public_id}
    running.run(connection.pk)
    connection.refresh_from_db()
    assert connection.state == "failed"
    assert Gateway.objects.get().password == "secret"


def test_a_gateway_with_a_new_name_keeps_its_connection(admin: Client) -> None:
    gateway = make_fleet().upstream_fleets.get().gateway
    admin.post(reverse("check-gateway", args=[gateway.pk]))
    Gateway.objects.update(name="Renamed")

    admin.post(reverse("check-gateway", args=[gateway.pk]))

    assert Connection.objects.get().gateway == gateway


def test_what_was_begun_can_be_removed_and_what_is_connected_can_not(admin: Client) -> None:
    begun = Connection.objects.create(name="Begun", base_url="https://api.example.com/v3")
    made = Connection.objects.create(
        name="Made", base_url="https://api.example.com/v3", gateway=make_fleet().upstream_fleets.get().gateway
    )
    for connection in (begun, made):
        admin.post(reverse("remove-connection", args=[connection.public_id]))

    assert list(Connection.objects.all()) == [made]


def test_managers_find_nothing() -> None:
    http = Client()
    http.force_login(make_person("anna", make_fleet()))

    assert http.get(reverse("connections")).status_code == 404
    assert reverse("connections") not in http.get(reverse("fleets")).text
