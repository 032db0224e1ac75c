"""No sequence of requests by one person, and the services that are theirs, does alone what needs two.

Whatever Mallory asks of pages, of both APIs and of Django's admin, in whichever role and order: the vehicle is never
told to do what needs a second person. What breaks the glass needs a second factor shown again, and is left out.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fleets.models import ApiClient, Membership, Proposal
from fleets.storage.redis import client as redis_client
from remotes.models import BulkCommand, FleetRules, RemoteAction
from tests.long_form import LONG
from tests.remotes.cloud import Cloud
from tests.world import one_is_enough

from .world import ADMINS, DOORS, FILLED, HARM, PAGES, OnePerson

pytestmark = pytest.mark.django_db

ROLES = ("viewer", "support", "operator", "auditor", "manager", "admin")
COMMANDS = ("immobilise", "mark-stolen", "wipe-personal-data", "release", "lock", "suppress-alarm")
FORMS = (("Immobilization", "immobilise"), ("Stolen", "mark"), ("Stolen", "immobilise"), ("Stolen", "tracking"))
V1: tuple[dict[str, Any], ...] = (
    {"immobilization": {"activate": True}},
    {"stolen": {"stolen": True}},
    {"tan": {"suppress": {"state": True, "duration": 1}}},
)
REASONS = st.sampled_from(["", "I want it."])
TWO = st.sets(st.sampled_from(["Immobilization", "Stolen", "Tan"]))
PLACE = st.integers(0, 3)


class Alone(RuleBasedStateMachine):
    """Mallory tries each door, and the workers do what is due."""

    cloud: Cloud

    def __init__(self) -> None:
        super().__init__()
        redis_client().flushdb()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(role=st.sampled_from(ROLES))
    def begin(self, role: str) -> None:
        self.role = role
        self.one = OnePerson(role, self.cloud)

    @rule(command=st.sampled_from(COMMANDS))
    def sends_a_command(self, command: str) -> None:
        self.one.command(command)

    @rule(form=st.sampled_from(FORMS))
    def sends_by_a_form(self, form: tuple[str, str]) -> None:
        self.one.form(*form)

    @rule(name=st.sampled_from(sorted(HARM)), reason=REASONS, key=st.sampled_from(["", "k"]))
    def sends_by_v3(self, name: str, reason: str, key: str) -> None:
        self.one.api(HARM[name], reason=reason, key=key)

    @rule(body=st.sampled_from(V1))
    def sends_by_v1(self, body: dict[str, Any]) -> None:
        self.one.api_v1(body)

    @rule(place=PLACE)
    def approves(self, place: int) -> None:
        self.one.approve(place)

    @rule(place=PLACE)
    def repeats(self, place: int) -> None:
        self.one.post("repeat-action", FILLED, action_id=self.one.action(place))

    @rule()
    def approves_proposals(self) -> None:
        self.one.decide()

    @rule(place=PLACE)
    def uses_other_accounts(self, place: int) -> None:
        for http in self.one.accounts():
            self.one.approve(place, http)

    @rule(command=st.sampled_from(COMMANDS))
    def other_accounts_ask(self, command: str) -> None:
        for http in self.one.accounts():
            self.one.command(command, http)

    @rule(role=st.sampled_from(["manager", "operator"]))
    def invites_a_second_account(self, role: str) -> None:
        self.one.invite(role)

    @rule(place=PLACE)
    def gives_them_a_role(self, place: int) -> None:
        for user in [self.one.person, *self.one.other_people()][place : place + 1]:
            self.one.give_role(user, "manager")

    @rule()
    def makes_a_service(self) -> None:
        self.one.make_service()

    @rule()
    def asks_for_trust(self) -> None:
        self.one.ask_for_trust()

    @rule(approvals=TWO, minutes=st.sampled_from(["1", "600"]))
    def changes_the_rules(self, approvals: set[str], minutes: str) -> None:
        given = {"moving_minutes": minutes, "approval_minutes": minutes, "wake_ups_a_month": "", "wake_reserve": "0"}
        self.one.post("sending-rules", given | {f"approval-{name}": "on" for name in approvals})

    @rule(command=st.sampled_from(COMMANDS))
    def plans_a_bulk_command(self, command: str) -> None:
        self.one.post("new-bulk", {**FILLED, "vehicle": self.one.ids["vehicle_id"], "command": command, "life": ""})

    @rule(deed=st.sampled_from(["check-bulk", "start-bulk", "retry-bulk", "stop-bulk"]))
    def goes_on_with_it(self, deed: str) -> None:
        newest = BulkCommand.objects.order_by("-pk").values_list("public_id", flat=True)[0]
        if deed in DOORS:
            self.one.post(deed, FILLED, bulk_id=newest)

    @rule(name=st.sampled_from(PAGES), place=PLACE, command=st.sampled_from(COMMANDS))
    def tries_any_page(self, name: str, place: int, command: str) -> None:
        self.one.post(name, {**FILLED, "command": command}, "?type=Immobilization", **self.rows(place))

    @precondition(lambda self: self.role == "admin")
    @rule(name=st.sampled_from(ADMINS), place=PLACE)
    def tries_the_admin(self, name: str, place: int) -> None:
        keys = [self.one.person.pk, *User.objects.exclude(pk=self.one.person.pk).values_list("pk", flat=True)]
        keys += [self.one.fleet.pk, self.one.service.pk]
        ids = {key: keys[place % len(keys)] for key in DOORS[name].keys}
        given = {
            **FILLED,
            "password1": "of-Mallory-9",
            "password2": "of-Mallory-9",
            "is_superuser": "on",
            "post": "yes",
        }
        self.one.http.post(DOORS[name].of(ids), given)

    def rows(self, place: int) -> dict[str, Any]:
        """The newest ones, for the ids of an address."""
        proposal = Proposal.objects.order_by("-pk").values_list("public_id", flat=True).first()
        found = {"action_id": self.one.action(place), "proposal_id": proposal}
        return {name: value for name, value in found.items() if value}

    @rule()
    def workers_work(self) -> None:
        self.one.run_schedules()
        self.one.work()

    @rule(minutes=st.sampled_from([1, 16]))
    def time_passes(self, minutes: int) -> None:
        self.one.wait(minutes)
        self.one.work()

    @invariant()
    def no_harm_is_done(self) -> None:
        if hasattr(self, "one"):
            self.one.work()
            assert self.one.harm() == []


@pytest.fixture
def alone() -> Iterator[type[Alone]]:
    cloud = Cloud()
    yield type("AloneHere", (Alone,), {"cloud": cloud})
    cloud.close()


# The long form takes some minutes.
@pytest.mark.timeout(1800)
def test_one_person_alone_does_no_harm(alone: type[Alone]) -> None:
    run_state_machine_as_test(
        alone,
        settings=settings(
            max_examples=50 if LONG else 3,
            stateful_step_count=40 if LONG else 15,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def machine(alone: type[Alone]) -> Iterator[Alone]:
    made = alone()
    made.begin("manager")
    yield made
    made.teardown()


def test_it_would_notice_who_approves_their_own(machine: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the property could not fail."""
    machine.sends_by_v3("immobilise", "I want it.", "")
    machine.approves(0)
    machine.no_harm_is_done()
    assert RemoteAction.objects.filter(state="waiting-approval").exists()
    monkeypatch.setattr("remotes.checks.approvals.hands_in", lambda action: frozenset())
    machine.approves(0)
    with pytest.raises(AssertionError):
        machine.no_harm_is_done()


