"""An account of Connected Car v1 is connected by one command, and what its tokens lack is said everywhere."""

import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from connections.draft import take_back
from connections.models import Connection
from fleets.models import AccessToken, Fleet, FormerCredentials, Gateway, UpstreamFleet, Vehicle
from gateways.interface import Refused
from remotes.gate import gate
from remotes.registration import registration
from tests.clouds import v1
from tests.clouds.tokens import CLIENT, SECRET
from tests.workers import Worker
from tests.world import make_person

from .conftest import Connect

pytestmark = pytest.mark.django_db(transaction=True)

VEHICLES = 3
Treat = Callable[..., None]


@pytest.fixture
def cloud(settings: Settings) -> Iterator[v1.Cloud]:
    """Without TLS, so with a secret."""
    settings.GATEWAY_ALLOW_HTTP = True
    running = v1.cloud(0, VEHICLES)
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()
    running.tokens.close()


@pytest.fixture
def options(cloud: v1.Cloud, tmp_path: Path) -> dict[str, Any]:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    return {
        "name": "Connected",
        "api": "v1",
        "url": cloud.url,
        "token_url": cloud.tokens.url,
        "client_id": CLIENT,
        "client_secret_file": secret,
        "no_send": True,
    }


@pytest.fixture
def admin() -> Client:
    http = Client()
    http.force_login(make_person("root", is_staff=True, is_superuser=True))
    return http


def page_of(admin: Client) -> str:
    connection = Connection.objects.get()
    return " ".join(admin.get(reverse("connection", args=[connection.public_id])).text.split())


def doctor() -> dict[str, str]:
    """What it says of the account, by the check."""
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    lines = [line[5:].split(": ", 1) for line in out.getvalue().splitlines()]
    return {check.removeprefix("Connected/"): words for check, words in lines if check.startswith("Connected/")}


def test_an_account_is_its_one_fleet(connect: Connect, cloud: v1.Cloud, admin: Client) -> None:
    status, lines = connect()

    assert status == 0, lines
    assert all(line["ok"] is not False for line in lines)
    (fleet,) = lines[-1]["fleets"]
    assert (fleet["name"], len(fleet["vehicles"])) == ("Connected", VEHICLES)
    assert Fleet.objects.get().name == "Connected"
    assert set(Vehicle.objects.values_list("vin", flat=True)) == set(cloud.book.vehicles.values())
    upstream = UpstreamFleet.objects.get()
    assert (upstream.upstream_id, list(cloud.book.callbacks)) == ("account", [upstream.callback_id])
    gateway = Gateway.objects.get()
    assert (gateway.token_url, gateway.client_secret, gateway.username) == (cloud.tokens.url, SECRET, "")
    assert Connection.objects.get().client_secret == ""
    page = page_of(admin)
    assert "The access token is good until" in page
    assert "remote:horn:write" in page
    assert cloud.tokens.url in page
    assert SECRET not in page
    assert AccessToken.objects.get().value not in page
    found = doctor()
    assert found["access-token"].startswith("The access token is good until")
    assert found["callback"].startswith("Our callback is registered")


def test_its_channel_is_registered_once_and_stays_as_it_is(
    connect: Connect, cloud: v1.Cloud, settings: Settings
) -> None:
    settings.UPSTREAM_BATCH_SIZE = 50
    connect()
    before = dict(cloud.book.callbacks)
    posts: list[str] = []
    upstream = UpstreamFleet.objects.get()
    for _ in range(2):
        registration.check(upstream.pk)
    gate.client(upstream.gateway, lambda exchange: posts.append(exchange.method)).read_callback("account", "x")
    assert set(posts) == {"GET"}
    registered_at = UpstreamFleet.objects.get().callback_registered_at
    registration.check(upstream.pk)
    assert UpstreamFleet.objects.get().callback_registered_at == registered_at
    assert cloud.book.callbacks == before

    # Forgotten here: the account's own one is taken over, not a second one made.
    UpstreamFleet.objects.update(callback_id="", callback_target="")
    assert registration.check(upstream.pk).callback_id in before
    assert len(cloud.book.callbacks) == 1


