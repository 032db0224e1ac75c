"""Rights are those of the moment of sending and of the fleet in question, whatever else who asked may do elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from campaigns.tasks import run_bulks
from fleets.models import ApiClient, Fleet, Membership
from protocol.canonical import Remote
from protocol.catalogue import REMOTE_TYPES
from remotes.asking.ask import Wishes, request_action
from remotes.asking.decide import decide
from remotes.checks.approvals import NotAllowed, approve
from remotes.models import BulkCommand, FleetRules, RemoteAction
from remotes.tasks import dispatch
from tests.campaigns.bulk_world import begin, make_bulk
from tests.campaigns.schedule_world import Clock, clock_at, make_schedule, told
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.world import make_fleet, make_person

UNLOCK = Remote(REMOTE_TYPES["Locking"], {"state": "Unlocked"})
HONK = Remote(REMOTE_TYPES["Horn"], {"state": "Activated"})
BY_PAGE = Wishes(origin=RemoteAction.Origin.PAGE)
NO_RIGHTS = ("done", "Failed", "MissingRights")


@pytest.fixture
def paris(db: None) -> Fleet:
    return make_fleet("Paris")


@pytest.fixture(params=["the other membership is newer", "the other membership is older"])
def mona(request: pytest.FixtureRequest, yard: Yard, paris: Fleet) -> User:
    """Manages both fleets, until a test says otherwise. Which membership stands first must not matter."""
    fleets = [yard.fleet, paris]
    return make_person("mona", *(fleets if "newer" in request.param else reversed(fleets)))


def is_now(role: str, person: User, fleet: Fleet) -> None:
    Membership.objects.filter(user=person, fleet=fleet).update(role=role)


def outcome(action: RemoteAction) -> tuple[str, str, str | None]:
    """What the worker makes of it."""
    dispatch(action.vehicle_id)
    action.refresh_from_db()
    return action.state, action.status, action.failure_cause


def demoted(mona: User, fleet: Fleet) -> None:
    is_now("viewer", mona, fleet)


def removed(mona: User, fleet: Fleet) -> None:
    Membership.objects.filter(user=mona, fleet=fleet).delete()


def deactivated(mona: User, fleet: Fleet) -> None:
    User.objects.filter(pk=mona.pk).update(is_active=False)


def deleted(mona: User, fleet: Fleet) -> None:
    mona.delete()


LOSSES: list[Callable[[User, Fleet], None]] = [demoted, removed, deactivated]


@pytest.mark.parametrize("lose", [*LOSSES, deleted])
def test_what_waits_is_not_sent_for_whoever_manages_another_fleet_only(
    yard: Yard, cloud: Cloud, mona: User, lose: Callable[[User, Fleet], None]
) -> None:
    # Another manager of the fleet speaks for nobody but themselves.
    make_person("diane", yard.fleet)
    action = request_action(yard.vehicle, UNLOCK, user=mona, wishes=BY_PAGE)
    lose(mona, yard.fleet)
    assert outcome(action) == NO_RIGHTS
    assert cloud.posted == []


def test_what_waits_is_sent_for_whoever_only_looks_at_another_fleet(yard: Yard, cloud: Cloud, mona: User, paris: Fleet):
    action = request_action(yard.vehicle, UNLOCK, user=mona)
    is_now("viewer", mona, paris)
    assert outcome(action)[0] == "accepted"


@pytest.mark.parametrize("lose", LOSSES)
def test_a_bulk_command_asks_nobody_more_for_whoever_manages_another_fleet_only(
    yard: Yard, mona: User, lose: Callable[[User, Fleet], None]
) -> None:
    make_person("diane", yard.fleet)
    bulk = make_bulk(yard.fleet, mona)
    begin(bulk, mona)
    lose(mona, yard.fleet)
    run_bulks()
    bulk.refresh_from_db()
    assert (bulk.state, bulk.halt) == (BulkCommand.State.STOPPED, "rights")
    assert not RemoteAction.objects.exists()


def test_a_bulk_command_goes_on_for_whoever_only_looks_at_another_fleet(yard: Yard, mona: User, paris: Fleet) -> None:
    bulk = make_bulk(yard.fleet, mona)
    begin(bulk, mona)
    is_now("viewer", mona, paris)
    run_bulks()
    assert RemoteAction.objects.get().user == mona


@pytest.fixture
def clock(db: None):
    with clock_at(2027, 1, 1, 12) as clock:
        yield clock


def _whom(yard: Yard, one: bool) -> dict[str, Any]:
    return {"vehicle": yard.vehicle} if one else {}


@pytest.mark.parametrize("one", [True, False], ids=["one vehicle", "all vehicles"])
@pytest.mark.parametrize("lose", LOSSES)
def test_a_schedule_asks_nobody_for_whoever_manages_another_fleet_only(
    clock: Clock, yard: Yard, mona: User, lose: Callable[[User, Fleet], None], one: bool
) -> None:
    make_person("diane", yard.fleet)
    schedule = make_schedule(yard.fleet, mona, **_whom(yard, one))
    lose(mona, yard.fleet)
    clock.sweep(2027, 1, 2, 7, 30)
    assert [(state, why) for _, state, why in told(schedule)] == [("skipped", "rights")]
    assert not RemoteAction.objects.exists()


def test_a_schedule_asks_for_whoever_only_looks_at_another_fleet(
    clock: Clock, yard: Yard, mona: User, paris: Fleet
) -> None:
    schedule = make_schedule(yard.fleet, mona, vehicle=yard.vehicle)
    is_now("viewer", mona, paris)
    clock.sweep(2027, 1, 2, 7, 30)
    assert [state for _, state, _ in told(schedule)] == ["sent"]


@pytest.mark.parametrize("lose", [demoted, removed])
def test_nobody_approves_or_decides_for_a_fleet_with_the_rights_of_another(
    yard: Yard, cloud: Cloud, mona: User, lose: Callable[[User, Fleet], None]
) -> None:
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Locking"])
    waiting = request_action(yard.vehicle, UNLOCK, user=make_person("camille", yard.fleet))
    unknown = yard.action(None, state="unknown")
    lose(mona, yard.fleet)
    with pytest.raises(NotAllowed):
        approve(waiting, mona)
    with pytest.raises(NotAllowed):
        decide(unknown, mona, happened=True, reason="I have seen it.")
    assert set(RemoteAction.objects.values_list("state", flat=True)) == {"waiting-approval", "unknown"}


def test_whoever_only_looks_at_another_fleet_approves_and_decides(yard: Yard, mona: User, paris: Fleet) -> None:
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Locking"])
    waiting = request_action(yard.vehicle, UNLOCK, user=make_person("camille", yard.fleet))
    unknown = yard.action(None, state="unknown")
    is_now("viewer", mona, paris)
    approve(waiting, mona)
    decide(unknown, mona, happened=True, reason="I have seen it.")
    assert set(RemoteAction.objects.values_list("state", flat=True)) == {"queued", "done"}


def test_an_approval_is_of_the_action_that_was_approved(yard: Yard, cloud: Cloud, mona: User) -> None:
    """And of no other of the same type that waits beside it."""
    FleetRules.objects.create(fleet=yard.fleet, approval_types=["Locking", "Horn"])
    camille = make_person("camille", yard.fleet)
    first = request_action(yard.vehicle, UNLOCK, user=camille)
    second = request_action(yard.vehicle, UNLOCK, user=camille)
    approve(second, mona)
    assert outcome(second)[0] == "accepted"
    first.refresh_from_db()
    assert (first.state, len(cloud.posted)) == ("waiting-approval", 1)


def make_client(name: str, *fleets: Fleet, **values: object) -> ApiClient:
    client = ApiClient.objects.create(client_id=name, name=name, username=name, **values)
    client.fleets.add(*fleets)
    return client


def ended(client: ApiClient, fleet: Fleet) -> None:
    ApiClient.objects.filter(pk=client.pk).update(active=False)


def lost_the_fleet(client: ApiClient, fleet: Fleet) -> None:
    client.fleets.remove(fleet)


def lost_the_type(client: ApiClient, fleet: Fleet) -> None:
    ApiClient.objects.filter(pk=client.pk).update(remote_types=["Horn"])


def gone(client: ApiClient, fleet: Fleet) -> None:
    client.delete()


@pytest.mark.parametrize("lose", [ended, lost_the_fleet, lost_the_type, gone])
def test_what_waits_is_not_sent_for_a_service_that_lost_its_right(
    yard: Yard, cloud: Cloud, paris: Fleet, lose: Callable[[ApiClient, Fleet], None]
) -> None:
    """It has another fleet still, and another service has all rights in this one."""
    make_client("other", yard.fleet)
    client = make_client("booking", yard.fleet, paris)
    action = request_action(yard.vehicle, UNLOCK, api_client=client)
    lose(client, yard.fleet)
    assert outcome(action) == NO_RIGHTS
    assert cloud.posted == []


def test_what_a_service_lost_elsewhere_does_not_matter(yard: Yard, cloud: Cloud, paris: Fleet) -> None:
    client, other = make_client("booking", yard.fleet, paris), make_client("other", yard.fleet)
    action = request_action(yard.vehicle, UNLOCK, api_client=client)
    lost_the_fleet(client, paris)
    for lose in (ended, lost_the_fleet, lost_the_type):
        lose(other, yard.fleet)
    assert outcome(action)[0] == "accepted"


def test_two_actions_of_a_vehicle_are_each_judged_by_who_asked(yard: Yard, cloud: Cloud, mona: User) -> None:
    camille = make_person("camille", yard.fleet)
    hers = request_action(yard.vehicle, UNLOCK, user=mona)
    others = request_action(yard.vehicle, HONK, user=camille)
    demoted(mona, yard.fleet)
    assert outcome(hers) == NO_RIGHTS
    assert outcome(others)[0] == "accepted"
    assert [list(body)[-1] for body in cloud.posted] == ["horn"]
