"""The migration to four eyes, forward and back, on rules and actions that were there before."""

from typing import Any

import pytest

from campaigns.schedules import changes
from remotes.models import FleetRules, RemoteAction
from tests.campaigns.schedule_world import make_schedule
from tests.migrating import migrate
from tests.world import make_action, make_fleet, make_person, make_vehicle

BEFORE = [("remotes", "0022_secrets_sealed")]


@pytest.fixture
def action(at_the_end: None) -> Any:
    fleet = make_fleet()
    return make_action(make_vehicle(fleet), "honk", user=make_person("camille", fleet), reason="It burns.")


@pytest.mark.drawn("migrations", 1, of="tests")
def test_to_and_fro_rules_get_the_new_default_and_actions_stay(action: RemoteAction) -> None:
    lyon, paris, nice = action.fleet, make_fleet("Paris"), make_fleet("Nice")
    before = migrate(BEFORE).get_model("remotes", "FleetRules").objects
    before.create(fleet_id=lyon.pk, approval_types=[], moving_minutes=20)
    before.create(fleet_id=paris.pk, approval_types=["Locking", "Stolen"])
    migrate()
    rules = {row.fleet_id: row for row in FleetRules.objects.all()}
    four = {"Immobilization", "Stolen", "Tan", "OnboardPersonalData"}
    assert set(rules[lyon.pk].approval_types) == four, "nobody acts alone because of an upgrade"
    assert sorted(rules[paris.pk].approval_types) == sorted({"Locking", *four})
    assert {row.approval_minutes for row in rules.values()} == {15}
    assert rules[lyon.pk].moving_minutes == 20
    assert nice.pk not in rules
    kept = RemoteAction.objects.get()
    assert (kept.reason, kept.user, kept.touched_by, kept.lives_for, kept.trusted) == (
        "It burns.",
        action.user,
        [],
        None,
        False,
    )
    back = migrate(BEFORE).get_model("remotes", "FleetRules").objects
    assert set(back.get(fleet_id=lyon.pk).approval_types) == four


@pytest.mark.drawn("migrations", 1, of="tests")
def test_who_had_a_hand_in_a_schedule_has_it_afterwards(action: RemoteAction) -> None:
    ana, ben, eve = (make_person(name, action.fleet) for name in ("ana", "ben", "eve"))
    schedule = make_schedule(action.fleet, ana)
    changes.pause(schedule, eve)
    changes.resume(schedule, ben)
    migrate(BEFORE)
    migrate()
    schedule.refresh_from_db()
    assert schedule.touched_by == sorted([ana.pk, ben.pk])
