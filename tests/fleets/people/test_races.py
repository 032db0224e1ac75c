"""Two at once: nobody is left without a manager, and a link lets in one."""

import pytest
from django.contrib.auth.models import User

from fleets.models import Invitation, Membership
from fleets.people import changing, invitations
from fleets.people.giving import Grant
from tests.workers import HoldUp, Worker
from tests.world import make_fleet, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_managers_who_remove_each_other_leave_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet)
    of_ana, of_ben = Membership.objects.get(user=ana), Membership.objects.get(user=ben)
    held = HoldUp(monkeypatch, "fleets.people.changing._check_last_manager")
    first = Worker(lambda: changing.remove(of_ben, ana))
    held.until_reached()
    second = Worker(lambda: changing.remove(of_ana, ben)).until_it_waits()
    held.let_go()
    first.result()
    with pytest.raises(changing.NotChanged):
        second.result()
    assert [row.user for row in Membership.objects.filter(fleet=fleet)] == [ana]


def test_an_inviter_who_is_removed_meanwhile_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = make_fleet()
    ana, ben = make_person("ana", fleet), make_person("ben", fleet)
    _, token = invitations.invite(ana, "new@example.com", [fleet], Grant(role="manager"), "en")
    held = HoldUp(monkeypatch, "fleets.people.changing._check_last_manager")
    removing = Worker(lambda: changing.remove(Membership.objects.get(user=ana), ben))
    held.until_reached()
    accepting = Worker(lambda: invitations.accept(invitations.hash_of(token), lambda: make_person("new")))
    accepting.until_it_waits()
    held.let_go()
    removing.result()
    with pytest.raises(invitations.NotInvited):
        accepting.result()
    assert not User.objects.filter(username="new").exists()


def test_a_link_that_two_take_at_once_lets_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = make_fleet()
    ana = make_person("ana", fleet)
    _, token = invitations.invite(ana, "new@example.com", [fleet], Grant(role="viewer"), "en")
    digest = invitations.hash_of(token)
    held = HoldUp(monkeypatch, "fleets.people.invitations.why_not_invite")
    first = Worker(lambda: invitations.accept(digest, lambda: make_person("first")))
    held.until_reached()
    second = Worker(lambda: invitations.accept(digest, lambda: make_person("second"))).until_it_waits()
    held.let_go()
    assert first.result().username == "first"
    with pytest.raises(invitations.NotInvited):
        second.result()
    assert not User.objects.filter(username="second").exists()
    assert Invitation.objects.get().accepted_by == first.result()
