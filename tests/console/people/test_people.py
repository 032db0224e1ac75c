"""Managers change what others may do, and nobody gives more than they have; what is taken is gone at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.mail.message import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fleets import proposals
from fleets.approvers import may_approve
from fleets.models import Approver, AuditEntry, Membership, Proposal
from fleets.storage import clock
from tests.console.conftest import LogIn, World
from tests.world import make_person, make_vehicle

from .conftest import granted, mails_to


def member(user: User, world: World) -> Membership:
    return Membership.objects.get(user=user, fleet=world.lyon)


def page_of(user: User, world: World, part: str = "") -> str:
    return f"/fleets/{world.lyon.public_id}/people/{member(user, world).pk}{part}"


def test_a_role_is_changed_from_that_moment_on_and_told(
    world: World, camille: Client, viktor: Client, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=world.viktor.pk).update(email="viktor@example.com")
    new = f"/fleets/{world.lyon.public_id}/schedules/new"
    assert viktor.get(new).status_code == 403
    assert camille.post(page_of(world.viktor, world), granted("operator")).status_code == 303
    assert viktor.get(new).status_code == 200
    (mail,) = mails_to(mailoutbox, "viktor@example.com")
    assert "camille has changed what you may do" in mail.body
    assert "Lyon: Operator" in mail.body
    entry = AuditEntry.objects.filter(document__of="membership").latest("pk")
    assert (entry.user_id, entry.document["fields"]["role"]) == (world.camille.pk, ["viewer", "operator"])


def test_the_form_shows_what_somebody_has(world: World, camille: Client) -> None:
    until = clock.now() + timedelta(days=2)
    Membership.objects.filter(user=world.viktor).update(
        role="support", remote_types=["Horn"], positions="no", ends_at=until
    )
    form = camille.get(page_of(world.viktor, world)).context["form"]
    shown = {name: form[name].value() for name in ("role", "remote_types", "positions", "end", "whom")}
    assert shown == {"role": "support", "remote_types": ["Horn"], "positions": "no", "end": "keep", "whom": "all"}
    kept = granted("support", remote_types=["Horn"], positions="no", end="keep")
    assert camille.post(page_of(world.viktor, world), kept).status_code == 303
    assert member(world.viktor, world).ends_at == until


def test_narrowed_to_some_vehicles_and_back(world: World, camille: Client) -> None:
    make_vehicle(world.lyon, "Van 2")
    page = page_of(world.viktor, world)
    answer = camille.post(page, granted("operator", whom="listed", listed="nothing like it"))
    assert "“nothing like it” is not in this fleet." in answer.text
    # Neither is one of another fleet.
    assert camille.post(page, granted("operator", whom="listed", listed=world.rental.vin)).status_code == 422
    assert camille.post(page, granted("operator", whom="listed", listed=world.van.vin)).status_code == 303
    assert member(world.viktor, world).narrowed
    assert list(member(world.viktor, world).vehicles.all()) == [world.van]
    assert world.van.vin in str(camille.get(page).context["form"]["listed"].value())
    assert "1 vehicle only" in camille.get(f"/fleets/{world.lyon.public_id}/people").text
    assert camille.post(page, granted("operator")).status_code == 303
    assert not member(world.viktor, world).narrowed
    assert not member(world.viktor, world).vehicles.exists()


def test_what_is_wrong_is_summed_up_in_the_order_of_the_page(world: World, camille: Client) -> None:
    answer = camille.post(f"/fleets/{world.lyon.public_id}/people/new", {})
    assert [field.name for field in answer.context["form"].wrong][:3] == ["email", "language", "role"]


@pytest.mark.parametrize(
    ("less", "wanted"),
    [
        ({"positions": "no"}, granted("support")),
        ({"positions": "no"}, granted("viewer", positions="yes")),
        ({"remote_types": ["Horn", "Lights"]}, granted("support", remote_types=["Horn", "Locking"])),
        ({"remote_types": ["Horn"]}, granted("manager")),
        ({"ends_at": timedelta(days=1)}, granted("viewer")),
        ({"ends_at": timedelta(days=1)}, granted("viewer", end="at", until="2999-01-01T00:00", zone="UTC")),
    ],
)
def test_nobody_gives_more_than_they_have(
    world: World, camille: Client, less: dict[str, Any], wanted: dict[str, Any]
) -> None:
    Membership.objects.filter(user=world.viktor).update(ends_at=clock.now() + timedelta(hours=1))
    given = {name: clock.now() + value if isinstance(value, timedelta) else value for name, value in less.items()}
    Membership.objects.filter(user=world.camille).update(**given)
    assert camille.post(page_of(world.viktor, world), wanted).status_code == 422
    assert member(world.viktor, world).role == "viewer"
    # Not to themselves either.
    assert camille.post(page_of(world.camille, world), granted("manager")).status_code == 422


def test_nobody_changes_whoever_has_more(world: World, log_in: LogIn) -> None:
    """A manager for a day can't end a manager without an end."""
    temp = make_person("temp", world.lyon)
    Membership.objects.filter(user=temp).update(ends_at=clock.now() + timedelta(days=1))
    http = log_in(temp)
    for part in ("", "/remove"):
        assert http.get(page_of(world.camille, world, part)).status_code == 403
        assert http.post(page_of(world.camille, world, part), granted("viewer")).status_code == 403
    assert member(world.camille, world).role == "manager"
    # Leaving is their own affair.
    assert http.post(page_of(temp, world, "/remove")).status_code == 303
    assert not Membership.objects.filter(user=temp).exists()


