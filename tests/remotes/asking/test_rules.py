"""What makes a fleet's rules weaker holds once a second person has agreed; what makes them stricter at once."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from fleets.models import AuditEntry, Fleet, Proposal
from fleets.proposals import NotAllowed, approve, describe
from protocol.catalogue import TWO_PEOPLE
from remotes.asking.ask import rules_of
from remotes.asking.rules import Changed, as_document, change_rules
from remotes.models import FleetRules
from tests.world import make_fleet, make_person

FOUR = sorted(TWO_PEOPLE)


@pytest.fixture
def lyon(db: None) -> Fleet:
    return make_fleet("Lyon")


@pytest.fixture
def camille(lyon: Fleet) -> User:
    return make_person("camille", lyon)


@pytest.fixture
def lea(lyon: Fleet) -> User:
    return make_person("lea", lyon)


def changed_to(fleet: Fleet, by: User, **values: Any) -> Changed:
    wanted = rules_of(fleet.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    return change_rules(fleet, wanted, by=by, reason="Less work.")


def test_a_fleet_without_rules_needs_two_for_four_types(lyon: Fleet) -> None:
    rules = rules_of(lyon.pk)
    assert sorted(rules.approval_types) == FOUR == ["Immobilization", "OnboardPersonalData", "Stolen", "Tan"]
    assert rules.approval_minutes == 15


@pytest.mark.parametrize(
    ("weaker", "words"),
    [
        (
            {"approval_types": ["Stolen", "Tan", "OnboardPersonalData"]},
            "No second person is needed any more for: Immobilise.",
        ),
        ({"approval_minutes": 60}, "An approval may take 60 minutes instead of 15."),
        ({"moving_minutes": 1}, "That a vehicle was moving counts for 1 minutes instead of 10."),
        ({"times_to_live": {"Immobilization": 3600}}, "Immobilise: may still be sent after 60 minutes instead of 2."),
    ],
    ids=["types", "approval", "moving", "time to live"],
)
def test_nobody_makes_them_weaker_alone(
    lyon: Fleet, camille: User, lea: User, weaker: dict[str, Any], words: str
) -> None:
    before = as_document(rules_of(lyon.pk))
    changed = changed_to(lyon, camille, **weaker)
    assert changed.proposal is not None
    assert not changed.at_once
    assert as_document(rules_of(lyon.pk)) == before
    assert str(describe(changed.proposal)) == words
    with pytest.raises(NotAllowed):
        approve(changed.proposal, camille)
    assert as_document(rules_of(lyon.pk)) == before

    approve(changed.proposal, lea)
    after = as_document(rules_of(lyon.pk))
    assert {name: after[name] for name in weaker} == weaker
    assert {name: value for name, value in after.items() if name not in weaker} == {
        name: value for name, value in before.items() if name not in weaker
    }
    entry = AuditEntry.objects.get(subject=lyon.public_id, document__what="changed the rules")
    assert entry.who == "lea"


def test_what_makes_them_stricter_holds_at_once_and_the_rest_waits(lyon: Fleet, camille: User, lea: User) -> None:
    changed = changed_to(lyon, camille, approval_types=["Locking"], moving_minutes=20, approval_minutes=30)
    rules = rules_of(lyon.pk)
    assert sorted(rules.approval_types) == sorted([*FOUR, "Locking"])
    assert (rules.moving_minutes, rules.approval_minutes) == (20, 15)
    assert changed.at_once
    assert changed.proposal is not None
    approve(changed.proposal, lea)
    rules = rules_of(lyon.pk)
    assert (rules.approval_types, rules.moving_minutes, rules.approval_minutes) == (["Locking"], 20, 30)


def test_types_that_a_fleet_has_added_are_guarded_too(lyon: Fleet, camille: User) -> None:
    assert changed_to(lyon, camille, approval_types=[*FOUR, "Locking"]).proposal is None
    assert changed_to(lyon, camille, approval_types=FOUR).proposal is not None
    assert changed_to(lyon, camille, times_to_live={"Locking": 7200}).proposal is not None
    assert "Locking" in rules_of(lyon.pk).approval_types


def test_times_to_live_of_others_are_ones_own_to_change(lyon: Fleet, camille: User) -> None:
    assert changed_to(lyon, camille, times_to_live={"Horn": 3600}).proposal is None
    assert rules_of(lyon.pk).times_to_live == {"Horn": 3600}


def test_a_shorter_time_to_live_can_not_be_lost_to_an_older_agreement(lyon: Fleet, camille: User, lea: User) -> None:
    """Two have agreed on something else than what holds by then."""
    old = changed_to(lyon, camille, approval_minutes=60).proposal
    assert old is not None
    assert changed_to(lyon, lea, approval_minutes=5).proposal is None
    with pytest.raises(NotAllowed, match="rules have changed"):
        approve(old, lea)
    assert rules_of(lyon.pk).approval_minutes == 5
    assert Proposal.objects.get().outcome == "ended"


def test_asking_twice_makes_one_proposal(lyon: Fleet, camille: User) -> None:
    first, second = (changed_to(lyon, camille, approval_minutes=60).proposal for _ in range(2))
    assert first == second
    assert not FleetRules.objects.exists(), "nothing has changed"
