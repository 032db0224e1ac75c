"""Admins see what ends: all of it on the page of connections, what ends first in a line; nobody else does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from connections.calendar import telling
from connections.calendar.models import SiteCertificate
from connections.models import Connection
from console.connections.calendar import end_rows
from fleets.models import ApiClient, Gateway
from remotes.models import GatewayHealth
from tests.console.conftest import LogIn, World
from tests.tls.authority import new_authority
from tests.world import make_person, written

AUTHORITY = new_authority()


@pytest.fixture
def gateway(world: World) -> Gateway:
    """With a certificate that ends in five days, and a page of its connection."""
    gateway = world.lyon.upstream_fleets.get().gateway
    gateway.certificate = AUTHORITY.client("fleetremote", until=5.5).pem
    gateway.save()
    Connection.objects.create(name=gateway.name, gateway=gateway, is_draft=False)
    return gateway


@pytest.fixture
def root(log_in: LogIn, db: None) -> Client:
    return log_in(make_person("root", is_staff=True, is_superuser=True))


def text_of(client: Client, path: str) -> str:
    return " ".join(client.get(path).text.split())


def test_the_page_of_connections_lists_what_ends(root: Client, gateway: Gateway, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://fleet.example.com"
    over = timezone.now() - timedelta(days=2)
    ApiClient.objects.create(client_id="erp", name="ERP", username="erp").new_secret(ends_at=over)
    SiteCertificate.objects.create(
        site="fleet.example.com:443", subject="CN=fleet.example.com", ends_at=over + timedelta(days=90), looked_at=over
    )
    GatewayHealth.objects.create(gateway=gateway, state="refused", why=written("HTTP 401."))
    assert [(str(row.title), str(row.word.text), row.word.tone) for row in end_rows()] == [
        ("Credentials", "Refused", "bad"),
        ("Password of an API client", "Over", "bad"),
        ("Client certificate", "5 days", "warn"),
        ("Our own TLS certificate", "87 days", "good"),
    ]
    page = text_of(root, "/connections/")
    assert "CN=fleetremote" in page
    assert f'href="/connections/{Connection.objects.get().public_id}">{gateway.name}</a>' in page
    assert 'action="/connections/site-certificate"' in page


def test_it_takes_as_many_statements_however_much_there_is(
    gateway: Gateway, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        assert len(end_rows()) == 1
    other = world.paris.upstream_fleets.get().gateway
    other.certificate, other.ca_bundle = gateway.certificate, AUTHORITY.root_pem
    other.save()
    with django_assert_num_queries(7):
        assert len(end_rows()) == 3


def test_admins_read_in_a_line_what_ends_first(root: Client, camille: Client, gateway: Gateway) -> None:
    line = f"Client certificate ({gateway}): ends on"
    assert line not in text_of(root, "/")
    telling.look()
    page = text_of(root, "/")
    assert line in page
    assert 'href="/connections/#ends-title"' in page
    assert line not in text_of(camille, "/")


def test_the_alert_says_it_in_french_too(camille: Client, gateway: Gateway, world: World) -> None:
    telling.look()
    page = text_of(camille, f"/fleets/{world.lyon.public_id}/alerts")
    assert "Credentials end" in page
    assert "No more than 7 days are left." in page
    camille.cookies["fleetremote_language"] = "fr"
    page = text_of(camille, f"/fleets/{world.lyon.public_id}/alerts")
    assert "Le certificat client CN=fleetremote du compte" in page
    assert "Il reste 7 jours au plus." in page


def test_our_own_certificate_is_read_again_when_an_admin_asks(
    root: Client, camille: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, bool]] = []
    monkeypatch.setattr("connections.tasks.look_at_calendar.delay", lambda **how: asked.append(how))
    assert camille.post("/connections/site-certificate").status_code == 404
    assert root.post("/connections/site-certificate")["Location"] == "/connections/"
    assert asked == [{"at_once": True}]
