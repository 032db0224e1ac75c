"""Who manages one fleet and looks at another: each page shows and takes there what it does for anybody of that role.

The memberships are made in both orders, since it must not matter which one a query finds first.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alerts.raising import raise_alert
from callbacks.models import Batch, Callback
from campaigns.saved_commands import save
from fleets.labels.imports import check
from fleets.models import AuditEntry, Fleet, Invitation, Membership, Proposal, SavedView
from fleets.people.giving import Grant
from fleets.people.invitations import invite
from fleets.places.saved import save as save_place
from fleets.proposals import propose
from remotes.models import Alert, BulkCommand, FleetRules, RemoteAction, Review, SavedCommand, Schedule, SendingStop
from tests.callbacks.outbox_world import make_batch, make_callback
from tests.campaigns.bulk_world import make_bulk, remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.pages import urlpatterns
from tests.world import make_action, make_fleet, make_person, make_vehicle

from .conftest import LogIn

# What a POST of one page or another may need; what is too much is passed over.
FORM = {"command": "unlock", "name": "Mine", "reason": "Because", "confirmed": "1", "happened": "yes", "query": ""}

# Who looks at pages stands in it, so that it is another one with each.
AUDIT = {"audit", "audit-table", "people"}


class House:
    """A fleet with one of each kind of row, and the addresses of all its pages."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        asker = make_person(f"asker-of-{fleet.name}", fleet)
        vehicle = make_vehicle(fleet, "Van")
        self.actions = [
            make_action(vehicle, "honk", user=asker),
            make_action(vehicle, "lock", state="done", status="Failed", failure_cause="DoorsOpen"),
            make_action(vehicle, "unlock", state="unknown"),
            make_action(vehicle, "lock", state="waiting-approval", user=asker),
        ]
        callback = make_callback(fleet)
        raise_alert(Alert.Kind.DANGEROUS_ACTION, fleet.pk, self.actions[1].public_id, "It has failed.")
        self.ids: dict[str, Any] = {
            "fleet_id": fleet.public_id,
            "vehicle_id": vehicle.public_id,
            "callback_id": callback.public_id,
            "batch_id": make_batch(callback, state="parked").pk,
            "alert_id": Alert.objects.get(fleet=fleet).public_id,
            "schedule_id": make_schedule(fleet, asker, vehicle=vehicle).public_id,
            "command_id": save(fleet, "Honk", remote_of("honk"), asker).public_id,
            "place_id": save_place(fleet, "Depot", (45.7, 4.8), asker).public_id,
            "bulk_id": make_bulk(fleet, asker).public_id,
            "view_id": SavedView.objects.create(fleet=fleet, owner=asker, name="All", shared=True).public_id,
            "proposal_id": propose(fleet, "rules", {"approval_types": ["Stolen"]}, by=asker).public_id,
            "review_id": Review.objects.create(
                fleet=fleet, action=self.actions[1], by=asker, reason="Now.", at=timezone.now()
            ).public_id,
            "member_id": asker.memberships.get().pk,
            "invitation_id": invite(asker, "new@example.com", [fleet], Grant(role="viewer"), "en")[0].public_id,
            "entry_id": AuditEntry.objects.filter(fleet=fleet).latest("pk").pk,
            "import_id": check(fleet, asker, "labels.csv", f"VIN,Label\n{vehicle.vin},Van".encode()).public_id,
        }

    def addresses(self) -> Iterator[str]:
        for pattern in urlpatterns:
            keys = pattern.pattern.converters
            if "fleet_id" not in keys or str(pattern.name).endswith("-live") or pattern.name in AUDIT:
                continue
            for action in self.actions if "action_id" in keys else self.actions[:1]:
                known = {**self.ids, "action_id": action.public_id}
                yield reverse(str(pattern.name), kwargs={key: known[key] for key in keys})

    def rows(self) -> list[Any]:
        """What a manager can change."""
        own = {"fleet": self.fleet}
        return [
            sorted(RemoteAction.objects.filter(**own).values_list("pk", "state")),
            sorted(BulkCommand.objects.filter(**own).values_list("pk", "state")),
            sorted(Schedule.objects.filter(**own).values_list("pk", "state", "user_id")),
            sorted(SavedCommand.objects.filter(**own).values_list("pk", "name")),
            sorted(Callback.objects.filter(**own).values_list("pk", "status", "deleted_at")),
            sorted(Batch.objects.filter(callback__fleet=self.fleet).values_list("pk", "state")),
            sorted(SavedView.objects.filter(**own, shared=True).values_list("pk", "name")),
            sorted(Alert.objects.filter(**own).values_list("pk", "cleared_at")),
            sorted(Proposal.objects.filter(**own).values_list("pk", "outcome")),
            sorted(Review.objects.filter(**own).values_list("pk", "closed_at")),
            sorted(Invitation.objects.filter(fleets=self.fleet).values_list("pk", "withdrawn_at")),
            sorted(Membership.objects.filter(**own).exclude(user__username="mona").values_list("pk", "role")),
            (SendingStop.objects.filter(**own).count(), FleetRules.objects.filter(**own).count()),
        ]


