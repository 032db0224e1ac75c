"""What ends is told at 30, 7 and 1 days and when it is over, once each, and cleared when it is renewed."""

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from connections.calendar import served, telling
from connections.calendar.ends import What
from connections.calendar.models import EndNotice, SiteCertificate
from connections.calendar.reading import calendar
from connections.models import Connection
from connections.tasks import look_at_calendar
from fleets.models import ApiClient, Fleet, FormerCredentials, Gateway
from gateways.certificates import Described
from remotes.models import Alert, GatewayHealth
from tests.alerts.conftest import Clock, clock, open_alerts
from tests.tls.authority import Issued, new_authority
from tests.tls.servers import raw_server, server_context, serving
from tests.world import make_fleet, make_person, written

__all__ = ["clock"]

pytestmark = pytest.mark.django_db

AUTHORITY = new_authority()


@pytest.fixture
def fleet() -> Fleet:
    fleet = make_fleet()
    make_person("camille", fleet, email="camille@example.com")
    make_person("viktor", fleet, role="viewer", email="viktor@example.com")
    return fleet


@pytest.fixture
def gateway(fleet: Fleet) -> Gateway:
    return fleet.upstream_fleets.get().gateway


def give(gateway: Gateway, issued: Issued) -> None:
    gateway.certificate, gateway.private_key = issued.pem, issued.key_pem
    gateway.save()


def look(clock: Clock, **span: float) -> None:
    """Time goes on; the calendar is looked at, and people are told."""
    clock.at += timedelta(**span)
    telling.look()
    clock.sweep_after(seconds=15)


def test_each_step_is_told_once_and_the_renewal_clears_it(gateway: Gateway, clock: Clock) -> None:
    give(gateway, AUTHORITY.client("fleetremote", until=31))
    look(clock)
    assert (open_alerts(), mail.outbox) == ([], [])
    for days in (2, 1, 20, 1, 1, 5, 1, 3):
        look(clock, days=days)
        look(clock, hours=1)
    assert len(mail.outbox) == 4
    said = ["No more than 30 days", "No more than 7 days", "Less than a day", "ended on"]
    for body, words in zip([message.body for message in mail.outbox], said, strict=True):
        assert words in body
        assert f"The client certificate CN=fleetremote of the account {gateway}" in body
        assert "It has occurred" not in body
    give(gateway, AUTHORITY.client("fleetremote", until=300))
    look(clock)
    assert open_alerts() == []
    assert "It was renewed: what is in use now ends on" in mail.outbox[-1].body
    assert not EndNotice.objects.exists()


def test_a_step_that_was_missed_while_nothing_ran_is_told_as_the_one_that_is_reached(
    gateway: Gateway, clock: Clock
) -> None:
    give(gateway, AUTHORITY.client(until=5))
    look(clock)
    assert "No more than 7 days" in mail.outbox[0].body
    look(clock, days=10)
    look(clock, days=10)
    assert len(mail.outbox) == 2
    assert "Nothing is sent until there is a new one." in mail.outbox[1].body


def test_of_a_chain_the_certificate_that_ends_first_counts(gateway: Gateway) -> None:
    short = new_authority("Root").issue("Issuing CA", [], is_ca=True, until=12)
    gateway.certificate = AUTHORITY.client(until=200).pem + short.pem
    gateway.save()
    (entry,) = calendar()
    assert (entry.subject, entry.days(timezone.now())) == ("CN=Issuing CA", 11)


def test_what_belongs_to_no_gateway_is_told_to_the_fleets_that_use_it(fleet: Fleet, clock: Clock) -> None:
    paris = make_fleet("Paris")
    client = ApiClient.objects.create(client_id="erp", name="ERP", username="erp")
    client.new_secret(ends_at=clock.at + timedelta(days=3))
    client.fleets.add(paris)
    look(clock)
    alert = Alert.objects.get()
    assert (alert.fleet, alert.kind) == (paris, "credentials-end")
    assert alert.words.startswith("The password of the API client ERP ends on ")
    client.fleets.set([fleet])
    look(clock)
    assert set(Alert.objects.filter(cleared_at=None).values_list("fleet__name", flat=True)) == {"Lyon"}
    client.delete()
    look(clock)
    assert open_alerts() == []