def test_who_may_not_is_refused_whatever_they_send(world: World, viktor: Client, log_in: LogIn) -> None:
    stranger = log_in(make_person("stranger", world.paris))
    for http, status in ((viktor, 403), (stranger, 404)):
        for part in ("", "/remove", "/confirm"):
            assert http.post(page_of(world.viktor, world, part), granted("manager")).status_code == status
    # A member of another fleet under the address of one's own.
    theirs = Membership.objects.get(user__username="stranger")
    wrong = f"/fleets/{world.lyon.public_id}/people/{theirs.pk}"
    camille = log_in(world.camille)
    assert camille.post(wrong, granted("viewer")).status_code == 404
    assert camille.post(f"{wrong}/remove").status_code == 404
    assert member(world.viktor, world).role == "viewer"
    assert Membership.objects.filter(pk=theirs.pk, role="manager").exists()


def test_who_is_removed_is_out_at_once(
    world: World, camille: Client, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    sam = make_person("sam", world.lyon, world.paris, role="operator", email="sam@example.com")
    first, second = log_in(sam), log_in(sam)
    for http in (first, second):
        assert http.get(f"/fleets/{world.lyon.public_id}").status_code == 200
    assert "Remove sam from Lyon?" in camille.get(page_of(sam, world, "/remove")).text
    camille.post(page_of(sam, world, "/remove"))
    for http in (first, second):
        assert http.get(f"/fleets/{world.lyon.public_id}")["Location"].startswith("/login")
        assert http.get(f"/fleets/{world.lyon.public_id}/live").status_code == 401
    # They log in anew for what they have elsewhere.
    assert log_in(sam).get(f"/fleets/{world.paris.public_id}").status_code == 200
    assert log_in(sam).get(f"/fleets/{world.lyon.public_id}").status_code == 404
    (mail,) = mails_to(mailoutbox, "sam@example.com")
    assert "camille has removed you from Lyon" in mail.body


@pytest.mark.parametrize("how", ["removed", "lessened", "ends", "narrowed"])
def test_the_last_manager_stays_unless_an_admin_says_so(world: World, camille: Client, log_in: LogIn, how: str) -> None:
    later = f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M}"
    wanted = {
        "removed": {},
        "lessened": granted("viewer"),
        "ends": granted("manager", end="at", until=later, zone="UTC"),
        "narrowed": granted("manager", whom="listed", listed=world.van.vin),
    }[how]
    page = page_of(world.camille, world, "/remove" if how == "removed" else "")
    # Others who end, are locked or narrowed are none that stay.
    lesser: list[dict[str, Any]] = [{"ends_at": clock.now() + timedelta(days=1)}, {"narrowed": True}]
    for number, less in enumerate(lesser):
        Membership.objects.filter(user=make_person(f"other {number}", world.lyon)).update(**less)
    make_person("locked", world.lyon, is_active=False)
    assert "the last manager" in camille.post(page, wanted).text
    assert member(world.camille, world).role == "manager"
    root = log_in(make_person("root", is_superuser=True))
    assert root.post(page, wanted).status_code == 303