@pytest.fixture
def lyon(db: None) -> House:
    return House(make_fleet("Lyon"))


@pytest.fixture
def paris(db: None) -> House:
    return House(make_fleet("Paris"))


@pytest.fixture(params=["managed first", "looked at first"])
def mona(request: pytest.FixtureRequest, lyon: House, paris: House) -> User:
    """Manages Lyon and looks at Paris."""
    person = make_person("mona")
    both = [("manager", lyon), ("viewer", paris)]
    for role, house in both if request.param == "managed first" else reversed(both):
        house.fleet.memberships.create(user=person, role=role)
    return person


def shown(client: Client, address: str) -> tuple[int, str]:
    """A page's status and text, without what differs from reader to reader and from moment to moment."""
    answer = client.get(address)
    text = answer.getvalue().decode(errors="replace")
    return answer.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]+|\d+|mona|mick', "0", text)


@pytest.mark.drawn("pages by role", 1, of="tests")
@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_each_page_shows_what_it_shows_to_anybody_of_the_role(
    mona: User, lyon: House, paris: House, log_in: LogIn, role: str
) -> None:
    house = paris if role == "viewer" else lyon
    # Of the same initial, since that is shown.
    other = make_person("mick", house.fleet, role=role)
    hers, others = log_in(mona), log_in(other)
    for address in house.addresses():
        assert shown(hers, address) == shown(others, address), address


@pytest.mark.drawn("pages by role", 1, of="tests")
def test_where_one_only_looks_nothing_can_be_done(mona: User, paris: House, log_in: LogIn) -> None:
    before, hers = paris.rows(), log_in(mona)
    codes = {address: hers.post(address, FORM).status_code for address in paris.addresses()}
    assert paris.rows() == before
    # Views and the choice of alerts are everybody's own, and whoever looks may have a state read, which wakes nobody,
    # and put away what they have read. Who may not close a review is told so on the next page. What is chosen on the
    # map is only shown.
    done = {address.rpartition("/")[2] for address, code in codes.items() if code < 400}
    own = {"new", "choice", "query", "open", "state", "read", "chosen"}
    assert done <= own | {paris.ids["view_id"], paris.ids["review_id"]}
    assert sum(code == 403 for code in codes.values()) > 25


@pytest.mark.drawn("pages by role", 1, of="tests")
def test_where_one_manages_all_can_be_done(mona: User, lyon: House, log_in: LogIn) -> None:
    hers = log_in(mona)
    codes = [hers.post(address, FORM).status_code for address in lyon.addresses()]
    assert 403 not in codes
    assert sum(code in (200, 302, 303, 422) for code in codes) > 25