def test_what_is_not_in_use_is_a_remark_that_nobody_is_told_of(gateway: Gateway, clock: Clock) -> None:
    FormerCredentials.objects.create(gateway=gateway, certificate=AUTHORITY.client(until=2).pem, replaced_at=clock.at)
    Connection.objects.create(
        name="Next", base_url="https://api.example.com", certificate=AUTHORITY.client(until=3).pem
    )
    GatewayHealth.objects.create(gateway=gateway, state="refused", why=written("HTTP 401"))
    look(clock)
    assert [(entry.what, entry.is_remark) for entry in calendar()] == [
        (What.REFUSED, False),
        (What.FORMER, True),
        (What.DRAFT, True),
    ]
    assert open_alerts() == ["gateway-refused"]


def test_many_accounts_take_no_more_statements_than_one(
    gateway: Gateway, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://fleet.example.com"
    give(gateway, AUTHORITY.client())
    for number in range(3):
        other = make_fleet(f"Fleet {number}").upstream_fleets.get().gateway
        other.ca_bundle = AUTHORITY.root_pem
        give(other, AUTHORITY.client())
    with django_assert_num_queries(6):
        assert len(calendar()) == 8


def test_our_own_certificate_is_read_by_a_handshake_whoever_trusts_it(clock: Clock, settings: Settings) -> None:
    ours = new_authority("Site CA").server("127.0.0.1", until=20)
    with serving(b"", server_context(ours)) as server:
        settings.PUBLIC_URL = server.root
        assert [(entry.what, entry.ends_at) for entry in calendar()] == [(What.SITE, None)]
        look_at_calendar()
    (entry,) = calendar()
    assert (entry.subject, entry.ends_at) == ("CN=127.0.0.1", ours.certificate.not_valid_after_utc)
    alert = Alert.objects.get()
    assert (alert.fleet, alert.words.split(" CN=")[0]) == (None, "Our own TLS certificate")


def test_it_is_read_once_a_day_and_hourly_where_something_is_to_be_done(
    clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_URL = "https://fleet.example.com"
    looks: list[object] = []
    found = Described("CN=us", "CN=ca", clock.at, clock.at + timedelta(days=50))

    def look(place: tuple[str, int]) -> Described:
        looks.append(place)
        return found

    monkeypatch.setattr(served, "look", look)
    for hours in (0, 2, 23):
        clock.at += timedelta(hours=hours)
        served.read_if_due()
    assert looks == [("fleet.example.com", 443)] * 2
    clock.at += timedelta(days=25)
    for hours in (0, 2):
        clock.at += timedelta(hours=hours)
        served.read_if_due()
    assert len(looks) == 4


def test_what_was_read_stays_when_it_can_not_be_read_any_more(clock: Clock, settings: Settings) -> None:
    ours = AUTHORITY.server(until=20)
    with serving(b"", server_context(ours)) as server:
        settings.PUBLIC_URL = server.root
        served.read()
    look(clock)
    began = time.monotonic()
    with raw_server(lambda connection: connection.close()) as port:
        SiteCertificate.objects.update(site=f"127.0.0.1:{port}")
        settings.PUBLIC_URL = f"https://127.0.0.1:{port}"
        served.read()
    assert time.monotonic() - began < 10
    (entry,) = calendar()
    assert entry.ends_at == ours.certificate.not_valid_after_utc
    assert "could not be read" in str(entry.why)
    look(clock)
    assert open_alerts() == ["credentials-end"]


def test_a_site_without_tls_has_no_certificate_to_read(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert (served.read(), calendar(), SiteCertificate.objects.count()) == (None, [], 0)
