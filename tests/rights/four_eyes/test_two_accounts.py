"""Two accounts of one person are one person: the one that they let in asks, and theirs approves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from fleets.models import Approver, Membership, Proposal, Vehicle
from fleets.people.approving import confirm
from fleets.proposals import NotAllowed, approve
from remotes.models import FleetRules, RemoteAction
from tests.console.people.conftest import ACCOUNT, invited, link_in, mails_to
from tests.remotes.cloud import Cloud

from .world import HARM, OnePerson

pytestmark = pytest.mark.django_db


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    yield made
    made.close()


@pytest.fixture
def one(cloud: Cloud) -> OnePerson:
    return OnePerson("manager", cloud)


def second(one: OnePerson, name: str = "second", by: Client | None = None, **more: Any) -> Client:
    """An account of a manager that somebody invites, with a mailbox of their own."""
    given = invited(f"{name}@example.com", "manager", one.fleet.public_id) | more
    (by or one.http).post(one.url("new-invitation"), given)
    guest = Client(raise_request_exception=False)
    guest.get(link_in(mails_to(mail.outbox, f"{name}@example.com")[0]))
    guest.post("/invitation", {**ACCOUNT, "username": name})
    assert Membership.objects.filter(user__username=name, role="manager").exists()
    return guest


def asks(one: OnePerson, http: Client) -> RemoteAction:
    one.command("immobilise", http)
    action = RemoteAction.objects.latest("pk")
    assert (action.remote_type, action.state) == ("Immobilization", "waiting-approval")
    return action


def test_whom_one_has_let_in_asks_and_one_does_not_approve(one: OnePerson) -> None:
    action = asks(one, second(one))
    one.approve(0)
    one.work()
    assert one.harm() == []
    assert action.public_id not in [item["id"] for item in one.http.get("/waiting").json()["items"]]


def test_nor_where_that_one_may_see_some_vehicles_only(one: OnePerson) -> None:
    """Who is narrowed approves nothing, but asks."""
    guest = second(one, whom="listed", listed=one.vehicle.vin)
    assert Membership.objects.get(user__username="second").narrowed
    asks(one, guest)
    one.approve(0)
    one.work()
    assert one.harm() == []


def test_nor_by_a_service_of_theirs(one: OnePerson) -> None:
    guest = second(one)
    one.http, mallory = guest, one.http
    one.person = User.objects.get(username="second")
    one.make_service()
    one.api(HARM["immobilise"])
    assert RemoteAction.objects.latest("pk").state == "waiting-approval"
    for gone in (False, True):
        if gone:
            one.person.delete()
        one.approve(0, mallory)
        one.work()
        assert one.harm() == [], gone


def test_nor_a_change_of_the_rules(one: OnePerson) -> None:
    guest = second(one)
    given = {"moving_minutes": "1", "approval_minutes": "600", "wake_ups_a_month": "", "wake_reserve": "0"}
    guest.post(one.url("sending-rules"), given)
    proposal = Proposal.objects.get(kind="rules")
    with pytest.raises(NotAllowed):
        approve(proposal, one.person)
    assert "Immobilization" in (FleetRules.objects.filter(fleet=one.fleet).first() or FleetRules()).approval_types


def test_nobody_confirms_whom_their_second_account_has_let_in(one: OnePerson) -> None:
    guest = second(one)
    second(one, "third", by=guest)
    for proposal in Proposal.objects.filter(kind="approver"):
        with pytest.raises(NotAllowed):
            approve(proposal, one.person)
    # Nor once that account is gone, and with it who gave the role.
    User.objects.get(username="second").delete()
    third = Membership.objects.get(user__username="third")
    one.http.post(one.url("ask-confirmation", member_id=third.pk))
    for proposal in Proposal.objects.filter(kind="approver", outcome="open"):
        with pytest.raises(NotAllowed):
            approve(proposal, one.person)
    assert not Approver.objects.filter(user__username="third", confirmed_at__isnull=False).exists()


def test_once_another_has_confirmed_them_they_are_two(one: OnePerson) -> None:
    guest = second(one)
    lea = User.objects.get(username="lea")
    confirm(Approver.objects.get(user__username="second", ended_at=None), lea)
    asks(one, guest)
    one.approve(0)
    one.work()
    assert one.harm()


def test_another_approves_what_they_ask_for_meanwhile(one: OnePerson) -> None:
    asks(one, second(one))
    lea = Client()
    lea.force_login(User.objects.get(username="lea"))
    one.approve(0, lea)
    one.work()
    assert one.harm()
    assert Vehicle.objects.get(pk=one.vehicle.pk)