def test_whoever_becomes_a_manager_is_confirmed_by_another_and_may_approve_then(
    world: World, camille: Client, log_in: LogIn
) -> None:
    ben = make_person("ben", world.lyon)
    people = f"/fleets/{world.lyon.public_id}/people"
    camille.post(page_of(world.viktor, world), granted("manager"))
    assert not may_approve(world.viktor, world.lyon)
    asked = Proposal.objects.get()
    for user in (world.camille, world.viktor):
        with pytest.raises(proposals.NotAllowed):
            proposals.approve(asked, user)
    assert "asked for" in camille.get(people).text
    assert "You may not approve yet" in log_in(world.viktor).get(people).text
    proposals.approve(asked, ben)
    assert may_approve(world.viktor, world.lyon)
    assert Approver.objects.get(user=world.viktor, ended_at=None).confirmed_by == ben
    assert "Does not approve" not in camille.get(people).text


def test_a_confirmation_that_was_refused_is_asked_for_again(world: World, camille: Client) -> None:
    ben = make_person("ben", world.lyon)
    camille.post(page_of(world.viktor, world), granted("manager"))
    proposals.refuse(Proposal.objects.get(), ben)
    assert not may_approve(world.viktor, world.lyon)
    assert "Ask for it" in camille.get(f"/fleets/{world.lyon.public_id}/people").text
    camille.post(page_of(world.viktor, world, "/confirm"))
    proposals.approve(Proposal.objects.get(outcome="open"), ben)
    assert may_approve(world.viktor, world.lyon)


def test_a_confirmation_is_worth_nothing_once_the_role_is_another(world: World, camille: Client) -> None:
    ben = make_person("ben", world.lyon)
    camille.post(page_of(world.viktor, world), granted("manager"))
    first = Proposal.objects.get()
    camille.post(page_of(world.viktor, world), granted("viewer"))
    camille.post(page_of(world.viktor, world), granted("manager"))
    with pytest.raises(proposals.NotAllowed):
        proposals.approve(first, ben)
    assert not may_approve(world.viktor, world.lyon)


def test_who_gave_it_and_left_the_asking_to_another_does_not_confirm(
    world: World, camille: Client, log_in: LogIn
) -> None:
    """Whoever presses the button last is not who let them in."""
    ben = make_person("ben", world.lyon)
    camille.post(page_of(world.viktor, world), granted("manager"))
    Proposal.objects.all().delete()
    log_in(ben).post(page_of(world.viktor, world, "/confirm"))
    with pytest.raises(proposals.NotAllowed):
        proposals.approve(Proposal.objects.get(), world.camille)
    with pytest.raises(proposals.NotAllowed):
        proposals.approve(Proposal.objects.get(), ben)
    cleo = make_person("cleo", world.lyon)
    proposals.approve(Proposal.objects.get(), cleo)
    assert may_approve(world.viktor, world.lyon)


def test_a_page_costs_the_same_however_many_there_are(world: World, camille: Client) -> None:
    page = f"/fleets/{world.lyon.public_id}/people"
    camille.get(page)
    with CaptureQueriesContext(connection) as few:
        camille.get(page)
    for number in range(8):
        make_person(f"person {number}", world.lyon, role="manager" if number % 2 else "support")
    Membership.objects.filter(user__username__startswith="person").update(narrowed=True)
    with CaptureQueriesContext(connection) as many:
        text = camille.get(page).text
    assert "person 7" in text
    assert len(many) == len(few)


def test_whoever_has_the_machine_confirms_by_a_command(
    world: World, camille: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    camille.post(page_of(world.viktor, world), granted("manager"))
    call_command("approvers", "list")
    assert "viktor in Lyon: given by camille, NOT CONFIRMED" in capsys.readouterr().out
    call_command("approvers", "confirm", "viktor")
    assert may_approve(world.viktor, world.lyon)
