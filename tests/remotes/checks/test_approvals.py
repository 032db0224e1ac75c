"""What a fleet wants two pairs of eyes for is sent when another person has approved it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from fleets.models import ApiClient, AuditEntry, Membership
from fleets.programs import trust
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking import told
from remotes.asking.ask import Wishes, request_action
from remotes.asking.rules import change_rules
from remotes.checks.approvals import NotAllowed, approve, refuse
from remotes.models import FleetRules, RemoteAction
from remotes.sending.dispatch import dispatch_vehicle
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_person, one_is_enough

State = RemoteAction.State
IMMOBILISE = Remote(REMOTE_TYPES["Immobilization"], {"activate": True})


@pytest.fixture
def camille(yard: Yard) -> User:
    return make_person("camille", yard.fleet)


@pytest.fixture
def lea(yard: Yard) -> User:
    return make_person("lea", yard.fleet)


@pytest.fixture
def asked(yard: Yard, camille: User) -> RemoteAction:
    """An immobilisation that Camille has asked for; nobody has laid down anything."""
    return request_action(yard.vehicle, IMMOBILISE, user=camille)


def dispatched(action: RemoteAction) -> RemoteAction:
    dispatch_vehicle(action.vehicle_id)
    action.refresh_from_db()
    return action


def seconds_left(action: RemoteAction) -> float:
    return (action.expires_at - timezone.now()).total_seconds()


def test_it_waits_until_another_manager_approves(cloud: Cloud, asked: RemoteAction, lea: User) -> None:
    assert dispatched(asked).state == "waiting-approval"
    assert cloud.posted == []
    approve(asked, lea)
    assert dispatched(asked).state == "accepted"
    assert asked.approved_by == lea


@pytest.mark.parametrize(
    ("name", "payload", "waits"),
    [
        ("Immobilization", {"activate": True}, True),
        ("Immobilization", {"activate": False}, False),
        ("Immobilization", {"activate": False, "also": {"activate": True}}, True),
        ("Stolen", {"stolen": True}, True),
        ("Stolen", {"stolen": False}, False),
        ("Stolen", {"immobilization": {"activate": True}}, True),
        ("Stolen", {"immobilization": {"activate": False}}, False),
        ("Stolen", {"trackingPeriod": {"running": 60}}, True),
        ("Tan", {"suppress": {"state": True, "duration": 5}}, True),
        ("Tan", {"suppress": {"state": False}}, False),
        ("Tan", {"confirm": {"state": False}}, False),
        ("OnboardPersonalData", {"action": "Delete"}, True),
        ("Locking", {"state": "Unlocked"}, False),
    ],
)
def test_what_needs_two_by_default(yard: Yard, camille: User, name: str, payload: dict[str, Any], waits: bool) -> None:
    action = request_action(yard.vehicle, Remote(REMOTE_TYPES[name], payload), user=camille)
    assert (action.state == State.WAITING_APPROVAL) == waits


def test_a_release_needs_one_whatever_was_laid_down(yard: Yard, cloud: Cloud, camille: User) -> None:
    FleetRules.objects.create(fleet=yard.fleet, approval_types=list(REMOTE_TYPES))
    release = Remote(REMOTE_TYPES["Immobilization"], {"activate": False})
    assert dispatched(request_action(yard.vehicle, release, user=camille)).state == "accepted"


def test_who_asked_can_not_approve(asked: RemoteAction) -> None:
    assert asked.user
    with pytest.raises(NotAllowed, match="nobody approves their own"):
        approve(asked, asked.user)


def test_a_viewer_can_not_approve(yard: Yard, asked: RemoteAction) -> None:
    with pytest.raises(NotAllowed, match="your role there does not let you"):
        approve(asked, make_person("viktor", yard.fleet, role="viewer"))


def test_who_may_not_send_it_can_not_approve_it(asked: RemoteAction, lea: User) -> None:
    Membership.objects.filter(user=lea).update(remote_types=["Locking"])
    with pytest.raises(NotAllowed, match="may not send this yourself"):
        approve(asked, lea)


def test_its_time_to_live_begins_with_the_approval(cloud: Cloud, asked: RemoteAction, lea: User) -> None:
    assert seconds_left(asked) == pytest.approx(15 * 60, abs=5), "so long an approval may take"
    # Fourteen minutes later.
    RemoteAction.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    approve(asked, lea)
    asked.refresh_from_db()
    assert seconds_left(asked) == pytest.approx(2 * 60, abs=5), "immobilising is usually sent within two minutes"


def test_the_time_that_was_wished_for_begins_then_too(yard: Yard, camille: User, lea: User) -> None:
    wishes = Wishes(time_to_live=timedelta(minutes=7))
    action = request_action(yard.vehicle, IMMOBILISE, user=camille, wishes=wishes)
    approve(action, lea)
    action.refresh_from_db()
    assert seconds_left(action) == pytest.approx(7 * 60, abs=5)


def test_a_fleet_says_how_long_an_approval_may_take(yard: Yard, camille: User) -> None:
    FleetRules.objects.create(fleet=yard.fleet, approval_minutes=3)
    assert seconds_left(request_action(yard.vehicle, IMMOBILISE, user=camille)) == pytest.approx(180, abs=5)


def test_what_nobody_approves_in_time_is_not_sent(cloud: Cloud, asked: RemoteAction, lea: User) -> None:
    RemoteAction.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(minutes=15))
    with pytest.raises(NotAllowed, match="time in which it could be approved is over"):
        approve(asked, lea)
    assert dispatched(asked).state == "expired"
    assert asked.detail == "Not sent: nobody approved it within 15 minutes."
    with pytest.raises(NotAllowed, match="does not wait"):
        approve(asked, lea)


def test_another_person_can_refuse_it(yard: Yard, cloud: Cloud, asked: RemoteAction, lea: User) -> None:
    with pytest.raises(NotAllowed):
        refuse(asked, make_person("viktor", yard.fleet, role="viewer"))
    refuse(asked, lea, "The driver is in it.")
    assert dispatched(asked).state == "cancelled"
    assert asked.detail == "Not sent: lea did not approve it. The driver is in it."
    assert AuditEntry.objects.filter(subject=asked.public_id, document__what="refused", who="lea").exists()
    assert cloud.posted == []


def test_a_rule_that_comes_later_holds_for_what_is_not_sent(yard: Yard, cloud: Cloud, lea: User) -> None:
    action = yard.action(None)
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Locking"])
    assert dispatched(action).state == "waiting-approval"
    assert seconds_left(action) == pytest.approx(15 * 60, abs=5)
    approve(action, lea)
    assert dispatched(action).state == "accepted"


def test_others_of_the_vehicle_are_not_held_up(yard: Yard, cloud: Cloud, asked: RemoteAction) -> None:
    assert dispatched(yard.action(None)).state == "accepted"


@pytest.fixture
def service(yard: Yard, camille: User) -> ApiClient:
    """A service of the fleet that belongs to Camille, with a password that she has made."""
    client = ApiClient(client_id="tracker", name="Tracker", username="tracker", owner=camille)
    client.new_secret(by=camille)
    client.fleets.add(yard.fleet)
    client.used_secret = client.secrets.get()
    return client


def test_whoever_may_know_a_services_password_can_not_approve_what_it_asks(
    yard: Yard, cloud: Cloud, service: ApiClient, camille: User, lea: User
) -> None:
    action = request_action(yard.vehicle, IMMOBILISE, api_client=service)
    with pytest.raises(NotAllowed, match="nobody approves their own"):
        approve(action, camille)
    # Who has got one since has the others of those who hand them on.
    service.new_secret("second", by=lea)
    with pytest.raises(NotAllowed, match="nobody approves their own"):
        approve(RemoteAction.objects.get(), lea)
    approve(action, make_person("paul", yard.fleet))
    assert dispatched(action).state == "accepted"


def test_a_trusted_service_acts_alone_until_the_trust_ends(yard: Yard, cloud: Cloud, service: ApiClient) -> None:
    trust.set_up(service, yard.fleet, ["Immobilization"])
    first = request_action(yard.vehicle, IMMOBILISE, api_client=service)
    assert dispatched(first).state == "accepted"
    assert first.approved_by is None
    other = request_action(yard.vehicle, Remote(REMOTE_TYPES["Stolen"], {"stolen": True}), api_client=service)
    assert other.state == "waiting-approval", "only that type"

    second = request_action(yard.vehicle, IMMOBILISE, api_client=service)
    assert second.state == "queued"
    trust.end(trust.trusted_of(yard.fleet).get(), None)
    RemoteAction.objects.filter(pk=first.pk).update(state="done", finished_at=timezone.now())
    assert dispatched(second).state == "waiting-approval", "it ended before the sending"


def test_a_password_that_came_after_the_trust_is_not_trusted(yard: Yard, service: ApiClient, lea: User) -> None:
    trust.set_up(service, yard.fleet, ["Immobilization"])
    service.new_secret("later", by=lea)
    service.used_secret = service.secrets.get(name="later")
    assert request_action(yard.vehicle, IMMOBILISE, api_client=service).state == "waiting-approval"


def test_those_who_approve_are_told_of_what_waits_and_what_became_of_it(
    yard: Yard, camille: User, lea: User, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[tuple[str, str]] = []

    def wanted(action: RemoteAction, **_: Any) -> None:
        heard.append(("wanted", action.state))

    def decided(action: RemoteAction, **_: Any) -> None:
        heard.append(("decided", action.state))

    told.wanted.connect(wanted)
    told.decided.connect(decided)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            action = request_action(yard.vehicle, IMMOBILISE, user=camille)
        with django_capture_on_commit_callbacks(execute=True):
            refuse(action, lea)
    finally:
        told.wanted.disconnect(wanted)
        told.decided.disconnect(decided)
    assert heard == [("wanted", "waiting-approval"), ("decided", "cancelled")]


def test_rules_that_two_have_made_weaker_let_one_act(yard: Yard, cloud: Cloud, camille: User) -> None:
    one_is_enough(yard.fleet)
    assert dispatched(request_action(yard.vehicle, IMMOBILISE, user=camille)).state == "accepted"
    stricter = FleetRules(fleet=yard.fleet, approval_types=["Immobilization"])
    assert change_rules(yard.fleet, stricter, by=camille).proposal is None, "stricter ones hold at once"
