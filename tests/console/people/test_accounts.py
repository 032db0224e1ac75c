"""Admins see all accounts, lock and open them, and make admins; no door of Django's admin is an easier one."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.mail.message import EmailMessage
from django.test import Client

from fleets import proposals
from fleets.approvers import may_approve
from fleets.models import Membership, Proposal
from tests.console.conftest import LogIn, World
from tests.world import make_fleet, make_person

from .conftest import mails_to


@pytest.fixture
def root(db: None, log_in: LogIn) -> Client:
    return log_in(make_person("root", is_superuser=True, is_staff=True))


def test_admins_see_all_accounts(world: World, root: Client, camille: Client) -> None:
    page = root.get("/people").text
    for words in ("camille", "viktor", "Lyon", "Viewer", "Admin"):
        assert words in page
    assert root.get(f"/people/{world.viktor.pk}").status_code == 200
    assert camille.get("/people").status_code == 404
    assert camille.get(f"/people/{world.viktor.pk}").status_code == 404
    assert 'href="/people"' in root.get("/").text
    assert 'href="/people"' not in camille.get("/").text


def test_admins_see_who_has_less_than_their_role(world: World, root: Client) -> None:
    assert ">limited<" not in root.get("/people").text
    Membership.objects.filter(user=world.viktor).update(role="support", positions="no")
    assert root.get("/people").text.count(">limited<") == 1


def test_a_locked_account_is_out_at_once(
    world: World, root: Client, viktor: Client, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=world.viktor.pk).update(email="viktor@example.com")
    assert viktor.get("/").status_code == 200
    root.post(f"/people/{world.viktor.pk}/lock")
    assert viktor.get("/").status_code == 302
    root.post(f"/people/{world.viktor.pk}/open")
    # Its sessions are over all the same.
    assert viktor.get("/").status_code == 302
    assert User.objects.get(pk=world.viktor.pk).is_active
    assert len(mails_to(mailoutbox, "viktor@example.com")) == 2


def test_who_was_locked_out_approves_once_confirmed_anew(world: World, root: Client) -> None:
    """Nobody knows who has the password by then."""
    assert may_approve(world.camille, world.lyon)
    root.post(f"/people/{world.camille.pk}/lock")
    assert not may_approve(world.camille, world.lyon)
    root.post(f"/people/{world.camille.pk}/open")
    assert not may_approve(world.camille, world.lyon)
    proposals.approve(Proposal.objects.get(fleet=world.lyon), make_person("ben", world.lyon))
    assert may_approve(world.camille, world.lyon)


def test_an_admin_is_made_by_two(world: World, root: Client, log_in: LogIn) -> None:
    other = make_person("other root", is_superuser=True)
    root.post(f"/people/{world.viktor.pk}/admin")
    viktor = User.objects.get(username="viktor")
    assert (viktor.is_superuser, viktor.is_staff) == (True, True)
    assert log_in(viktor).get(f"/fleets/{world.paris.public_id}").status_code == 200
    assert not may_approve(viktor, world.paris)
    asked = Proposal.objects.get(fleet=None)
    for user in (User.objects.get(username="root"), viktor):
        with pytest.raises(proposals.NotAllowed):
            proposals.approve(asked, user)
    proposals.approve(asked, other)
    assert may_approve(viktor, world.paris)
    root.post(f"/people/{viktor.pk}/no-admin")
    viktor.refresh_from_db()
    assert (viktor.is_superuser, viktor.is_staff) == (False, False)
    assert not may_approve(viktor, world.paris)


def test_nobody_does_it_to_themselves_or_without_being_an_admin(world: World, root: Client, camille: Client) -> None:
    me = User.objects.get(username="root")
    for act in ("lock", "no-admin"):
        assert "your own account" in root.post(f"/people/{me.pk}/{act}", follow=True).text
        assert camille.post(f"/people/{me.pk}/{act}").status_code == 404
    assert camille.post(f"/people/{world.camille.pk}/admin").status_code == 404
    me.refresh_from_db()
    assert (me.is_active, me.is_superuser) == (True, True)
    assert not User.objects.get(username="camille").is_superuser


def form_of(http: Client, user: User) -> dict[str, Any]:
    form = http.get(f"/admin/auth/user/{user.pk}/change/").context["adminform"].form
    values = {field.html_name: field.value() for field in form if field.value() not in (None, False, "")}
    joined = user.date_joined
    return {
        **{name: value for name, value in values.items() if isinstance(value, str | list)},
        **({"is_active": "on"} if user.is_active else {}),
        **{"date_joined_0": f"{joined:%Y-%m-%d}", "date_joined_1": f"{joined:%H:%M:%S}"},
    }


def test_the_administration_makes_approvers_no_other_way(world: World, root: Client) -> None:
    """A superuser made there, a password or an address set there: another must confirm who that is."""
    ben = make_person("ben", world.lyon)
    assert may_approve(world.camille, world.lyon)
    new = {"password1": "Known-To-Root-77", "password2": "Known-To-Root-77", "usable_password": "true"}
    assert root.post(f"/admin/auth/user/{world.camille.pk}/password/", new).status_code == 302
    assert not may_approve(world.camille, world.lyon)
    assert may_approve(ben, world.lyon)
    changed = form_of(root, ben) | {"email": "root-reads-this@example.com"}
    assert root.post(f"/admin/auth/user/{ben.pk}/change/", changed).status_code == 302
    assert not may_approve(ben, world.lyon)
    # Some other change of theirs is none of that.
    cleo = make_person("cleo", world.lyon)
    assert (
        root.post(f"/admin/auth/user/{cleo.pk}/change/", form_of(root, cleo) | {"first_name": "Cleo"}).status_code
        == 302
    )
    assert may_approve(cleo, world.lyon)
    admin = form_of(root, world.viktor) | {"is_superuser": "on", "is_staff": "on"}
    assert root.post(f"/admin/auth/user/{world.viktor.pk}/change/", admin).status_code == 302
    assert User.objects.get(pk=world.viktor.pk).is_superuser
    assert not may_approve(world.viktor, world.lyon)


def test_memberships_are_only_looked_at_there(world: World, root: Client) -> None:
    row = Membership.objects.get(user=world.viktor)
    form = {"user": world.viktor.pk, "fleet": world.lyon.pk, "role": "manager", "positions": "role"}
    assert root.get(f"/admin/fleets/membership/{row.pk}/change/").status_code == 200
    assert root.post(f"/admin/fleets/membership/{row.pk}/change/", form).status_code == 403
    assert root.post("/admin/fleets/membership/add/", form | {"fleet": world.paris.pk}).status_code == 403
    assert root.post(f"/admin/fleets/membership/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.role == "viewer"


def test_a_clerk_of_the_staff_sets_no_password_of_who_gives_rights(world: World, log_in: LogIn) -> None:
    clerk = make_person("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user", "delete_user"]))
    http = log_in(clerk)
    new = {"password1": "Known-To-Clerk-77", "password2": "Known-To-Clerk-77", "usable_password": "true"}
    assert http.post(f"/admin/auth/user/{world.camille.pk}/password/", new).status_code == 403
    assert http.post(f"/admin/auth/user/{world.camille.pk}/delete/", {"post": "yes"}).status_code == 403
    assert http.post(f"/admin/auth/user/{world.viktor.pk}/password/", new).status_code == 302


def test_an_admin_is_in_no_fleet_and_in_every_one(root: Client) -> None:
    assert "Connect an account" in root.get("/").text
    fleet = make_fleet("Nice")
    assert root.get(f"/fleets/{fleet.public_id}/people").status_code == 200