def test_an_account_is_connected_once(connect: Connect, cloud: v1.Cloud) -> None:
    """Two gateways would take the one channel from each other with each check."""
    connect()
    before = dict(cloud.book.callbacks)

    status, lines = connect(name="Again")
    assert status != 0
    assert "connected already, as “Connected”" in next(line["words"] for line in lines if line["ok"] is False)
    assert Gateway.objects.get().name == "Connected"
    assert cloud.book.callbacks == before
    assert connect()[0] == 0


def test_an_account_with_five_channels_is_told_which(connect: Connect, cloud: v1.Cloud) -> None:
    for number in range(5):
        webhook = {"target": f"https://other.example.com/{number}", "name": "x"}
        cloud.book.subscribe(
            {"type": ["Remote"], "label": f"Other {number}", "channel": {"webhook": webhook}}, owner=CLIENT
        )

    status, lines = connect()

    assert status == 1
    (line,) = (line for line in lines if line["step"] == "callback")
    assert line["ok"] is False
    assert "five channels already" in line["words"]
    assert all(f"“Other {number}”" in line["words"] for number in range(5))


@pytest.mark.parametrize(
    ("desk", "words"),
    [
        ({"answer": "invalid_client"}, "does not accept our client_id with its secret"),
        ({"answer": "invalid_scope"}, "does not give us one of these scopes"),
        ({"down": True}, "refuses connections"),
        ({"answer": "a web page"}, "Please wait"),
        ({"answer": "no token"}, "holds no access token"),
    ],
)
def test_nothing_is_taken_over_without_a_token(
    connect: Connect, cloud: v1.Cloud, desk: dict[str, Any], words: str
) -> None:
    cloud.tokens.treat(desk)

    status, lines = connect()

    assert status == 1
    assert lines[-2]["ok"] is False
    assert words in lines[-2]["words"]
    assert SECRET not in str(lines)
    assert not Gateway.objects.exists()


def test_a_token_endpoint_that_refuses_later_is_said_on_the_page_by_doctor_and_in_the_calendar(
    connect: Connect, cloud: v1.Cloud, admin: Client
) -> None:
    connect()
    AccessToken.objects.update(expires_at="2026-01-01T00:00:00Z")
    cloud.tokens.treat({"answer": "invalid_client"})
    gateway, channel = Gateway.objects.get(), UpstreamFleet.objects.get().callback_id
    worker = Worker(lambda: gate.client(gateway).read_callback("account", channel))
    with pytest.raises(Refused, match="does not accept our credentials"):
        worker.result()

    for text in (page_of(admin), doctor()["access-token"]):
        assert "no access token since" in text
        assert "does not accept our credentials" in text
    ends = " ".join(admin.get(reverse("connections")).text.split())
    assert "does not accept our credentials" in ends
    assert "Refused" in ends


def test_a_new_secret_takes_over_once_it_passed_and_the_old_token_goes(
    connect: Connect, cloud: v1.Cloud, tmp_path: Path
) -> None:
    connect()
    first = AccessToken.objects.get()
    wrong, other = tmp_path / "wrong", {"client_id": f"{CLIENT}-2"}
    wrong.write_text("wrong")

    assert connect(client_secret_file=wrong)[0] == 1
    assert Gateway.objects.get().client_secret == SECRET
    assert connect(**other)[0] == 0

    second = AccessToken.objects.get()
    assert first.used_for != second.used_for
    assert first.value != second.value
    assert FormerCredentials.objects.get().client_id == CLIENT
    assert take_back(Connection.objects.get())
    assert Gateway.objects.get().client_id == CLIENT


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"token_url": ""}, "needs --token-url"),
        ({"username": "anna"}, "--username is for --api v3"),
        ({"api": "v3"}, "is for --api v1"),
    ],
)
def test_options_of_the_other_api_are_refused(connect: Connect, more: dict[str, Any], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        connect(**more)
    assert not Connection.objects.exists()


def test_the_token_endpoint_is_held_to_the_same_rules(connect: Connect) -> None:
    status, lines = connect(token_url="https://169.254.169.254/as/token.oauth2")
    assert status == 1
    assert lines[-2]["ok"] is False
    assert "reserved for the network" in lines[-2]["words"]
    assert not Gateway.objects.exists()
