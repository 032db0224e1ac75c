"""Somebody is invited by a link, once and for a week, and gets what whoever invited them may still give."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from django.test import Client
from pytest_django import Settings

from console.people.forms import NewAccountForm
from fleets.approvers import may_approve
from fleets.models import Approver, AuditEntry, Invitation, Membership, Proposal, SavedView, UpstreamFleet
from fleets.people.invitations import NotInvited, accept, forget_old, renew
from fleets.storage import clock
from tests.console.conftest import LogIn, World
from tests.world import make_fleet, make_person, make_vehicle

from .conftest import ACCOUNT, invited, link_in, mails_to

NADIA = "nadia@example.com"


def invite(http: Client, world: World, role: str = "operator", email: str = NADIA, **more: object) -> Invitation:
    form = invited(email, role, world.lyon.public_id, **more)
    answer = http.post(f"/fleets/{world.lyon.public_id}/people/new", form)
    assert answer.status_code == 303, answer.text
    return Invitation.objects.latest("pk")


def test_whoever_is_invited_makes_an_account_and_is_in(
    world: World, camille: Client, mailoutbox: list[EmailMessage]
) -> None:
    row = invite(camille, world)
    (mail,) = mails_to(mailoutbox, NADIA)
    path = link_in(mail)
    assert "camille invites you" in mail.body
    assert "Lyon: Operator" in mail.body
    assert path.rpartition("/")[2] not in str(Invitation.objects.values().get())
    assert NADIA in camille.get(f"/fleets/{world.lyon.public_id}/people").text
    guest = Client()
    # The token is in no address that is shown.
    assert guest.get(path)["Location"] == "/invitation"
    page = guest.get("/invitation").text
    assert "camille invites you" in page
    assert "Operator" in page
    assert re.findall(r'name="(\w+)"[^>]* autofocus', page) == ["full_name"]
    assert guest.post("/invitation", ACCOUNT)["Location"] == "/"
    nadia = User.objects.get(username="nadia")
    assert (nadia.email, nadia.first_name, nadia.is_staff) == (NADIA, "Nadia Noir", False)
    assert list(nadia.memberships.values_list("fleet", "role")) == [(world.lyon.pk, "operator")]
    assert guest.get(f"/fleets/{world.lyon.public_id}").status_code == 200
    # With the password that was chosen just now, which nobody asks for again.
    assert guest.get("/account/second-factor/app").status_code == 200
    row.refresh_from_db()
    assert row.accepted_by == nadia
    told = AuditEntry.objects.get(document__what="accepted an invitation")
    assert (told.user_id, told.fleet_id, told.document["invited_by"]) == (nadia.pk, world.lyon.pk, "camille")
    (told_her,) = mails_to(mailoutbox, world.camille.email) if world.camille.email else [None]
    assert told_her is None or "Nadia Noir" in told_her.body


def test_a_link_is_good_once(world: World, camille: Client, mailoutbox: list[EmailMessage]) -> None:
    invite(camille, world)
    path = link_in(mails_to(mailoutbox, NADIA)[0])
    first, second = Client(), Client()
    for guest in (first, second):
        guest.get(path)
        assert guest.get("/invitation").status_code == 200
    assert first.post("/invitation", ACCOUNT).status_code == 303
    assert second.post("/invitation", ACCOUNT | {"username": "other"}).status_code == 404
    assert not User.objects.filter(username="other").exists()


@pytest.mark.parametrize("how", ["over", "withdrawn", "sent again", "inviter left", "inviter locked", "fewer rights"])
def test_a_link_that_is_over_lets_nobody_in(
    world: World, camille: Client, mailoutbox: list[EmailMessage], how: str
) -> None:
    row = invite(camille, world, "manager")
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    people = f"/fleets/{world.lyon.public_id}/people"
    if how == "over":
        Invitation.objects.update(expires_at=clock.now())
    elif how == "withdrawn":
        assert camille.post(f"{people}/invitations/{row.public_id}/withdraw").status_code == 303
    elif how == "sent again":
        assert camille.post(f"{people}/invitations/{row.public_id}/again").status_code == 303
    elif how == "inviter left":
        Membership.objects.filter(user=world.camille).delete()
    elif how == "inviter locked":
        User.objects.filter(pk=world.camille.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=world.camille).update(positions="no")
    assert guest.post("/invitation", ACCOUNT).status_code in (404, 409)
    assert not User.objects.filter(username="nadia").exists()
    assert not Membership.objects.filter(user__username="nadia").exists()
    if how == "sent again":
        guest.get(link_in(mails_to(mailoutbox, NADIA)[1]))
        assert guest.post("/invitation", ACCOUNT).status_code == 303


def test_an_account_that_is_there_takes_it(
    world: World, camille: Client, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    """By whoever is logged in; with the address of an account nobody makes a second one."""
    paul = make_person("paul", world.paris, role="viewer", email=NADIA)
    invite(camille, world, "support")
    path = link_in(mails_to(mailoutbox, NADIA)[0])
    guest = Client()
    guest.get(path)
    assert "There is an account" in guest.get("/invitation").text
    assert guest.post("/invitation", ACCOUNT).status_code == 409
    http = log_in(paul)
    http.get(path)
    assert "logged in as <strong>paul</strong>" in http.get("/invitation").text
    assert http.post("/invitation").status_code == 303
    assert {*paul.memberships.values_list("fleet", "role")} == {(world.paris.pk, "viewer"), (world.lyon.pk, "support")}


def test_what_somebody_has_already_stays(
    world: World, camille: Client, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    """A link is for whoever has it: it neither takes from an account nor adds to what it has in the fleet."""
    invite(camille, world, "manager")
    viktor = log_in(world.viktor)
    viktor.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    viktor.post("/invitation")
    assert Membership.objects.get(user=world.viktor, fleet=world.lyon).role == "viewer"


def test_a_member_is_changed_not_invited(world: World, camille: Client) -> None:
    User.objects.filter(pk=world.viktor.pk).update(email=NADIA)
    form = invited(NADIA.upper(), "manager", world.lyon.public_id)
    answer = camille.post(f"/fleets/{world.lyon.public_id}/people/new", form)
    assert answer.status_code == 422
    assert "viktor is in Lyon already" in answer.text


def test_a_pool_car_until_six(world: World, camille: Client, mailoutbox: list[EmailMessage]) -> None:
    """A garage may lock and unlock this one, until a moment, and sees no other."""
    make_vehicle(world.lyon, "Van 2", plate="ZZ-999-ZZ")
    until = clock.now().replace(microsecond=0, second=0) + timedelta(hours=6)
    more = {"end": "at", "until": f"{until:%Y-%m-%dT%H:%M}", "zone": "UTC", "whom": "listed", "listed": "ab-123-cd"}
    invite(camille, world, "support", remote_types=["Locking"], **more)
    (mail,) = mails_to(mailoutbox, NADIA)
    assert "1 vehicle only" in mail.body
    assert f"{until:%H:%M}" in mail.body
    guest = Client()
    guest.get(link_in(mail))
    guest.post("/invitation", ACCOUNT)
    row = Membership.objects.get(user__username="nadia")
    assert (row.ends_at, row.remote_types, row.narrowed, row.narrowed_filter) == (until, ["Locking"], True, None)
    assert list(row.vehicles.all()) == [world.van]
    assert guest.get(f"/fleets/{world.lyon.public_id}").status_code == 200
    assert guest.get(f"/fleets/{world.lyon.public_id}/people").status_code == 403


def test_vehicles_of_a_saved_view_over_time(world: World, camille: Client, mailoutbox: list[EmailMessage]) -> None:
    view = SavedView.objects.create(fleet=world.lyon, name="Vans", query="q=Van", owner=world.camille)
    invite(camille, world, "operator", whom="view", saved_view=view.public_id)
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    guest.post("/invitation", ACCOUNT)
    row = Membership.objects.get(user__username="nadia")
    assert row.narrowed_filter == {"version": 1, "search": "Van"}
    assert list(row.vehicles.all()) == [world.van]


def test_a_manager_by_invitation_approves_once_another_has_confirmed(
    world: World, camille: Client, mailoutbox: list[EmailMessage]
) -> None:
    invite(camille, world, "manager")
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    guest.post("/invitation", ACCOUNT)
    nadia = User.objects.get(username="nadia")
    row = Approver.objects.get(user=nadia, ended_at=None)
    assert (row.given_by, row.confirmed_at) == (world.camille, None)
    assert not may_approve(nadia, world.lyon)
    asked = Proposal.objects.get(kind="approver")
    assert asked.asked_by == world.camille
    assert nadia.pk in asked.asked_by_others
    assert "asked for" in camille.get(f"/fleets/{world.lyon.public_id}/people").text


def test_who_sends_it_again_is_not_who_gives_it(
    world: World, camille: Client, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    """Else whoever invited their own second mailbox could confirm it, once somebody else has pressed the button."""
    row = invite(camille, world, "manager")
    ben = log_in(make_person("ben", world.lyon))
    ben.post(f"/fleets/{world.lyon.public_id}/people/invitations/{row.public_id}/again")
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[1]))
    guest.post("/invitation", ACCOUNT)
    assert Approver.objects.get(user__username="nadia").given_by == world.camille


def test_nobody_invites_to_more_than_they_have(world: World, camille: Client) -> None:
    new = f"/fleets/{world.lyon.public_id}/people/new"
    # Into another fleet, or as an admin.
    for form in (
        invited(NADIA, "viewer", world.paris.public_id),
        invited(NADIA, "viewer", world.lyon.public_id, world.paris.public_id),
        invited(NADIA, "admin", world.lyon.public_id),
        invited(NADIA, "admin"),
    ):
        assert camille.post(new, form).status_code == 422
    # Positions, types and time that they lack.
    mine = Membership.objects.filter(user=world.camille)
    usual: dict[str, Any] = {"positions": "role", "remote_types": [], "ends_at": None}
    for less, more in (
        ({"positions": "no"}, {"role": "support"}),
        ({"positions": "no"}, {"role": "viewer", "positions": "yes"}),
        ({"remote_types": ["Horn"]}, {"role": "support"}),
        ({"ends_at": clock.now() + timedelta(days=1)}, {"role": "viewer"}),
    ):
        mine.update(**usual | less)
        form = invited(NADIA, more.pop("role"), world.lyon.public_id, **more)
        assert camille.post(new, form).status_code == 422, less
    mine.update(positions="role", remote_types=["Horn"], ends_at=None)
    form = invited(NADIA, "support", world.lyon.public_id, remote_types=["Horn"])
    assert camille.post(new, form).status_code == 303
    assert Invitation.objects.count() == 1


def test_who_may_not_is_told_so(world: World, viktor: Client, log_in: LogIn) -> None:
    new = f"/fleets/{world.lyon.public_id}/people/new"
    assert viktor.post(new, invited(NADIA, "viewer", world.lyon.public_id)).status_code == 403
    stranger = log_in(make_person("stranger", world.paris))
    assert stranger.post(new, invited(NADIA, "viewer", world.lyon.public_id)).status_code == 404
    narrowed = make_person("narrowed", world.lyon)
    Membership.objects.filter(user=narrowed).update(narrowed=True)
    assert log_in(narrowed).post(new, invited(NADIA, "viewer", world.lyon.public_id)).status_code == 403
    assert not Invitation.objects.exists()


def test_an_admin_invites_to_several_fleets_and_makes_admins(
    world: World, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    root = log_in(make_person("root", is_superuser=True, is_staff=True))
    form = invited(NADIA, "auditor", world.lyon.public_id, world.paris.public_id)
    assert root.post("/people/new", form)["Location"] == "/people"
    assert root.post("/people/new", invited("amir@example.com", "admin"))["Location"] == "/people"
    page = root.get("/people").text
    assert "Lyon, Paris" in page
    assert "amir@example.com" in page
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    guest.post("/invitation", ACCOUNT)
    assert User.objects.get(username="nadia").memberships.filter(role="auditor").count() == 2
    other = Client()
    other.get(link_in(mails_to(mailoutbox, "amir@example.com")[0]))
    other.post("/invitation", ACCOUNT | {"username": "amir"})
    amir = User.objects.get(username="amir")
    assert (amir.is_superuser, amir.is_staff) == (True, True)
    assert not may_approve(amir, world.lyon)
    assert other.get(f"/fleets/{make_fleet('Nice').public_id}").status_code == 200


def test_mailboxes_are_not_flooded(world: World, camille: Client, mailoutbox: list[EmailMessage]) -> None:
    row = invite(camille, world)
    for _again in range(6):
        camille.post(f"/fleets/{world.lyon.public_id}/people/invitations/{row.public_id}/again")
    assert len(mails_to(mailoutbox, NADIA)) == 5
    answer = camille.post(f"/fleets/{world.lyon.public_id}/people/new", invited(NADIA, "viewer", world.lyon.public_id))
    assert "Too many invitations" in answer.text


def test_a_mail_that_does_not_go_is_told(world: World, camille: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(backend: EmailBackend, messages: list[EmailMessage]) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    form = invited(NADIA, "viewer", world.lyon.public_id)
    page = camille.post(f"/fleets/{world.lyon.public_id}/people/new", form, follow=True).text
    assert "could not be sent" in page
    assert "Not sent" in page


def test_a_password_that_everybody_guesses_is_refused(
    world: World, camille: Client, mailoutbox: list[EmailMessage]
) -> None:
    invite(camille, world)
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    for weak in ("short1!", "password1234", "nadia@example.com"):
        answer = guest.post("/invitation", ACCOUNT | {"password1": weak, "password2": weak})
        assert answer.status_code == 422, weak
    assert not User.objects.filter(username="nadia").exists()


def test_it_is_written_in_the_language_of_whom_it_is_for(
    world: World, camille: Client, mailoutbox: list[EmailMessage]
) -> None:
    invite(camille, world, language="fr")
    (mail,) = mails_to(mailoutbox, NADIA)
    assert "vous invite" in mail.body
    assert "Opérateur" in mail.body


def test_old_ones_are_forgotten(world: World, camille: Client) -> None:
    invite(camille, world)
    forget_old()
    assert Invitation.objects.count() == 1
    Invitation.objects.update(expires_at=clock.now() - timedelta(days=31))
    forget_old()
    assert not Invitation.objects.exists()


def test_a_role_is_not_promised_what_it_never_sends(world: World, camille: Client) -> None:
    url = f"/fleets/{world.lyon.public_id}/people/new"
    form = invited(NADIA, "support", world.lyon.public_id, remote_types=["Locking", "Charging"])
    answer = camille.post(url, form)
    assert answer.status_code == 422
    assert "The role “Support” sends none of these: Charging." in answer.text
    assert not Invitation.objects.exists()
    assert camille.post(url, form | {"remote_types": ["Locking"]}).status_code == 303


def test_without_a_mail_server_the_page_says_where_the_link_is(
    world: World, camille: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    form = invited(NADIA, "support", world.lyon.public_id)
    page = camille.post(f"/fleets/{world.lyon.public_id}/people/new", form, follow=True)
    assert "is a file in FleetRemote’s folder “mail”" in page.text
    assert "/invitation/" in next(tmp_path.iterdir()).read_text()


def test_what_opens_nothing_makes_no_session(world: World, camille: Client, mailoutbox: list[EmailMessage]) -> None:
    """Else anybody fills the database with them; and it takes nothing from a browser that has opened a good one."""
    before = Session.objects.count()
    guest = Client()
    assert guest.get("/invitation/made-up")["Location"] == "/invitation"
    assert (guest.get("/invitation").status_code, Session.objects.count(), dict(guest.cookies)) == (404, before, {})


def test_of_two_invitations_to_one_mailbox_one_makes_an_account(
    world: World, camille: Client, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where both forms were looked at before either was sent: one person is not taken for two."""
    invite(camille, world)
    invite(camille, world, email=NADIA.upper())
    guests = [Client(), Client()]
    for guest, address in zip(guests, (NADIA, NADIA.upper()), strict=True):
        guest.get(link_in(mails_to(mailoutbox, address)[0]))
    clean = NewAccountForm.full_clean

    def other_first(form: NewAccountForm) -> None:
        clean(form)
        monkeypatch.undo()
        assert guests[0].post("/invitation", ACCOUNT).status_code == 303

    monkeypatch.setattr(NewAccountForm, "full_clean", other_first)
    answer = guests[1].post("/invitation", {**ACCOUNT, "username": "nadia2"})
    assert (answer.status_code, "There is an account with the address" in answer.text) == (409, True)
    assert User.objects.filter(email__iexact=NADIA).count() == 1


