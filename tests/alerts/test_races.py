"""Alerts are counted and told once, whoever else raises, clears, tells or mails at the same moment."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction
from django.utils import timezone

from alerts import mails, telling
from alerts.causes import gateways
from alerts.raising import clear_alert, raise_alert
from alerts.rhythm import span
from alerts.sweep import sweep
from protocol.why import Why
from remotes.models import Alert, AlertLine, AlertMail, GatewayHealth
from remotes.words import codes
from tests.remotes.conftest import Yard
from tests.workers import HoldUp, Worker
from tests.world import make_person

from .conftest import Clock, told_to

Kind = Alert.Kind


def fail(yard: Yard, key: str = "c1") -> None:
    raise_alert(Kind.CALLBACK_FAILED, yard.fleet.pk, key, "It has failed.")


def recover(yard: Yard) -> None:
    clear_alert(Kind.CALLBACK_FAILED, yard.fleet.pk, "c1", "It works again.")


@pytest.mark.usefixtures("looked")
def test_a_worker_with_an_old_list_sends_no_mail_that_another_has_sent(
    yard: Yard, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("camille", "diane", "lea"):
        make_person(name, yard.fleet, email=f"{name}@example.com")
    deliver, sweeps = EmailBackend.send_messages, [sweep]

    def while_another_sweeps(backend: EmailBackend, messages: list[EmailMessage]) -> int:
        if sweeps:
            sweeps.pop()()
        return deliver(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", while_another_sweeps)
    fail(yard)
    clock.sweep_after(seconds=15)
    assert sorted(told_to()) == ["camille@example.com", "diane@example.com", "lea@example.com"]


@pytest.mark.django_db(transaction=True)
def test_lines_that_another_worker_puts_into_a_mail_are_left_to_it(yard: Yard, camille: User) -> None:
    fail(yard)
    telling.tell_due(timezone.now())
    with transaction.atomic():
        assert AlertLine.objects.select_for_update().get().user == camille
        other = Worker(lambda: mails.form_mails(timezone.now())).until_it_waits()
    other.result()
    assert not AlertMail.objects.exists()
    mails.form_mails(timezone.now())
    assert AlertMail.objects.count() == 1
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_each_alert_once(yard: Yard, camille: User, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(yard, "c1")
    fail(yard, "c2")
    now = timezone.now()
    hold_up = HoldUp(monkeypatch, "alerts.telling.people_to_tell")
    first = Worker(lambda: telling.tell_due(now))
    hold_up.until_reached()
    Worker(lambda: telling.tell_due(now)).result()
    hold_up.let_go()
    first.result()
    assert sorted(AlertLine.objects.values_list("alert__key", "what")) == [("c1", "raised"), ("c2", "raised")]


@pytest.mark.django_db(transaction=True)
def test_what_occurs_twice_at_a_moment_counts_twice(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(yard)
    hold_up = HoldUp(monkeypatch, "alerts.raising.next_telling")
    first = Worker(lambda: fail(yard))
    hold_up.until_reached()
    second = Worker(lambda: fail(yard)).until_it_waits()
    hold_up.let_go()
    first.result()
    second.result()
    assert Alert.objects.get().count == 3


@pytest.mark.django_db(transaction=True)
def test_an_all_clear_that_comes_while_it_occurs_again_comes_after_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(yard)
    telling.tell_due(timezone.now())
    hold_up = HoldUp(monkeypatch, "alerts.raising.next_telling")
    failing = Worker(lambda: fail(yard))
    hold_up.until_reached()
    clearing = Worker(lambda: recover(yard)).until_it_waits()
    hold_up.let_go()
    failing.result()
    clearing.result()
    alert = Alert.objects.get()
    assert (alert.is_open, alert.count) == (False, 2)
    # What comes and goes is told to be over only after a span.
    assert alert.told_at is not None
    assert alert.tell_at == alert.told_at + span()


@pytest.mark.django_db(transaction=True)
def test_a_change_of_health_that_two_workers_note_counts_once(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    GatewayHealth.objects.create(gateway=yard.gateway, state="down", why=Why(codes.IS_SILENT))
    hold_up = HoldUp(monkeypatch, "alerts.causes.gateways.raise_alert")
    first = Worker(lambda: gateways.note_health(yard.gateway.pk))
    hold_up.until_reached()
    second = Worker(gateways.look).until_it_waits()
    hold_up.let_go()
    first.result()
    second.result()
    assert Alert.objects.get().count == 1
