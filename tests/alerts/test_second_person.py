"""What waits for a second person is told at once: to those who decide, to all managers, and to the fleet's webhooks."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from alerts import mails, telling
from alerts.causes import second_person
from alerts.causes.second_person import TELL
from alerts.choices import choose
from alerts.raising import raise_alert
from alerts.tasks import tell_second_person
from callbacks.models import Notification
from fleetremote.celery import app
from fleets import proposals
from fleets.models import ApiClient, Approver
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import Wishes, request_action
from remotes.asking.break_glass import break_glass, close_review
from remotes.checks.approvals import approve, refuse
from remotes.models import Alert, FleetRules, RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.conftest import Yard
from tests.world import make_person

from .conftest import Clock, open_alerts, subjects, told_to
from .test_webhooks import waiting, webhook

pytestmark = pytest.mark.usefixtures("looked")

IMMOBILISE = Remote(REMOTE_TYPES["Immobilization"], {"activate": True})
WANTED = "Lyon: Action waits for a second person (e-208 · VF3ABCDE0FG123456)"
REASON = "The thief is\nat the gate."


@pytest.fixture
def diane(yard: Yard) -> User:
    return make_person("diane", yard.fleet, first_name="Diane", last_name="Arnaud", email="diane@example.com")


@pytest.fixture
def asked(yard: Yard, camille: User, diane: User) -> RemoteAction:
    return request_action(yard.vehicle, IMMOBILISE, user=camille, wishes=Wishes(reason=REASON))


def tell(capture: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """What is done, and what the worker then does of the tasks that this has woken."""
    woken: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, *args, **more: woken.append(name))
    with capture(execute=True):
        act()
    assert TELL in woken
    tell_second_person()


def letters_to(address: str) -> list[EmailMessage]:
    return [message for message in mail.outbox if message.to == [address]]


def test_who_decides_has_a_mail_at_once_with_all_that_counts(
    yard: Yard,
    camille: User,
    diane: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wishes = Wishes(reason=REASON)
    tell(
        django_capture_on_commit_callbacks,
        monkeypatch,
        lambda: request_action(yard.vehicle, IMMOBILISE, user=camille, wishes=wishes),
    )
    assert (subjects(), told_to()) == ([WANTED], ["diane@example.com"])
    action, (message,) = RemoteAction.objects.get(), mail.outbox
    until = f"{timezone.localtime(action.expires_at):%H:%M %Z}"
    assert f"“Immobilise” for e-208 waits for a second person until {until} (15 minutes)." in message.body
    # A reason of several lines is no line of ours.
    assert "camille has asked for it: “The thief is at the gate.”." in message.body
    assert f"/vehicles/{yard.vehicle.public_id}/actions/{action.public_id}/approve" in message.body


@pytest.mark.usefixtures("asked")
def test_it_is_told_once_and_again_when_it_is_decided(clock: Clock, diane: User) -> None:
    for _ in range(5):
        clock.sweep_after(minutes=1)
    assert subjects() == [WANTED]
    approve(RemoteAction.objects.get(), diane)
    clock.sweep_after(seconds=15)
    assert subjects()[1:] == ["Lyon: Over: Action waits for a second person (e-208 · VF3ABCDE0FG123456)"]
    assert "Diane Arnaud has approved “Immobilise” for e-208." in mail.outbox[1].body
    assert open_alerts() == []


def test_refused_or_too_late_it_is_over(yard: Yard, clock: Clock, asked: RemoteAction, diane: User) -> None:
    clock.sweep_after(seconds=15)
    refuse(asked, diane, "It is on the motorway.")
    clock.sweep_after(seconds=15)
    assert "“Immobilise” for e-208 is not sent." in mail.outbox[-1].body
    assert "It is on the motorway." in mail.outbox[-1].body

    late = request_action(yard.vehicle, IMMOBILISE, user=User.objects.get(username="camille"))
    clock.sweep_after(seconds=15)
    assert open_alerts() == ["approval-wanted"]
    late.set(expires_at=timezone.now() - timedelta(seconds=1), due_at=timezone.now() - timedelta(seconds=1))
    dispatch_vehicle(yard.vehicle.pk)
    clock.sweep_after(minutes=1)
    assert "approval-wanted" not in open_alerts()


def test_a_mail_of_a_moment_ago_does_not_delay_it(yard: Yard, clock: Clock, camille: User, diane: User) -> None:
    raise_alert(Alert.Kind.CALLBACK_FAILED, yard.fleet.pk, "c1", "It has failed.")
    clock.sweep_after(seconds=15)
    request_action(yard.vehicle, IMMOBILISE, user=camille)
    clock.at += timedelta(seconds=11)
    tell_second_person()
    assert [message.subject for message in letters_to("diane@example.com")][1:] == [f"[FleetRemote] {WANTED}"]
    # Other news wait for their minute.
    raise_alert(Alert.Kind.CALLBACK_FAILED, yard.fleet.pk, "c2", "It has failed.")
    clock.sweep_after(seconds=15)
    assert len(letters_to("diane@example.com")) == 2


def test_nobody_is_told_who_cannot_decide(yard: Yard, clock: Clock, camille: User, diane: User, viktor: User) -> None:
    unconfirmed = make_person("new", yard.fleet, email="new@example.com")
    Approver.objects.filter(user=unconfirmed).update(confirmed_at=None)
    narrowed = make_person("narrowed", yard.fleet, email="narrowed@example.com")
    narrowed.memberships.update(narrowed=True)
    make_person("operator", yard.fleet, role="operator", email="operator@example.com")
    request_action(yard.vehicle, IMMOBILISE, user=camille)
    clock.sweep_after(seconds=15)
    assert told_to() == ["diane@example.com"]


def test_the_owner_of_a_service_has_a_hand_in_it(yard: Yard, clock: Clock, camille: User, diane: User) -> None:
    service = ApiClient.objects.create(client_id="own", name="Booking", username="own", owner=diane)
    service.fleets.add(yard.fleet)
    wishes = Wishes(reason=REASON)
    request_action(yard.vehicle, IMMOBILISE, api_client=service, wishes=wishes)
    clock.sweep_after(seconds=15)
    assert told_to() == ["camille@example.com"]
    assert "The service “Booking” of Diane Arnaud has asked for it" in mail.outbox[0].body


def test_nobody_can_choose_not_to_be_told(yard: Yard, clock: Clock, camille: User, diane: User) -> None:
    """Nor have it chosen for them."""
    choose(diane, yard.fleet, [])
    request_action(yard.vehicle, IMMOBILISE, user=camille)
    clock.sweep_after(seconds=15)
    assert told_to() == ["diane@example.com"]


def test_the_fleets_webhooks_are_told(yard: Yard, clock: Clock, camille: User) -> None:
    callback = webhook(yard.fleet)
    action = request_action(yard.vehicle, IMMOBILISE, user=camille)
    clock.sweep_after(seconds=15)
    event = json.loads(Notification.objects.get(callback=callback).event)
    assert (event["kind"], event["remoteActionId"]) == ("approval-wanted", action.public_id)


def test_all_managers_hear_of_a_change_and_what_became_of_it(
    yard: Yard, clock: Clock, camille: User, diane: User, viktor: User
) -> None:
    unconfirmed = make_person("new", yard.fleet, email="new@example.com")
    Approver.objects.filter(user=unconfirmed).update(confirmed_at=None)
    FleetRules.objects.create(fleet=yard.fleet)
    change = proposals.propose(yard.fleet, "rules", {"approval_types": ["Stolen"]}, by=camille, reason="Too slow.")
    clock.sweep_after(seconds=15)
    everybody = ["camille@example.com", "diane@example.com", "new@example.com"]
    assert sorted(told_to()) == everybody
    assert "camille has asked for it: “Too slow.”." in mail.outbox[0].body
    assert f"/approvals/{change.public_id}" in mail.outbox[0].body
    mail.outbox.clear()
    proposals.approve(change, diane)
    clock.sweep_after(seconds=15)
    assert sorted(told_to()) == everybody
    assert "Diane Arnaud has approved it; it holds from now on." in mail.outbox[0].body


def test_they_hear_of_what_two_agreed_on_in_a_moment(yard: Yard, clock: Clock, camille: User, diane: User) -> None:
    third = make_person("third", yard.fleet, email="third@example.com")
    FleetRules.objects.create(fleet=yard.fleet)
    change = proposals.propose(yard.fleet, "rules", {"approval_types": ["Stolen"]}, by=camille)
    proposals.approve(change, diane)
    clock.sweep_after(seconds=15)
    assert third.email in told_to()
    assert "it holds from now on" in letters_to(third.email)[0].body


def test_what_admins_decide_is_no_fleets_business(yard: Yard, clock: Clock, camille: User) -> None:
    callback = webhook(yard.fleet)
    root, other = (make_person(name, is_superuser=True, email=f"{name}@example.com") for name in ("root", "other"))
    row = Approver.objects.get(user=other, fleet=None)
    proposals.propose(None, "approver", {"approver": row.pk, "user": other.pk}, by=root)
    clock.sweep_after(seconds=15)
    assert sorted(told_to()) == ["other@example.com", "root@example.com"]
    assert waiting(callback) == 0


def test_everybody_hears_of_what_was_sent_alone_until_another_has_looked(
    yard: Yard, clock: Clock, asked: RemoteAction, camille: User, diane: User
) -> None:
    clock.sweep_after(seconds=15)
    mail.outbox.clear()
    review = break_glass(asked, camille, REASON)
    clock.sweep_after(seconds=15)
    assert sorted(told_to()) == ["camille@example.com", "diane@example.com"]
    body = letters_to("diane@example.com")[0].body
    assert "camille has sent “Immobilise” for e-208 without a second person: “The thief is at the gate.”." in body
    assert f"/approvals/reviews/{review.public_id}" in body
    assert open_alerts() == ["sent-alone"]
    close_review(review, diane, "It was right.")
    clock.sweep_after(minutes=1)
    assert open_alerts() == []
    assert "Diane Arnaud has looked into it: “It was right.”." in letters_to("camille@example.com")[-1].body


def test_whose_role_was_taken_gets_no_mail(yard: Yard, clock: Clock, asked: RemoteAction, diane: User) -> None:
    second_person.look()
    telling.tell_due(timezone.now())
    diane.memberships.all().delete()
    mails.form_mails(timezone.now())
    mails.send_due(timezone.now())
    assert told_to() == []
