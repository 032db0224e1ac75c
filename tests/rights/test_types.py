"""A remote type that somebody may not send goes out by no door of theirs, and a type that they may does by each."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.saved_commands import save
from fleets.models import Fleet, Vehicle
from protocol.catalogue import COMMANDS, REMOTE_TYPES, RemoteType
from remotes.models import BulkCommand, RemoteAction, SavedCommand, Schedule
from tests.campaigns.bulk_world import make_bulk, remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.drawn import some
from tests.world import make_action, make_fleet, make_person, make_vehicle

from .members import MEMBERS, Member

pytestmark = pytest.mark.django_db

# Who sees the vehicle and may send something to it.
SENDERS = [name for name, member in MEMBERS.items() if member.sends and member.sees_it]


class Yard:
    """A fleet of two electric vehicles, who asks, and how what they ask for is counted."""

    def __init__(self, name: str) -> None:
        self.fleet: Fleet = make_fleet()
        self.boss = make_person("boss", self.fleet)
        self.vehicle = self._vehicle()
        self.member: Member = MEMBERS[name]
        self.person = self.member.make(name, self.fleet, self.vehicle, self._vehicle())
        self.http = Client()
        self.http.force_login(self.person)

    def _vehicle(self) -> Vehicle:
        return make_vehicle(self.fleet, motorization="Electric", state={"energy": []}, state_read_at=timezone.now())

    def url(self, name: str, **ids: Any) -> str:
        known = {"fleet_id": self.fleet.public_id, "vehicle_id": self.vehicle.public_id, **ids}
        keys = ("fleet_id", "vehicle_id", *ids) if name in OF_VEHICLE else ("fleet_id", *ids)
        return reverse(name, kwargs={key: known[key] for key in keys})

    def post(self, name: str, data: dict[str, Any] | None = None, query: str = "", **ids: Any) -> int:
        return int(self.http.post(self.url(name, **ids) + query, data or {}).status_code)


OF_VEHICLE = {
    *("send-action", "new-action", "send-saved-command"),
    *("cancel-action", "approve-action", "decide-action", "repeat-action"),
}


def command_of(entry: RemoteType) -> str:
    return next((command.name for command in entry.commands), "")


def theirs() -> int:
    return RemoteAction.objects.exclude(user__username="boss").count()


def on_the_page(yard: Yard, entry: RemoteType) -> bool:
    data = {"command": command_of(entry), "confirmed": "yes", "reason": "It was seen in Lyon."}
    before = theirs()
    status = yard.post("send-action", data)
    assert status in (302, 303, 403)
    return theirs() > before


def again(yard: Yard, entry: RemoteType) -> bool:
    failed = make_action(yard.vehicle, command_of(entry), user=yard.boss, state="done", status="Failed")
    before = theirs()
    yard.post("repeat-action", {"reason": "It was seen in Lyon."}, action_id=failed.public_id)
    return theirs() > before


def cancelled(yard: Yard, entry: RemoteType) -> bool:
    waiting = make_action(yard.vehicle, command_of(entry), user=yard.boss)
    yard.post("cancel-action", action_id=waiting.public_id)
    waiting.refresh_from_db()
    return waiting.state == "cancelled"


def decided(yard: Yard, entry: RemoteType) -> bool:
    unknown = make_action(yard.vehicle, command_of(entry), user=yard.boss, state="unknown")
    yard.post("decide-action", {"happened": "yes", "reason": "I have seen it."}, action_id=unknown.public_id)
    unknown.refresh_from_db()
    return unknown.state == "done"


def saved(yard: Yard, entry: RemoteType) -> bool:
    """Neither sent nor renamed: what it is called decides what others press."""
    kept = save(yard.fleet, f"Ours: {entry.name}", remote_of(command_of(entry)), yard.boss)
    before = theirs()
    yard.post("send-saved-command", command_id=kept.public_id)
    sent = theirs() > before
    yard.post("rename-saved-command", {"name": f"Other: {entry.name}"}, command_id=kept.public_id)
    renamed = SavedCommand.objects.filter(pk=kept.pk, name__startswith="Other").exists()
    assert not renamed or sent
    return sent


def planned(yard: Yard, entry: RemoteType) -> bool:
    data = {
        "vehicle": yard.vehicle.public_id,
        "check": "yes",
        "command": command_of(entry),
        "reason": "It was seen in Lyon.",
        **{"canary_size": "0", "canary_share": "80", "pace": "60"},
    }
    before = BulkCommand.objects.filter(user=yard.person).count()
    yard.post("new-bulk", data)
    return BulkCommand.objects.filter(user=yard.person).count() > before


def started(yard: Yard, entry: RemoteType) -> bool:
    bulk = make_bulk(yard.fleet, yard.boss, command_of(entry))
    number = bulk.items.exclude(verdict="skip").count()
    yard.post("start-bulk", {"number": str(number)}, bulk_id=bulk.public_id)
    bulk.refresh_from_db()
    return bulk.started_at is not None


def scheduled(yard: Yard, entry: RemoteType) -> bool:
    """Nor taken over, since it runs in the name of who resumes it."""
    kept = make_schedule(yard.fleet, yard.boss, command_of(entry))
    yard.post("pause-schedule", schedule_id=kept.public_id)
    yard.post("resume-schedule", schedule_id=kept.public_id)
    mine = Schedule.objects.filter(pk=kept.pk, user=yard.person).exists()
    form = {"save": "yes", "name": f"Mine: {entry.name}", "whom": "vehicle", "vehicle": yard.vehicle.vin}
    form |= {"command": command_of(entry), "rhythm": "weekly", "days": "0", "time": "07:30", "missed": "skip"}
    yard.post("new-schedule", form)
    made = Schedule.objects.filter(user=yard.person, name=f"Mine: {entry.name}").exists()
    assert made == mine or entry.dangerous
    return mine


Door = Callable[[Yard, RemoteType], bool]
# Each door, and the right that the table of rights has for it.
DOORS: dict[str, tuple[Door, str]] = {
    "on the page": (on_the_page, "send"),
    "again": (again, "send"),
    "cancelled": (cancelled, "send"),
    "decided": (decided, "send"),
    "planned": (planned, "send-many"),
    "started": (started, "send-many"),
    "scheduled": (scheduled, "change-schedules"),
}
# What has ready-made commands can go through every door.
TYPES = {name: entry for name, entry in REMOTE_TYPES.items() if entry.commands}


@pytest.mark.drawn("doors for types", 14, of="tests")
@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize("door", DOORS)
def test_only_types_of_ones_own_go_through_a_door(name: str, door: str) -> None:
    ask, right = DOORS[door]
    yard = Yard(name)
    sends = yard.member.sends if right in yard.member.rights else frozenset()
    if door == "started" and "look-all" not in yard.member.rights:
        sends = frozenset()
    drawn = some(f"types {name} {door}", TYPES, 3)
    assert {each: ask(yard, TYPES[each]) for each in sorted(drawn)} == {each: each in sends for each in sorted(drawn)}


@pytest.mark.drawn("saved commands for types", 2, of="tests")
@pytest.mark.parametrize("name", SENDERS)
def test_a_saved_command_of_another_type_is_neither_sent_nor_renamed(name: str) -> None:
    yard = Yard(name)
    able = {each: entry for each, entry in TYPES.items() if not entry.dangerous}
    drawn = some(f"saved {name}", able, 3)
    assert {each: saved(yard, able[each]) for each in drawn} == {each: each in yard.member.sends for each in drawn}


@pytest.mark.parametrize("name", SENDERS)
def test_a_page_has_buttons_for_ones_own_types_alone(name: str) -> None:
    yard = Yard(name)
    page = yard.http.get(reverse("vehicle", args=[yard.fleet.public_id, yard.vehicle.public_id])).content.decode()
    shown = {
        entry.name
        for command, (entry, _) in COMMANDS.items()
        if f'value="{command}"' in page or f'id="command-{command}"' in page
    }
    able = {entry.name for entry, _ in COMMANDS.values() if entry.name != "State"}
    assert shown - {"State"} == able & yard.member.sends


def test_somebody_of_another_type_is_told_what_they_may_not() -> None:
    yard = Yard("locks and unlocks")
    answer = yard.http.post(yard.url("send-action"), {"command": "honk"})
    assert answer.status_code == 403
    assert "You may send commands to this fleet, but not this: Horn." in answer.content.decode()
    answer = yard.http.post(yard.url("send-action"), {"command": "honk"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#news")
    assert "but not this: Horn." in answer.content.decode()
    assert RemoteAction.objects.count() == 0
