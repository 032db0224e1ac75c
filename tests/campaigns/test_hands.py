"""Who had a hand in a bulk command or a schedule approves nothing of it."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from campaigns import saved_commands
from campaigns.bulk.planning import plan_again, plan_retry
from campaigns.schedules import changes
from campaigns.schedules import running as schedules
from fleets.models import Fleet
from remotes.checks.approvals import NotAllowed, approve, refuse
from remotes.models import BulkItem, RemoteAction, Schedule
from tests.campaigns.bulk_world import begin, make_bulk, make_vehicles, remote_of, step
from tests.campaigns.schedule_world import make_schedule
from tests.world import make_fleet, make_person, make_vehicle


@pytest.fixture
def fleet(db: None) -> Fleet:
    return make_fleet("Lyon")


@pytest.fixture
def camille(fleet: Fleet) -> User:
    return make_person("camille", fleet)


def test_nobody_approves_who_had_a_hand_in_it(fleet: Fleet, camille: User) -> None:
    """Planned by one, looked at by another, started by a third: each is out, also of what is tried again."""
    lea, paul, zoe = (make_person(name, fleet) for name in ("lea", "paul", "zoe"))
    make_vehicles(fleet, 1)
    bulk = make_bulk(fleet, camille, "immobilise")
    plan_again(bulk, lea)
    begin(bulk, paul)
    step(bulk)
    action = RemoteAction.objects.get()
    assert action.state == "waiting-approval"
    for person in (camille, lea, paul):
        with pytest.raises(NotAllowed, match="nobody approves their own"):
            approve(action, person)
    refuse(action, zoe)
    step(bulk)

    again = plan_retry(bulk, [BulkItem.State.CANCELLED], zoe)
    begin(again, zoe)
    step(again)
    for person in (camille, lea, paul, zoe):
        with pytest.raises(NotAllowed, match="nobody approves their own"):
            approve(RemoteAction.objects.latest("pk"), person)


def test_nobody_approves_who_had_a_hand_in_a_schedule(fleet: Fleet, camille: User) -> None:
    lea, paul, zoe = (make_person(name, fleet) for name in ("lea", "paul", "zoe"))
    vehicle = make_vehicle(fleet)
    command = saved_commands.save(fleet, "Stop it", remote_of("immobilise"), zoe)
    schedule = make_schedule(fleet, camille, "immobilise", vehicle=vehicle, saved_command=command)
    changes.change(schedule, {"name": "Evening"}, lea)
    changes.pause(schedule, camille)
    changes.resume(schedule, paul)
    Schedule.objects.update(next_run_at=timezone.now())
    schedules.run_due()
    action = RemoteAction.objects.get()
    assert (action.state, action.user) == ("waiting-approval", paul)
    for person in (camille, lea, paul, zoe):
        with pytest.raises(NotAllowed, match="nobody approves their own"):
            approve(action, person)
    approve(action, make_person("ines", fleet))
