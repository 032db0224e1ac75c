"""E-mails arrive once, whatever the mail server does, and never as a flood."""

import smtplib
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from pytest_django import Settings

from alerts import mails
from alerts.raising import raise_alert
from remotes.models import Alert, AlertMail
from tests.remotes.conftest import Yard
from tests.world import make_person

from .conftest import Clock, subjects, told_to
from .mail_server import MailServer

pytestmark = pytest.mark.usefixtures("looked")


def raise_one(yard: Yard, key: str, words: str = "It has failed.") -> None:
    raise_alert(Alert.Kind.CALLBACK_FAILED, yard.fleet.pk, key, words)


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def over_smtp(settings: Settings, server: MailServer) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def test_what_comes_within_a_minute_goes_in_one_mail(yard: Yard, camille: User, clock: Clock) -> None:
    raise_one(yard, "c0")
    clock.sweep_after(seconds=15)
    for number in range(1, 4):
        raise_one(yard, f"c{number}", f"Number {number}.")
        clock.sweep_after(seconds=15)
    assert subjects() == ["Lyon: Callback failed"]
    clock.sweep_after(seconds=16)
    assert subjects()[1:] == ["3 alerts: Lyon"]
    body = mail.outbox[1].body
    assert body.index("Number 3.") < body.index("Number 2.") < body.index("Number 1.")
    assert f"http://127.0.0.1:8000/fleets/{yard.fleet.public_id}/alerts" in body


def test_a_hundred_alerts_are_a_mail_that_can_be_read(yard: Yard, camille: User, clock: Clock) -> None:
    for number in range(100):
        raise_one(yard, f"c{number}")
    clock.sweep_after(seconds=15)
    assert subjects() == ["100 alerts: Lyon"]
    assert "And 70 more." in mail.outbox[0].body
    assert len(mail.outbox[0].body) < 10_000


def test_names_from_elsewhere_can_not_break_a_mail(yard: Yard, camille: User, clock: Clock) -> None:
    yard.fleet.name = "Lyon\r\nBcc: all@example.com"
    yard.fleet.save()
    raise_one(yard, "c1")
    clock.sweep_after(seconds=15)
    assert subjects() == ["Lyon Bcc: all@example.com: Callback failed"]
    assert mail.outbox[0].recipients() == ["camille@example.com"]


@pytest.mark.usefixtures("over_smtp")
def test_a_mail_server_that_is_away_gets_them_when_it_is_back(
    yard: Yard, camille: User, clock: Clock, server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT = 9
    raise_one(yard, "c1", "The first.")
    for number in range(10):
        clock.sweep_after(minutes=2)
        raise_one(yard, f"d{number}")
    waiting = AlertMail.objects.get()
    assert 4 <= waiting.tries <= 8
    assert "refused" in waiting.error
    settings.EMAIL_PORT = server.port
    clock.sweep_after(minutes=15)
    clock.sweep_after(minutes=2)
    clock.sweep_after(minutes=2)
    # What came meanwhile is one mail, not ten.
    assert len(server.mails) == 2
    assert "The first." in server.mails[0]
    assert "Subject: [FleetRemote] 10 alerts: Lyon" in server.mails[1]
    assert f"Message-ID: <{waiting.message_id}@127.0.0.1>" in server.mails[0]
    assert "To: camille@example.com" in server.mails[0]


@pytest.mark.usefixtures("over_smtp")
def test_after_three_days_a_mail_is_no_news_any_more(
    yard: Yard, camille: User, clock: Clock, server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT = 9
    raise_one(yard, "c1", "The first.")
    clock.sweep_after(minutes=2)
    first = AlertMail.objects.get()
    clock.sweep_after(days=2, hours=23)
    first.refresh_from_db()
    assert first.due_at is not None
    clock.sweep_after(hours=2)
    given_up = AlertMail.objects.get(pk=first.pk)
    assert (given_up.due_at, given_up.sent_at) == (None, None)
    assert "refused" in given_up.error
    # What came later goes, and this one does not.
    settings.EMAIL_PORT = server.port
    raise_one(yard, "c2", "The second.")
    for _ in range(3):
        clock.sweep_after(minutes=20)
    assert any("The second." in mail for mail in server.mails)
    assert not any(first.message_id.hex in mail or str(first.message_id) in mail for mail in server.mails)


def test_while_the_server_is_away_it_is_asked_once_a_sweep(
    yard: Yard, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_person(f"p{number}", yard.fleet, email=f"p{number}@example.com")
    tries: list[EmailMessage] = []

    def away(backend: EmailBackend, messages: list[EmailMessage]) -> int:
        tries.extend(messages)
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        raise_one(yard, "c1")
        clock.sweep_after(seconds=15)
        assert len(tries) == 1
    clock.sweep_after(seconds=15)
    assert sorted(told_to()) == [f"p{number}@example.com" for number in range(5)]


def test_an_address_that_is_refused_holds_up_nobody_else(
    yard: Yard, camille: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("wrong", yard.fleet, email="wrong@example.com")
    deliver = EmailBackend.send_messages

    def choosy(backend: EmailBackend, messages: list[EmailMessage]) -> int:
        if messages[0].to == ["wrong@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"wrong@example.com": (550, b"no such user")})
        return deliver(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", choosy)
    raise_one(yard, "c1")
    clock.sweep_after(seconds=15)
    assert told_to() == ["camille@example.com"]
    clock.sweep_after(days=3, seconds=1)
    assert not AlertMail.objects.filter(due_at__isnull=False, user__username="wrong", formed_at__lt=clock.at).exists()
    assert "no such user" in AlertMail.objects.filter(user__username="wrong").earliest("pk").error


def test_a_worker_that_ends_after_the_servers_yes_sends_the_same_mail_again(
    yard: Yard, camille: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = EmailBackend.send_messages

    class Killed(BaseException):
        """The process ends."""

    def sent_but_killed(backend: EmailBackend, messages: list[EmailMessage]) -> int:
        deliver(backend, messages)
        raise Killed

    raise_one(yard, "c1")
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", sent_but_killed)
        with pytest.raises(Killed):
            clock.sweep_after(seconds=15)
    raise_one(yard, "c2")
    clock.sweep_after(minutes=2)
    assert len(mail.outbox) == 1
    clock.sweep_after(minutes=2)
    first, again = mail.outbox
    assert (first.subject, first.body) == (again.subject, again.body)
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    clock.sweep_after(minutes=2)
    assert len(mail.outbox) == 3


def test_a_mail_that_another_worker_is_sending_is_left_alone(yard: Yard, camille: User, clock: Clock) -> None:
    raise_one(yard, "c1")
    AlertMail.objects.create(user=camille, formed_at=clock.at, due_at=clock.at + mails.LEASE)
    clock.sweep_after(minutes=1)
    assert mail.outbox == []


def test_who_has_left_gets_nothing_more(
    yard: Yard, camille: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_one(yard, "c1")

    def away(*_: object) -> int:
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        clock.sweep_after(seconds=15)
    camille.is_active = False
    camille.save()
    clock.sweep_after(minutes=1)
    assert mail.outbox == []
    assert AlertMail.objects.get().due_at is None
