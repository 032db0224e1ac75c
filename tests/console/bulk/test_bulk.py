"""The pages of bulk commands: choosing, checking, starting, watching, stopping, trying again, and the result."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaigns import saved_commands
from campaigns.bulk.planning import WORTH
from campaigns.bulk.rules import Care
from console.bulk.listing import LIST_SIZE, PAGE_SIZE
from fleets.models import Membership, Vehicle
from fleets.narrowing import narrow
from remotes.asking import kill_switch
from remotes.models import BulkCommand, FleetRules, RemoteAction
from remotes.models.action import OPEN_STATES
from tests.campaigns.bulk_world import AT_ONCE, begin, end_actions, make_bulk, make_vehicles, remote_of, step
from tests.console.conftest import World
from tests.console.forms.given import HTMX, error_of
from tests.world import make_action, make_event, make_vehicle

CARE = {"canary_size": "5", "canary_share": "80", "pace": "60", "abort_share": "25", "life": "", "reason": ""}
PARTS = ("", "/news", "/live", "/result.csv")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def url_of(bulk: BulkCommand, part: str = "") -> str:
    return f"/fleets/{bulk.fleet.public_id}/bulk/{bulk.public_id}{part}"


def new_url(world: World) -> str:
    return f"/fleets/{world.lyon.public_id}/bulk/new"


def check(client: Client, world: World, **values: Any) -> Any:
    """Press "Check the vehicles" with the van chosen, unless told otherwise."""
    given = {"vehicle": world.van.public_id, "command": "honk", "check": "yes", **CARE, **values}
    return client.post(new_url(world), given)


@pytest.fixture
def bulk(world: World) -> BulkCommand:
    """Started, for the van and three cars that were asked."""
    make_vehicles(world.lyon, 3)
    made = make_bulk(world.lyon, world.camille, care=AT_ONCE)
    begin(made, world.camille)
    step(made)
    return made


def test_from_the_choice_to_the_result(camille: Client, world: World):
    make_vehicles(world.lyon, 2)
    chosen = [vehicle.public_id for vehicle in world.lyon.vehicles.all()]
    form = text_of(camille.post(new_url(world), {"vehicle": chosen}))
    assert "One command for 3 vehicles" in form
    assert f'type="hidden" name="vehicle" value="{" ".join(chosen)}"' in form
    checked = check(camille, world, vehicle=chosen, canary_size="1", pace="6000")
    made = BulkCommand.objects.get()
    assert (checked.status_code, checked.headers["Location"]) == (303, url_of(made))
    preflight = text_of(camille.get(url_of(made)))
    assert "Honk: 3 vehicles" in preflight
    assert "3 vehicles may be asleep" in preflight
    assert "Send to 3 vehicles" in preflight
    assert not RemoteAction.objects.exists()
    camille.post(url_of(made, "/start"))
    step(made)
    end_actions(made, "Success")
    step(made)
    end_actions(made, "Failed", "AlreadyDone")
    step(made)
    result = text_of(camille.get(url_of(made)))
    assert "3 of 3 have ended" in result
    assert "Try 1 failed one again…" in result
    assert 'name="which" value="unsent"' not in result


def test_all_that_match_a_view_are_taken(camille: Client, world: World):
    make_vehicles(world.lyon, 3)
    make_vehicle(world.paris, "Car 1")
    check(camille, world, all="yes", view="q=car")
    labels = BulkCommand.objects.get().items.values_list("vehicle__label", flat=True)
    assert sorted(labels) == ["Car 1", "Car 2", "Car 3"]


@pytest.mark.parametrize("view", ["q=%00", "q=" + "a" * 101])
def test_a_view_that_can_not_be_read_is_nobody_and_says_so(camille: Client, world: World, view: str):
    for response in (
        camille.get(new_url(world), {"all": "yes", "view": view}, follow=True),
        camille.post(new_url(world), {"all": "yes", "view": view, "check": "yes"}, follow=True),
    ):
        assert response.redirect_chain[-1][0] == f"/fleets/{world.lyon.public_id}"
        assert "so no vehicle is meant. Choose vehicles again." in text_of(response)
    assert not BulkCommand.objects.exists()


def test_vehicles_of_other_fleets_are_left_out(camille: Client, world: World):
    check(camille, world, vehicle=[world.van.public_id, world.rental.public_id])
    assert [item.vehicle for item in BulkCommand.objects.get().items.all()] == [world.van]


def test_without_vehicles_one_is_sent_back_to_choose(camille: Client, world: World):
    response = camille.post(new_url(world), {"view": "q="}, follow=True)
    assert response.redirect_chain[-1][0] == f"/fleets/{world.lyon.public_id}"
    assert "Choose vehicles first." in text_of(response)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("command", "", "Choose a command."),
        ("command", "fly", "Choose a command."),
        ("pace", "0", "1 at the least."),
        ("pace", "many", "Enter a whole number."),
        ("canary_share", "101", "100 at the most."),
        ("abort_share", "-1", "1 at the least."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(camille: Client, world: World, field: str, value: str, words: str):
    response = check(camille, world, **{field: value})
    assert response.status_code == 422
    assert words in text_of(response)
    if field != "command":
        assert error_of(response, field) == words
    assert not BulkCommand.objects.exists()


def test_a_dangerous_command_asks_why_and_to_type_the_number(camille: Client, world: World):
    unexplained = check(camille, world, command="immobilise")
    assert "Say why: it is kept in the history of each vehicle." in text_of(unexplained)
    check(camille, world, command="immobilise", reason="Recall")
    made = BulkCommand.objects.get()
    preflight = text_of(camille.get(url_of(made)))
    assert "The vehicle will not start again until the immobiliser is released." in preflight
    assert "Type 1, the number of vehicles, to confirm" in preflight
    refused: Any = camille.post(url_of(made, "/start"), {"number": "2"})
    assert (refused.status_code, error_of(refused, "number")) == (422, "Type the number of vehicles.")
    made.refresh_from_db()
    assert made.state == "preflight"
    camille.post(url_of(made, "/start"), {"number": "1"})
    made.refresh_from_db()
    assert (made.state, made.reason) == ("canary", "Recall")


@pytest.mark.parametrize(
    ("kind", "fields", "payload"),
    [
        ("Horn", {"way": "sound", "number": "3"}, {"state": "Activated", "number": 3}),
        ("Charging", {"way": "preferences", "type": "Full"}, {"preferences": {"type": "Full"}}),
        (
            "Navigation",
            {"pasted": "45.76, 4.83"},
            {"positions": [{"type": "Point", "coordinates": [4.83, 45.76]}]},
        ),
        ("WakeUp", {}, {"action": "WakeUp"}),
    ],
)
def test_a_command_with_options_is_sent_to_all(
    camille: Client, world: World, kind: str, fields: dict[str, str], payload: Any
):
    form = text_of(camille.post(new_url(world), {"vehicle": world.van.public_id, "kind": kind, **CARE, "pace": "7"}))
    assert f'type="hidden" name="kind" value="{kind}"' in form
    assert 'value="7"' in form
    check(camille, world, kind=kind, **fields)
    made = BulkCommand.objects.get()
    assert (made.remote_type, made.payload) == (kind, payload)


def test_a_saved_command_is_sent_to_all(camille: Client, world: World):
    saved = saved_commands.save(world.lyon, "Find it", remote_of("honk"), world.camille)
    others = saved_commands.save(world.paris, "Elsewhere", remote_of("honk"), world.camille)
    form = text_of(camille.post(new_url(world), {"vehicle": world.van.public_id}))
    assert f'value="saved-{saved.public_id}"' in form
    assert "Elsewhere" not in form
    check(camille, world, command=f"saved-{saved.public_id}")
    made = BulkCommand.objects.get()
    assert (made.remote_type, made.payload) == (saved.remote_type, saved.payload)
    assert "Choose a command." in text_of(check(camille, world, command=f"saved-{others.public_id}"))


def test_wrong_options_are_told(camille: Client, world: World):
    response = check(camille, world, kind="Horn", way="sound", number="many")
    assert response.status_code == 422
    assert error_of(response, "number")
    assert not BulkCommand.objects.exists()


def test_a_program_shows_what_it_would_change(camille: Client, world: World):
    fields = {
        "vehicle": world.van.public_id,
        "kind": "Preconditioning",
        "way": "programs",
        "slot1-action": "Set",
        "slot1-days": "Mon",
        "slot1-start": "07:30",
        "draft": "yes",
    }
    page = text_of(camille.post(new_url(world), fields))
    assert "Each vehicle keeps what it has stored" in page
    assert f'hx-post="{new_url(world)}?type=Preconditioning"' in page
    changes = camille.post(new_url(world), fields, headers={**HTMX, "HX-Target": "changes"})
    assert text_of(changes).startswith("<h2>What changes</h2>")
    assert "07:30" in text_of(changes)


def test_the_check_says_why_a_vehicle_is_skipped_and_what_waking_costs(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=20, wake_reserve=5, approval_types=["Horn"])
    gone, awake = make_vehicle(world.lyon, "Gone", gone_at=timezone.now()), make_vehicle(world.lyon, "Awake")
    make_event(make_action(awake, "lock", state="done", status="Success"), "Success")
    kill_switch.stop(world.lyon, world.camille, "Inspection")
    made = make_bulk(world.lyon, world.camille)
    page = text_of(camille.get(url_of(made)))
    assert "2 vehicles will be sent the command." in page
    assert "1 vehicle may be asleep" in page
    assert "The one with the fewest has 20 left." in page
    assert "1 vehicle will be skipped" in page
    assert "Another manager must approve each of them" in page
    assert "Sending is stopped for this fleet: Inspection" in page
    skipped = text_of(camille.get(url_of(made, "?only=skip")))
    assert "Gone is gone: the manufacturer&#x27;s cloud no longer lists it" in skipped
    assert f"/vehicles/{gone.public_id}" in skipped
    assert f"/vehicles/{awake.public_id}" not in skipped


def test_a_check_of_long_ago_must_be_made_again(camille: Client, world: World):
    made = make_bulk(world.lyon, world.camille)
    BulkCommand.objects.update(checked_at=timezone.now() - WORTH - timedelta(seconds=1))
    assert "Check them again, then start." in text_of(camille.get(url_of(made)))
    started = camille.post(url_of(made, "/start"), follow=True)
    assert "Check them again, then start." in text_of(started)
    camille.post(url_of(made, "/check"))
    camille.post(url_of(made, "/start"))
    made.refresh_from_db()
    assert made.state == "running"


def test_a_check_that_finds_nobody_can_not_be_started(camille: Client, world: World):
    Vehicle.objects.update(gone_at=timezone.now())
    made = make_bulk(world.lyon, world.camille)
    assert "There is no vehicle that it could be sent to." in text_of(camille.get(url_of(made)))
    camille.post(url_of(made, "/start"))
    made.refresh_from_db()
    assert made.state == "preflight"


def test_what_was_not_sent_has_not_ended(camille: Client, world: World, bulk: BulkCommand):
    end_actions(bulk, "Success", "Success")
    step(bulk)
    bulk.items.filter(state="asked").update(state="cancelled")
    page = text_of(camille.get(url_of(bulk)))
    assert "2 of 4 have ended , 2 not sent" in page or "2 of 4 have ended, 2 not sent" in page
    assert 'aria-valuenow="2"' in page


def test_starting_twice_starts_once(camille: Client, world: World):
    made = make_bulk(world.lyon, world.camille)
    for _ in range(2):
        assert camille.post(url_of(made, "/start")).headers["Location"] == url_of(made)
    assert step(made) == {"asked": 1}


def test_the_page_shows_how_each_vehicle_stands(camille: Client, world: World, bulk: BulkCommand):
    end_actions(bulk, "Success")
    end_actions(bulk, "Failed", failure_cause="VehicleInUse")
    step(bulk)
    page = text_of(camille.get(url_of(bulk)))
    assert "2 of 4 have ended" in page
    assert 'aria-valuemax="4" aria-valuenow="2"' in page
    assert "Someone was using the vehicle." in page
    action = bulk.items.order_by("place")[0].action
    assert action is not None
    assert f'/vehicles/{world.van.public_id}/actions/{action.public_id}#action-{action.public_id}"' in page
    failed = text_of(camille.get(url_of(bulk, "?only=failed")))
    assert failed.count("<tr data-state") == 1
    assert 'id="tally-failed" aria-current="true"' in failed


def test_the_news_are_a_part_of_the_page(camille: Client, bulk: BulkCommand):
    news = text_of(camille.get(url_of(bulk, "/news?only=asked"), headers=HTMX))
    assert news.startswith(f'<div id="news" class="bulk-news" data-url="{url_of(bulk, "/news")}?only=asked"')
    assert "<html" not in news
    assert 'data-announce="Honk: Running"' in news


def test_stop_and_then_send_to_those_left(camille: Client, world: World):
    make_vehicles(world.lyon, 9)
    made = make_bulk(world.lyon, world.camille, care=Care(60))
    begin(made, world.camille)
    step(made)
    assert ">Stop</button>" in text_of(camille.get(url_of(made)))
    camille.post(url_of(made, "/stop"))
    step(made)
    page = text_of(camille.get(url_of(made)))
    assert "camille stopped it." in page
    assert ">Stop</button>" not in page
    assert "Send to the 10 left…" in page
    response = camille.post(url_of(made, "/again"), {"which": "unsent"})
    again = BulkCommand.objects.get(retry_of=made)
    assert response.headers["Location"] == url_of(again)
    assert again.items.count() == 10
    # Too late, or nothing of the kind: told, and nothing is made.
    nothing = camille.post(url_of(made, "/again"), {"which": "failed"}, follow=True)
    assert "There is no vehicle to try it again with." in text_of(nothing)


def test_why_it_ended_early_is_said(camille: Client, world: World):
    make_vehicles(world.lyon, 9)
    made = make_bulk(world.lyon, world.camille, care=Care(6000, canary_size=2, canary_share=80))
    begin(made, world.camille)
    step(made)
    end_actions(made, "Failed", "Success")
    step(made)
    words = "1 of the first 2 vehicles succeeded, and 80 % of them were to. The others were not asked."
    assert words in text_of(camille.get(url_of(made)))
    assert words in text_of(camille.get(f"/fleets/{world.lyon.public_id}/bulk"))


def test_where_there_are_no_others_nobody_is_tried_before_them(camille: Client, world: World):
    make_vehicles(world.lyon, 1)
    made = make_bulk(world.lyon, world.camille, care=Care(6000, canary_size=5, canary_share=80))
    words = "tried before the others"
    assert words not in text_of(camille.get(url_of(made)))
    begin(made, world.camille)
    step(made)
    RemoteAction.objects.update(created_at=timezone.now() - timedelta(minutes=20))
    page = text_of(camille.get(url_of(made)))
    assert BulkCommand.objects.get().state == "canary"
    assert words not in page
    assert "the others waiting" not in page
    make_vehicles(world.lyon, 9)
    assert words in text_of(camille.get(url_of(make_bulk(world.lyon, world.camille, care=Care(6000, canary_size=5)))))


def test_a_silent_one_of_the_first_is_marked_and_what_it_does_is_said(camille: Client, world: World):
    make_vehicles(world.lyon, 9)
    made = make_bulk(world.lyon, world.camille, care=Care(6000, canary_size=3, canary_share=100))
    begin(made, world.camille)
    step(made)
    end_actions(made, "Success", "Success")
    step(made)
    words = "Of the first 3 vehicles: 2 succeeded, 0 failed, 1 without an outcome yet."
    page = text_of(camille.get(url_of(made)))
    assert words in page
    assert "silent" not in page
    long_ago = timezone.now() - timedelta(minutes=20)
    RemoteAction.objects.filter(state__in=OPEN_STATES).update(created_at=long_ago)
    step(made)
    answer = camille.get(url_of(made))
    assert f"{words} 1 is silent for longer than this takes." in text_of(answer)
    assert 'data-shown-from="' in answer.text
    # It keeps the others waiting, and counts neither way.
    assert (made.items.filter(state="waiting").count(), BulkCommand.objects.get(pk=made.pk).state) == (7, "canary")
    # Who does not see it any more, but another one that is under way, is not told of it.
    asked = made.items.filter(state="asked").get()
    other = made.items.filter(state="waiting").order_by("place")[0]
    other.state, other.action, other.asked_at = "asked", make_action(other.vehicle), timezone.now()
    other.save()
    narrow(Membership.objects.get(user=world.camille), vehicles=[other.vehicle_id])
    page = text_of(camille.get(url_of(made)))
    assert other.vehicle.label in page
    assert asked.vehicle.vin not in page
    assert "silent" not in page


def test_the_result_as_csv(camille: Client, world: World, bulk: BulkCommand):
    Vehicle.objects.filter(label="Car 1").update(label="=1+1")
    end_actions(bulk, "Success")
    end_actions(bulk, "Failed", failure_cause="VehicleInUse")
    step(bulk)
    response = camille.get(url_of(bulk, "/result.csv"))
    assert response.streaming
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == 4
    assert [row["Outcome"] for row in rows][:2] == ["Succeeded", "Failed"]
    assert rows[0]["VIN"] == world.van.vin
    assert rows[0]["Ended at (UTC)"]
    assert (rows[1]["Vehicle"], rows[1]["Cause"]) == ("'=1+1", "VehicleInUse")
    assert rows[1]["What happened"] == "Someone was using the vehicle."


def test_viewers_have_nothing_to_press(viktor: Client, world: World, bulk: BulkCommand):
    page = text_of(viktor.get(url_of(bulk)))
    assert "0 of 4 have ended" in page
    assert '<button class="button danger' not in page
    waiting = make_bulk(world.lyon, world.camille, "lock")
    assert "You may look at this bulk command but not start it." in text_of(viktor.get(url_of(waiting)))


def test_an_empty_list_says_how_to_begin(camille: Client, viktor: Client, world: World):
    url = f"/fleets/{world.lyon.public_id}/bulk"
    make_bulk(world.lyon, world.camille)
    assert "Choose several vehicles in the list" in text_of(camille.get(url))
    assert "What is sent to many vehicles at once shows here." in text_of(viktor.get(url))


def test_pages_follow_each_other_without_gap(camille: Client, world: World):
    make_vehicles(world.lyon, PAGE_SIZE + 1)
    made = make_bulk(world.lyon, world.camille)
    first = text_of(camille.get(url_of(made)))
    assert first.count("<tr data-state") == PAGE_SIZE
    assert f"after={PAGE_SIZE - 1}" in first
    second = text_of(camille.get(url_of(made, f"?after={PAGE_SIZE - 1}")))
    assert second.count("<tr data-state") == 2
    assert "More vehicles" not in second
    assert text_of(camille.get(url_of(made, "?after=x&only=all"))).count("<tr data-state") == PAGE_SIZE


def test_the_list_of_bulk_commands_has_pages(camille: Client, world: World):
    for _ in range(LIST_SIZE + 1):
        begin(make_bulk(world.lyon, world.camille), world.camille)
    url = f"/fleets/{world.lyon.public_id}/bulk"
    page = text_of(camille.get(url))
    assert page.count('class="stretched"') == LIST_SIZE
    older = re.search(r"\?before=\d+", page)
    assert older
    assert text_of(camille.get(url + older.group())).count('class="stretched"') == 1


@pytest.mark.parametrize("part", ["", "/news"])
def test_a_page_of_many_vehicles_takes_few_queries(
    camille: Client, world: World, part: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=20)
    make_vehicles(world.lyon, PAGE_SIZE + 10)
    made = make_bulk(world.lyon, world.camille, care=AT_ONCE)
    if not part:
        with django_assert_max_num_queries(12):
            assert len(camille.get(url_of(made)).content) < 100_000
    begin(made, world.camille)
    step(made)
    with django_assert_max_num_queries(12):
        assert len(camille.get(url_of(made, part)).content) < 100_000
    with django_assert_max_num_queries(12):
        camille.get(f"/fleets/{world.lyon.public_id}/bulk")
    with django_assert_max_num_queries(12):
        form = camille.post(new_url(world), {"all": "yes", "kind": "Preconditioning"})
        assert len(form.content) < 100_000
