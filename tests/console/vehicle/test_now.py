"""The first tab of a vehicle's page: commands beside the state that they change, and what was pressed last."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.vehicle.now.result import RECENT
from console.vehicle.now.usual import Facts, Weight, in_front, weight_in_menu
from fleets.models import Membership, Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.models import RemoteAction, Schedule
from tests.console.conftest import World
from tests.console.forms.given import HTMX
from tests.world import make_action, make_event

LOCKED = {"doorsState": {"lockedStates": ["Locked"]}}


@pytest.mark.parametrize(
    ("name", "facts", "front"),
    [
        ("Locking", Facts(locked=True), {"unlock": Weight.PLAIN}),
        ("Locking", Facts(locked=False), {"lock": Weight.USUAL}),
        ("Locking", Facts(), {"unlock": Weight.PLAIN, "lock": Weight.USUAL}),
        ("Preconditioning", Facts(runs_climate=True), {"stop-climate": Weight.USUAL}),
        ("Preconditioning", Facts(), {"start-climate": Weight.USUAL}),
        ("Charging", Facts(charging=True, plugged=True), {"stop-charging": Weight.USUAL}),
        ("Charging", Facts(plugged=True), {"start-charging": Weight.USUAL}),
        ("Charging", Facts(plugged=False), {"start-charging": Weight.PLAIN}),
        ("Immobilization", Facts(), {}),
        ("Immobilization", Facts(immobilised=True), {"release": Weight.PLAIN}),
        ("Stolen", Facts(stolen=True), {"clear-stolen": Weight.PLAIN}),
        ("OnboardPersonalData", Facts(immobilised=True, stolen=True), {}),
    ],
)
def test_the_state_says_which_command_is_the_usual_one(name: str, facts: Facts, front: dict[str, Weight]) -> None:
    assert in_front(REMOTE_TYPES[name], facts) == front


def test_what_does_harm_is_red_and_what_takes_it_back_is_not() -> None:
    types = REMOTE_TYPES.values()
    red = {c.name for entry in types for c in entry.commands if weight_in_menu(entry, c) == Weight.DANGER}
    assert red == {"immobilise", "mark-stolen", "wipe-personal-data"}


def page_of(client: Client, world: World, part: str = "") -> str:
    return client.get(world.page_of(world.van, part)).content.decode()


def row_of(page: str, key: str) -> str:
    return page.partition(f'id="board-{key}"')[2].partition('class="board-row"')[0]


def test_a_row_has_its_state_and_in_front_the_usual_command(camille: Client, world: World) -> None:
    Vehicle.objects.update(state=LOCKED)
    row = row_of(page_of(camille, world), "doors")
    assert "<dd>Locked</dd>" in row
    assert row.index('id="command-unlock"') < row.index("<details") < row.index('id="command-lock"')
    release = page_of(camille, world, "/actions?command=release")
    assert 'class="button primary" type="submit" id="question-answer"' in release
    immobilise = page_of(camille, world, "/actions?command=immobilise")
    assert 'class="button danger solid" type="submit" id="question-answer"' in immobilise


def test_each_command_stands_there_once(camille: Client, world: World) -> None:
    found = re.findall(r'id="(command-[a-z-]+|form-\w+)"', page_of(camille, world))
    assert sorted(found) == sorted(set(found))
    commands = {c.name for entry in REMOTE_TYPES.values() for c in entry.commands} - {"refresh"}
    assert commands <= {name.removeprefix("command-") for name in found}


def quick(page: str) -> list[str]:
    return re.findall(r'id="quick-([a-z-]+)"', page)


def test_at_the_thumb_lie_the_three_that_were_used_most(camille: Client, world: World) -> None:
    Vehicle.objects.update(state=LOCKED)
    assert quick(page_of(camille, world)) == ["unlock", "find", "lights-on"]
    for _ in range(3):
        make_action(world.van, "honk", state="done", status="Success")
    for _ in range(2):
        make_action(world.van, "start-climate", state="done", status="Success")
    assert quick(page_of(camille, world)) == ["honk", "start-climate", "unlock"]
    RemoteAction.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert quick(page_of(camille, world)) == ["unlock", "find", "lights-on"]


def test_what_may_wake_it_up_says_so_on_the_button(camille: Client, world: World) -> None:
    page = page_of(camille, world)
    assert 'id="wakes"' in page
    assert re.search(r'id="command-honk" aria-describedby="wakes"', page)
    make_event(make_action(world.van, state="done", status="Success", accepted_at=timezone.now()), "Success")
    page = page_of(camille, world)
    assert 'id="wakes"' not in page
    assert 'aria-describedby="wakes"' not in page


TABS = ("", "/history", "/history?outcome=failed", "/programs", "/schedules", "/record", "/news?tab=record")


def test_what_was_pressed_is_told_on_each_tab_until_it_is_read(camille: Client, viktor: Client, world: World) -> None:
    given: dict[str, Any] = {"state": "done", "status": "Failed", "failure_cause": "DoorsOpen"}
    action = make_action(world.van, "lock", user=world.camille, **given)
    make_action(world.van, "honk", state="done", status="Success")
    for tab in TABS:
        dock = page_of(camille, world, tab).partition('id="dock"')[2]
        assert f'id="result-{action.public_id}"' in dock, tab
        assert "A door was open." in dock
        assert "Close it, then try again." in dock
        assert f"/actions/{action.public_id}#action-" in dock
        assert 'id="result-' not in page_of(viktor, world, tab.replace("/schedules", "")), "it is another's"
    assert 'id="result-' not in page_of(camille, world, f"/actions/{action.public_id}")
    for tab in TABS:
        assert 'id="result-' not in page_of(camille, world, tab)


def test_it_is_put_away_and_its_end_is_told_again(camille: Client, world: World) -> None:
    action = make_action(world.van, "lock", user=world.camille)
    url = world.page_of(world.van, f"/actions/{action.public_id}/read")
    assert camille.post(url).status_code == 303
    assert 'id="result-' not in page_of(camille, world)
    ended = {"state": "done", "status": "Success", "finished_at": timezone.now(), "upstream_id": "u"}
    RemoteAction.objects.filter(pk=action.pk).update(**ended)
    assert 'id="result-' in page_of(camille, world)
    assert 'id="result-' not in camille.post(url, headers=HTMX).content.decode()
    other = make_action(world.van, "honk", user=world.camille, state="done", status="Success")
    RemoteAction.objects.filter(pk=other.pk).update(finished_at=timezone.now() - RECENT)
    assert 'id="result-' not in page_of(camille, world)


def test_after_something_is_pressed_the_tab_is_the_same(camille: Client, world: World) -> None:
    action = make_action(world.van, "lock", user=world.camille)
    for tab in ("history", "programs", "schedules", "record"):
        headers = {**HTMX, "HX-Current-URL": f"http://testserver{world.page_of(world.van, f'/{tab}?x=1')}"}
        answer = camille.post(world.page_of(world.van, f"/actions/{action.public_id}/read"), headers=headers)
        assert f'class="of-{tab}"' in answer.content.decode()
    answer = camille.post(world.page_of(world.van, "/actions"), {"command": "self-destruct"}, headers=headers)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#notice")


def test_each_tab_has_a_title_of_its_own(camille: Client, world: World) -> None:
    pages = [page_of(camille, world, tab) for tab in ("", "/history", "/programs", "/schedules", "/record")]
    titles = [page.partition("<title>")[2].partition("</title>")[0] for page in pages]
    headings = [page.partition("<h1>")[2].partition("</h1>")[0] for page in pages]
    assert len(set(titles)) == len(set(headings)) == 5
    assert all("Van 1" in words for words in (*titles, *headings))
    assert [page.count('aria-current="page">') for page in pages] == [pages[0].count('aria-current="page">')] * 5


def test_the_other_tabs_tell_programs_schedules_and_the_record(camille: Client, viktor: Client, world: World) -> None:
    program = {"slot": 2, "start": "PT7H10M", "enabled": True, "occurence": {"day": ["Mon"]}}
    place = {"geometry": {"type": "Point", "coordinates": [4.83567, 45.764043]}}
    climate = {"airConditioning": {"status": "Disabled", "programs": [program]}}
    Vehicle.objects.filter(pk=world.van.pk).update(state={"preconditioning": climate, "lastPosition": place})
    assert "<dt>Program 2</dt><dd>07:10, Mon</dd>" in page_of(camille, world, "/programs")
    assert 'id="form-Preconditioning"' not in page_of(viktor, world, "/programs")
    assert "No schedule is for this vehicle alone" in page_of(camille, world, "/schedules")
    remote = {"remote_type": "Locking", "payload": {"state": "Locked"}}
    Schedule.objects.create(
        fleet=world.lyon,
        name="Every evening",
        vehicle=world.van,
        state="paused",
        rhythm="weekly",
        days=[1],
        local_time="20:00",
        **remote,
    )
    assert "Every evening" in page_of(camille, world, "/schedules")
    record = page_of(camille, world, "/record")
    assert "45.764043" in record
    assert 'id="audit-title"' in record
    # Who may not see where it is finds the rest.
    Membership.objects.filter(user=world.viktor).update(positions="no")
    record = page_of(viktor, world, "/record")
    assert "45.764043" not in record
    assert "PT7H10M" in record
    assert 'id="audit-title"' not in record