def test_second_accounts_and_services_are_made(machine: Alone) -> None:
    """Else the machine would try less than it says."""
    one = machine.one
    machine.invites_a_second_account("manager")
    (second,) = one.other_people()
    assert Membership.objects.get(user=second).role == "manager"
    before, services = one.secret, ApiClient.objects.count()
    machine.makes_a_service()
    assert one.secret != before
    assert ApiClient.objects.count() > services
    machine.asks_for_trust()
    assert {("approver", "open"), ("trust", "open")} <= set(Proposal.objects.values_list("kind", "outcome"))
    machine.sends_by_v3("immobilise", "I want it.", "")
    machine.approves_proposals()
    machine.uses_other_accounts(0)
    assert set(Proposal.objects.values_list("outcome", flat=True)) == {"open"}
    assert RemoteAction.objects.latest("pk").state == "waiting-approval"


@pytest.mark.parametrize("door", ["command", "form", "api", "v1", "bulk"])
def test_each_door_leads_to_the_vehicle_where_one_is_enough(machine: Alone, door: str) -> None:
    """What the machine does is taken, and would do harm."""
    one = machine.one
    one_is_enough(one.fleet)
    Membership.objects.filter(user=one.person).update(role="manager")
    if door == "bulk":
        machine.plans_a_bulk_command("immobilise")
        machine.goes_on_with_it("start-bulk")
        one.work()
    else:
        {"command": lambda: one.command("immobilise"), "form": lambda: one.form("Immobilization", "immobilise")}.get(
            door, lambda: one.api(HARM["immobilise"]) if door == "api" else one.api_v1(V1[0])
        )()
    one.work()
    assert [body for body in one.harm() if "immobilization" in body], FleetRules.objects.values()
