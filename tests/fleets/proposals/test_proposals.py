"""A change that needs a second person is made once another has approved it, and only then."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from fleets.models import AuditEntry, Fleet, Membership, Proposal
from fleets.proposals import (
    NotAllowed,
    approve,
    changed,
    describe,
    end_overdue,
    on_approval,
    open_of,
    propose,
    refuse,
    waiting_for,
    withdraw,
)
from fleets.proposals.kinds import _kinds
from fleets.proposals.proposing import MOST
from fleets.rights import Right
from protocol.why import AS_WRITTEN, Why
from tests.world import make_fleet, make_person


@pytest.fixture
def lyon(db: None) -> Fleet:
    return make_fleet("Lyon")


@pytest.fixture
def camille(lyon: Fleet) -> User:
    return make_person("camille", lyon)


@pytest.fixture
def lea(lyon: Fleet) -> User:
    return make_person("lea", lyon)


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    """Renames the fleet; two of the names are not possible."""

    def rename(proposal: Proposal) -> None:
        assert proposal.fleet
        proposal.fleet.name = proposal.document["name"]
        proposal.fleet.save()
        if proposal.document["name"].startswith("impossible"):
            raise NotAllowed(Why(AS_WRITTEN, text="It can't be called that."))

    on_approval("name", rename, lambda proposal: Why(AS_WRITTEN, text=proposal.document["name"]), Right.CHANGE_RULES)
    yield
    del _kinds["name"]


def name_of(fleet: Fleet) -> str:
    return Fleet.objects.get(pk=fleet.pk).name


def test_it_is_made_once_another_has_approved_it(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille, reason="They have merged.")
    assert name_of(lyon) == "Lyon"
    assert str(describe(proposal)) == "Rhône"
    decided = approve(proposal, lea)
    assert name_of(lyon) == "Rhône"
    assert (decided.outcome, decided.decided_by) == ("approved", lea)
    deeds = AuditEntry.objects.filter(subject=proposal.public_id).order_by("pk").values_list("who", "document__what")
    assert list(deeds) == [("camille", "proposed a change: name"), ("lea", "approved a change: name")]
    with pytest.raises(NotAllowed, match="decided already"):
        approve(proposal, lea)


def test_nobody_who_had_a_hand_in_it_decides(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille, touched=[lea.pk])
    for person in (camille, lea):
        for decide in (approve, refuse):
            with pytest.raises(NotAllowed, match="another person"):
                decide(proposal, person)
    assert name_of(lyon) == "Lyon"


def test_the_database_itself_takes_no_approval_by_who_asked(lyon: Fleet, camille: User) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille)
    with pytest.raises(IntegrityError, match="proposal_not_by_oneself"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            outcome="approved", decided_by=camille, decided_at=timezone.now()
        )


def test_who_asks_for_the_same_again_has_a_hand_in_it(lyon: Fleet, camille: User, lea: User) -> None:
    first = propose(lyon, "name", {"name": "Rhône"}, by=camille)
    assert propose(lyon, "name", {"name": "Rhône"}, by=lea) == first
    with pytest.raises(NotAllowed, match="another person"):
        approve(first, lea)


@pytest.mark.parametrize("role", ["viewer", "support", "operator", "auditor"])
def test_only_those_decide_who_may_approve_there(lyon: Fleet, camille: User, role: str) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille)
    for person in (make_person("other", lyon, role=role), make_person("stranger", make_fleet("Paris"))):
        with pytest.raises(NotAllowed, match="may not approve"):
            approve(proposal, person)


def test_of_all_fleets_only_admins_decide(lyon: Fleet, lea: User) -> None:
    root, other = (make_person(name, is_superuser=True) for name in ("root", "other"))
    proposal = propose(None, "name", {"name": "x"}, by=root)
    with pytest.raises(NotAllowed, match="may not approve"):
        approve(proposal, lea)
    assert refuse(proposal, other).outcome == "refused"


def test_it_comes_to_nothing_where_who_asked_may_not_any_more(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille)
    Membership.objects.filter(user=camille).update(role="operator")
    with pytest.raises(NotAllowed, match="may no longer ask"):
        approve(proposal, lea)
    assert name_of(lyon) == "Lyon"
    assert Proposal.objects.get().outcome == "ended"


def test_what_can_not_be_made_any_more_leaves_nothing(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "name", {"name": "impossible"}, by=camille)
    with pytest.raises(NotAllowed, match="can't be called that"):
        approve(proposal, lea)
    assert name_of(lyon) == "Lyon"
    ended = Proposal.objects.get()
    assert (ended.outcome, ended.decided_by, str(ended.why)) == ("ended", None, "It can't be called that.")


def test_it_is_refused_or_taken_back(lyon: Fleet, camille: User, lea: User) -> None:
    refused = refuse(propose(lyon, "name", {"name": "a"}, by=camille), lea, "Not now.")
    assert (refused.outcome, refused.note, refused.decided_by) == ("refused", "Not now.", lea)
    other = propose(lyon, "name", {"name": "b"}, by=camille)
    with pytest.raises(NotAllowed, match="Only whoever asked"):
        withdraw(other, lea)
    assert withdraw(other, camille).outcome == "withdrawn"
    for proposal in (refused, other):
        with pytest.raises(NotAllowed, match="decided already"):
            approve(proposal, lea)
    assert name_of(lyon) == "Lyon"


def test_it_ends_after_a_week(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille)
    assert proposal.ends_at - proposal.asked_at == timedelta(days=7)
    end_overdue()
    assert Proposal.objects.get().is_open
    Proposal.objects.update(ends_at=timezone.now())
    with pytest.raises(NotAllowed, match="within a week"):
        approve(proposal, lea)
    assert not open_of(lyon).exists()
    end_overdue()
    ended = Proposal.objects.get()
    assert (ended.outcome, str(ended.why)) == ("ended", "Nobody decided on it within a week.")


def test_so_many_wait_at_the_most(lyon: Fleet, camille: User) -> None:
    for number in range(MOST):
        propose(lyon, "name", {"name": str(number)}, by=camille)
    with pytest.raises(NotAllowed, match=f"{MOST} changes wait"):
        propose(lyon, "name", {"name": "one more"}, by=camille)
    propose(make_fleet("Paris"), "name", {"name": "of another fleet"}, by=camille)


def test_those_find_it_who_can_decide(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille)
    of_all = propose(None, "name", {"name": "x"}, by=make_person("root", is_superuser=True))
    admin = make_person("admin", is_superuser=True)
    assert list(waiting_for(lea, [lyon.pk])) == [proposal]
    assert list(waiting_for(camille, [lyon.pk])) == []
    assert list(waiting_for(admin, [lyon.pk])) == [proposal, of_all]


def test_others_are_told_after_the_commit(
    lyon: Fleet, camille: User, lea: User, django_capture_on_commit_callbacks: object
) -> None:
    heard = []

    def hear(proposal: Proposal, **_: object) -> None:
        heard.append(proposal.outcome)

    changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            proposal = propose(lyon, "name", {"name": "Rhône"}, by=camille)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            approve(proposal, lea)
    finally:
        changed.disconnect(hear)
    assert heard == ["open", "approved"]


def test_a_kind_of_another_version_is_not_made(lyon: Fleet, camille: User, lea: User) -> None:
    proposal = propose(lyon, "of tomorrow", {}, by=camille)
    assert "does not know this kind" in str(describe(proposal))
    with pytest.raises(NotAllowed, match="does not know this kind"):
        approve(proposal, lea)