def test_a_name_that_another_takes_at_the_same_moment_is_said_at_its_field(
    world: World, camille: Client, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(camille, world)
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    clean = NewAccountForm.full_clean

    def other_first(form: NewAccountForm) -> None:
        clean(form)
        monkeypatch.undo()
        make_person("nadia")

    monkeypatch.setattr(NewAccountForm, "full_clean", other_first)
    answer = guest.post("/invitation", ACCOUNT)
    assert (answer.status_code, "already exists" in answer.text) == (422, True)
    assert guest.post("/invitation", {**ACCOUNT, "username": "nadia2"}).status_code == 303


def test_an_account_that_was_locked_gets_no_second_one(
    world: World, camille: Client, mailoutbox: list[EmailMessage]
) -> None:
    make_person("former", is_active=False, email="Nadia@Example.com")
    invite(camille, world)
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    for answer in (guest.get("/invitation"), guest.post("/invitation", ACCOUNT)):
        assert (answer.status_code, "was closed" in answer.text) == (409, True)
    assert not User.objects.filter(username="nadia").exists()


def test_an_invitation_to_a_fleet_that_is_gone_is_none(
    world: World, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    """It is not one to all fleets, as an admin's is that names none."""
    root, gone = log_in(make_person("root", is_superuser=True, is_staff=True)), make_fleet("Gone")
    assert root.post("/people/new", invited(NADIA, "manager", gone.public_id)).status_code == 303
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    assert guest.get("/invitation").status_code == 200
    row = Invitation.objects.get()
    UpstreamFleet.objects.filter(fleet=gone).delete()
    gone.delete()
    for answer in (guest.get("/invitation"), guest.post("/invitation", ACCOUNT)):
        assert answer.status_code == 404
    with pytest.raises(NotInvited):
        accept(row.digest, lambda: make_person("nadia"))
    with pytest.raises(NotInvited):
        renew(row, row.invited_by)


@pytest.mark.parametrize("name", ["Bob\r\n\r\nUrgent: https://evil.example", "Bob\u202e", "Bob\u2028x"])
def test_a_name_has_no_lines_of_its_own(
    world: World, camille: Client, mailoutbox: list[EmailMessage], name: str
) -> None:
    """It stands in e-mails to others."""
    invite(camille, world)
    guest = Client()
    guest.get(link_in(mails_to(mailoutbox, NADIA)[0]))
    answer = guest.post("/invitation", {**ACCOUNT, "full_name": name})
    assert (answer.status_code, "in one line" in answer.text) == (422, True)
