"""The pages of schedules: made, changed, paused, resumed, ended; what runs next, and what became of each time."""

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from campaigns.saved_commands import save
from campaigns.schedules import changes
from console.schedules.listing import PAGE_SIZE, RUNS_SHOWN
from fleets.models import Membership, SavedView, Vehicle
from remotes.finding.vehicles import VehicleFilter
from remotes.models import FleetRules, RemoteAction, Schedule
from tests.campaigns.bulk_world import make_vehicles, remote_of
from tests.campaigns.schedule_world import Clock, clock_at, live_in, make_schedule
from tests.console.conftest import World
from tests.console.forms.given import HTMX, Page, error_of
from tests.world import make_person, make_vehicle

WEEKLY = {
    "name": "Morning",
    "whom": "all",
    "command": "start-climate",
    "rhythm": "weekly",
    "days": ["0", "1", "2", "3", "4"],
    "time": "07:30",
    "missed": "skip",
    "save": "yes",
}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def list_url(world: World, part: str = "") -> str:
    return f"/fleets/{world.lyon.public_id}/schedules{part}"


def url_of(schedule: Schedule, part: str = "") -> str:
    return f"/fleets/{schedule.fleet.public_id}/schedules/{schedule.public_id}{part}"


def make(client: Client, world: World, **values: Any) -> Any:
    """Fill in the form and press "Save"; a field that is None is left out."""
    given = {name: value for name, value in {**WEEKLY, **values}.items() if value is not None}
    return client.post(list_url(world, "/new"), given)


@pytest.fixture(autouse=True)
def long_sessions(settings: Settings) -> None:
    """Clocks go on for months here."""
    settings.SESSION_COOKIE_AGE = 400 * 24 * 3600


@pytest.fixture
def clock(world: World) -> Iterator[Clock]:
    """A Monday in winter, 07:00 in Paris, by whose clocks Lyon lives."""
    live_in(world.lyon, "Europe/Paris")
    with clock_at(2027, 1, 4, 6, 0) as clock:
        yield clock


def test_from_the_form_to_the_first_run(camille: Client, world: World, clock: Clock):
    form = text_of(camille.get(f"{list_url(world, '/new')}?vehicle={world.van.public_id}"))
    assert f'value="{world.van.vin}"' in form
    assert "Times are those of Europe/Paris" in form
    made = make(camille, world, whom="vehicle", vehicle="ab-123-cd", reason="Cold seats", ends_on="2027-01-05")
    schedule = Schedule.objects.get()
    assert (made.status_code, made.headers["Location"]) == (303, url_of(schedule))
    assert (schedule.vehicle, schedule.user, schedule.days) == (world.van, world.camille, [0, 1, 2, 3, 4])
    page = text_of(camille.get(url_of(schedule)))
    assert "Monday to Friday at 07:30, until Tue 5 Jan 2027" in page
    assert page.count("<li><time") == 2
    assert '<time datetime="2027-01-04T06:30:00+00:00">Mon 4 Jan 2027, 07:30</time>' in page
    assert "It has not run yet" in page
    clock.sweep(2027, 1, 4, 6, 30, 4)
    action = RemoteAction.objects.get()
    page = text_of(camille.get(url_of(schedule)))
    assert f"/vehicles/{world.van.public_id}/actions/{action.public_id}#action-{action.public_id}" in page
    assert ">Sent</span>" in page
    assert ">Queued</span>" in page
    history = text_of(camille.get(world.page_of(world.van)))
    assert "Why: “Schedule: Morning. Cold seats”" in history
    assert "by a schedule" in history
    clock.sweep(2027, 1, 5, 6, 30, 4)
    ended = text_of(camille.get(list_url(world, "?state=ended")))
    assert "Morning" in ended
    assert "Morning" not in text_of(camille.get(list_url(world)))


def test_a_change_of_the_clocks_is_told_before_and_after(camille: Client, world: World, clock: Clock):
    make(camille, world, days=["6"], time="02:30", starts_on="2027-03-21")
    schedule = Schedule.objects.get()
    page = text_of(camille.get(url_of(schedule)))
    assert re.findall(r"<time[^>]*>(\w{3} \d+ \w{3} 2027, [\d:]+)</time>", page) == [
        "Sun 21 Mar 2027, 02:30",
        "Sun 28 Mar 2027, 03:00",
        "Sun 4 Apr 2027, 02:30",
        "Sun 11 Apr 2027, 02:30",
        "Sun 18 Apr 2027, 02:30",
    ]
    assert page.count("Clocks skip 02:30 on that day") == 1
    clock.sweep(2027, 3, 21, 1, 30)
    clock.sweep(2027, 3, 28, 1, 0)
    page = text_of(camille.get(url_of(schedule)))
    assert "Sun 28 Mar 2027, 03:00" in page
    assert "instead of 02:30, which clocks skipped" in page


@pytest.mark.parametrize(
    ("missed", "state", "words"),
    [
        ("skip", "Missed", "the schedule says to leave it out then."),
        ("send", "Sent late", "so it was sent late, as the schedule says."),
    ],
)
def test_what_was_missed_is_said(camille: Client, world: World, clock: Clock, missed: str, state: str, words: str):
    make(camille, world, missed=missed)
    clock.sweep(2027, 1, 4, 9, 0)
    page = text_of(camille.get(url_of(Schedule.objects.get())))
    assert f">{state}</span>" in page
    assert words in page
    assert f">{state}</span>" in text_of(camille.get(list_url(world)))


def test_many_vehicles_lead_to_their_bulk_command(camille: Client, world: World, clock: Clock):
    make_vehicle(world.lyon, "Old", capabilities=["Horn"])
    make(camille, world)
    clock.sweep(2027, 1, 4, 6, 30)
    run = Schedule.objects.get().runs.get()
    assert run.bulk is not None
    page = text_of(camille.get(url_of(run.schedule)))
    assert f"/bulk/{run.bulk.public_id}" in page
    assert "1 vehicle was asked." in page
    assert "1 vehicle was left out; the bulk command says why." in page


def test_a_view_that_can_not_be_read_any_more_is_not_taken(camille: Client, world: World, clock: Clock):
    view = SavedView.objects.create(fleet=world.lyon, owner=world.camille, name="Old", query="energy=Steam")
    refused = make(camille, world, whom="view", saved_view=view.public_id)
    assert error_of(refused, "saved_view") == "This view can't be read any more: open it, and save it again."
    assert not Schedule.objects.exists()


def test_a_filter_that_is_not_understood_is_told_and_can_be_changed(camille: Client, world: World, clock: Clock):
    schedule = make_schedule(world.lyon, world.camille, filter={"version": 0, "query": "colour=red"})
    clock.sweep(2027, 1, 4, 6, 30)
    page = text_of(camille.get(url_of(schedule)))
    assert "so it was sent to none. Change the schedule and choose them again." in page
    form = text_of(camille.get(url_of(schedule, "/edit")))
    assert "Vehicles that a view shows" in form
    camille.post(url_of(schedule, "/edit"), {**WEEKLY, "whom": "all", "command": "keep", "name": "All"})
    schedule.refresh_from_db()
    assert schedule.filter == {"version": 1}


def test_for_whom_it_can_be(camille: Client, world: World, clock: Clock):
    view = SavedView.objects.create(fleet=world.lyon, owner=world.camille, name="Vans", query="q=van&energy=Electric")
    hidden = SavedView.objects.create(fleet=world.lyon, owner=world.viktor, name="Mine", query="q=van")
    make(camille, world, whom="search", search="e-Expert & co")
    make(camille, world, whom="view", saved_view=view.public_id)
    found = [(row.filter, row.view_name) for row in Schedule.objects.order_by("pk")]
    vans = {"version": 1, "search": "van", "energy": "Electric"}
    assert found == [({"version": 1, "search": "e-Expert & co"}, ""), (vans, "Vans")]
    page = text_of(camille.get(list_url(world)))
    assert "Vehicles that match “e-Expert &amp; co”" in page
    assert "Vehicles of the view “Vans”" in page
    refused = make(camille, world, whom="view", saved_view=hidden.public_id)
    assert error_of(refused, "saved_view") == "Choose a view."
    # The view may go: the schedule has kept it.
    view.delete()
    schedule = Schedule.objects.get(view_name="Vans")
    form = text_of(camille.get(url_of(schedule, "/edit")))
    assert "Vehicles of the view “Vans”" in form
    camille.post(url_of(schedule, "/edit"), {**WEEKLY, "whom": "keep", "command": "keep", "name": "Vans"})
    schedule.refresh_from_db()
    assert (schedule.name, schedule.filter, schedule.view_name) == ("Vans", vans, "Vans")


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": ""}, "name", "Give it a name."),
        ({"name": "a" * 61}, "name", "At most 60 characters."),
        ({"whom": "vehicle", "vehicle": "Rental 1"}, "vehicle", "No vehicle of this fleet has this VIN"),
        ({"whom": "vehicle", "vehicle": "Twin"}, "vehicle", "Several vehicles are called so: give the VIN."),
        ({"whom": "vehicle", "vehicle": "Dépôt 7"}, "vehicle", "Several vehicles are called so: give the VIN."),
        ({"whom": "search", "search": " "}, "search", "Say what to search for."),
        ({"time": ""}, "time", "Enter a time of day."),
        ({"time": "25:00"}, "time", "Enter a time of day, such as 07:30."),
        ({"ends_on": "2027-01-03"}, "ends_on", "None of the days is left until then."),
        ({"ends_on": "soon"}, "ends_on", "Enter a day, such as 2027-03-28."),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-31"}, "ends_on", "The last day is before the first one."),
        ({"starts_on": "9999-12-31"}, "starts_on", "Enter a day within the next ten years."),
        ({"rhythm": "once", "date": "2027-01-03"}, "date", "This time is past."),
        ({"rhythm": "once", "date": "2027-01-04", "time": "06:59"}, "date", "This time is past."),
        ({"rhythm": "once"}, "date", "Enter a day."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    camille: Client, world: World, clock: Clock, values: dict[str, Any], field: str, words: str
):
    for label in ("Twin", "twin", "Dépôt 7", "De\u0301po\u0302t 7"):
        make_vehicle(world.lyon, label)
    response = make(camille, world, **values)
    assert response.status_code == 422
    assert error_of(response, field).startswith(words)
    assert "Nothing was saved yet." in text_of(response)
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"whom": None}, "Choose for whom it is."),
        ({"whom": "everybody"}, "Choose for whom it is."),
        ({"command": None}, "Choose a command."),
        ({"command": "immobilise"}, "Choose a command."),
        ({"command": "keep"}, "Choose a command."),
        ({"rhythm": "yearly"}, "Choose how often."),
        ({"days": None}, "Choose days of the week."),
        ({"days": ["7"]}, "Choose days of the week."),
        ({"missed": ""}, "Choose what becomes of it."),
    ],
)
def test_what_was_not_chosen_is_told(camille: Client, world: World, clock: Clock, values: dict[str, Any], words: str):
    response = make(camille, world, **values)
    assert response.status_code == 422
    assert f">{words}</p>" in text_of(response)
    assert not Schedule.objects.exists()


def test_a_vehicle_that_can_not_do_it_is_refused(camille: Client, world: World, clock: Clock):
    Vehicle.objects.update(capabilities=["Horn"])
    response = make(camille, world, whom="vehicle", vehicle="Van 1")
    assert "Van 1 can&#x27;t do this: Cabin climate." in text_of(response)
    assert not Schedule.objects.exists()


def test_dangerous_commands_are_not_offered_and_the_page_says_why(camille: Client, world: World, clock: Clock):
    form = text_of(camille.get(list_url(world, "/new")))
    assert 'value="immobilise"' not in form
    dangerous = "Immobilise, Stolen vehicle, Theft alarm, Wipe personal data."
    assert f"since they ask a person for a reason each time: {dangerous}" in form
    assert camille.post(list_url(world, "/new"), {**WEEKLY, "kind": "Immobilization"}).status_code == 404
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "payload"),
    [
        ("Horn", {"way": "sound", "number": "3"}, {"state": "Activated", "number": 3}),
        ("Charging", {"way": "preferences", "type": "Full"}, {"preferences": {"type": "Full"}}),
        ("WakeUp", {}, {"action": "WakeUp"}),
    ],
)
def test_a_command_with_options(
    camille: Client, world: World, clock: Clock, kind: str, fields: dict[str, str], payload: Any
):
    filled = {**WEEKLY, "kind": kind}
    del filled["save"], filled["command"]
    form = text_of(camille.post(list_url(world, "/new"), filled))
    assert f'type="hidden" name="kind" value="{kind}"' in form
    assert 'value="Morning"' in form
    make(camille, world, kind=kind, **fields)
    schedule = Schedule.objects.get()
    assert (schedule.remote_type, schedule.payload) == (kind, payload)


def test_wrong_options_and_a_date_that_passes_are_told(camille: Client, world: World, clock: Clock):
    response = make(camille, world, kind="Horn", way="sound", number="many", name="")
    assert error_of(response, "number")
    assert error_of(response, "name")
    response = make(camille, world, kind="Charging", way="later", at="2027-02-01T07:00", zone="UTC")
    assert "This holds a date, which passes." in text_of(response)
    assert not Schedule.objects.exists()


def test_a_program_shows_what_it_would_change(camille: Client, world: World, clock: Clock):
    fields = {
        **WEEKLY,
        "kind": "Preconditioning",
        "way": "programs",
        "slot1-action": "Set",
        "slot1-days": "Mon",
        "slot1-start": "07:30",
        "draft": "yes",
    }
    del fields["save"]
    page = text_of(camille.post(list_url(world, "/new"), fields))
    assert f'hx-post="{list_url(world, "/new")}?type=Preconditioning"' in page
    changes_alone = camille.post(list_url(world, "/new"), fields, headers={**HTMX, "HX-Target": "changes"})
    assert text_of(changes_alone).startswith("<h2>What changes</h2>")


def test_a_saved_command_by_the_clock(camille: Client, world: World, clock: Clock):
    command = save(world.lyon, "Two honks", remote_of("honk"), world.camille)
    other = save(world.paris, "Three honks", remote_of("honk"), world.camille)
    form = text_of(camille.get(list_url(world, "/new")))
    assert "Two honks" in form
    assert "Three honks" not in form
    assert make(camille, world, command=f"saved-{other.public_id}").status_code == 422
    make(camille, world, command=f"saved-{command.public_id}")
    schedule = Schedule.objects.get()
    assert (schedule.saved_command, schedule.payload) == (command, {"state": "Activated"})
    assert "(Two honks)" in text_of(camille.get(url_of(schedule)))
    # It keeps what it sends.
    command.delete()
    assert "Honk" in text_of(camille.get(url_of(schedule)))


def test_a_change_shows_what_is_and_keeps_the_rest(camille: Client, world: World, clock: Clock):
    schedule = make_schedule(
        world.lyon, make_person("diane", world.lyon), vehicle=world.van, starts_on=date(2027, 2, 1), missed="send"
    )
    page = Page(camille.get(url_of(schedule, "/edit")).content)
    assert page.attributes["id_name"]["value"] == "Morning"
    assert page.attributes["id_vehicle"]["value"] == world.van.vin
    assert page.attributes["id_time"]["value"] == "07:30"
    assert page.attributes["id_starts_on"]["value"] == "2027-02-01"
    values = {**WEEKLY, "whom": "vehicle", "vehicle": world.van.vin, "command": "keep", "time": "08:00"}
    changed = camille.post(url_of(schedule, "/edit"), values)
    assert changed.headers["Location"] == url_of(schedule)
    schedule.refresh_from_db()
    assert (schedule.local_time, schedule.payload) == (time(8), {"airConditioning": {"immediate": True}})
    assert schedule.user == world.camille, "it runs in the name of who changed it last"
    assert schedule.next_day == date(2027, 1, 4)


def test_pause_resume_and_end(camille: Client, world: World, clock: Clock):
    schedule = make_schedule(world.lyon, world.camille, local_date=date(2027, 1, 4))
    assert camille.post(url_of(schedule, "/pause")).headers["Location"] == url_of(schedule)
    assert "Morning" in text_of(camille.get(list_url(world, "?state=paused")))
    assert "Next runs" not in text_of(camille.get(url_of(schedule)))
    clock.set(2027, 1, 4, 7, 0)
    resumed = text_of(camille.post(url_of(schedule, "/resume"), follow=True))
    assert "All its times are past." in resumed
    values = {**WEEKLY, "command": "keep", "rhythm": "once", "date": "2027-01-05"}
    camille.post(url_of(schedule, "/edit"), values)
    camille.post(url_of(schedule, "/resume"))
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_day) == ("active", date(2027, 1, 5))
    assert "It never runs again." in text_of(camille.get(url_of(schedule, "/end")))
    ended = text_of(camille.post(url_of(schedule, "/end"), follow=True))
    assert "The schedule “Morning” has ended." in ended
    refused = text_of(camille.post(url_of(schedule, "/edit"), values, follow=True))
    assert "This schedule has ended, so it can&#x27;t be changed." in refused
    camille.post(url_of(schedule, "/resume"))
    schedule.refresh_from_db()
    assert schedule.state == "ended"


def test_one_whose_maker_has_no_rights_says_so(camille: Client, world: World, clock: Clock):
    diane = make_person("diane", world.lyon)
    schedule = make_schedule(world.lyon, diane)
    assert "Whoever it runs for may not send this any more" not in text_of(camille.get(url_of(schedule)))
    Membership.objects.filter(user=diane).update(role="viewer")
    assert "Whoever it runs for may not send this any more" in text_of(camille.get(url_of(schedule)))


def test_approval_is_told(camille: Client, world: World, clock: Clock):
    FleetRules.objects.update(approval_types=["Preconditioning"])
    schedule = make_schedule(world.lyon, world.camille)
    assert "Another manager must approve each action" in text_of(camille.get(url_of(schedule)))


def test_viewers_have_nothing_to_press(viktor: Client, world: World, clock: Clock):
    schedule = make_schedule(world.lyon, world.camille)
    page = text_of(viktor.get(list_url(world)))
    assert "Morning" in page
    for words in ("New schedule", ">Pause<", ">End…<"):
        assert words not in page
    assert '<form method="post" action="/fleets' not in text_of(viktor.get(url_of(schedule)))


def test_empty_lists_say_how_to_begin(camille: Client, viktor: Client, world: World):
    assert "Make a schedule" in text_of(camille.get(list_url(world)))
    assert "What is scheduled shows here." in text_of(viktor.get(list_url(world)))
    assert "None is paused" in text_of(camille.get(list_url(world, "?state=paused")))
    assert "None has ended" in text_of(camille.get(list_url(world, "?state=ended")))
    assert "No schedule runs" in text_of(camille.get(list_url(world, "?state=x&after=%00&before=x")))


@pytest.mark.parametrize("state", ["active", "paused"])
def test_pages_follow_each_other_without_gap(camille: Client, world: World, clock: Clock, state: str):
    for number in range(PAGE_SIZE + 5):
        # Some at the same time.
        schedule = make_schedule(world.lyon, world.camille, name=f"S{number}", local_time=time(8, number // 4))
        if state == "paused":
            changes.pause(schedule, world.camille)
    found: list[str] = []
    url: str | None = list_url(world, f"?state={state}")
    while url:
        page = text_of(camille.get(url))
        found += re.findall(r'class="stretched"[^>]*>(S\d+)<', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = list_url(world) + following.group(1).replace("&amp;", "&") if following else None
    expected = [f"S{number}" for number in range(PAGE_SIZE + 5)]
    assert found == (expected if state == "active" else expected[::-1])


def test_runs_follow_each_other_without_gap(camille: Client, world: World, clock: Clock):
    schedule = make_schedule(world.lyon, world.camille, vehicle=world.van)
    clock.sweep(2027, 2, 1, 7, 0)
    count = schedule.runs.count()
    first = text_of(camille.get(url_of(schedule)))
    assert first.count('<th scope="row">') == RUNS_SHOWN
    older = re.search(r"\?before=\d+", first)
    assert older
    assert text_of(camille.get(url_of(schedule, older.group()))).count('<th scope="row">') == count - RUNS_SHOWN
    assert "Nothing before that" in text_of(camille.get(url_of(schedule, "?before=1")))


def test_a_page_of_many_takes_few_queries(
    camille: Client, world: World, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
):
    make_vehicles(world.lyon, 5)
    for number in range(PAGE_SIZE + 5):
        make_schedule(
            world.lyon,
            world.camille,
            name=f"S{number}",
            vehicle=None if number % 2 else world.van,
            filter=VehicleFilter().stored if number % 2 else None,
        )
        if number == 1:
            # Only the first two run: each run of each takes its time.
            for day in range(4, 4 + RUNS_SHOWN + 2):
                clock.sweep(2027, 1, day, 6, 30)
    for number in range(39):
        save(world.lyon, f"Command {number}", remote_of("honk"), world.camille)
    schedule = Schedule.objects.order_by("pk")[1]
    for url in (list_url(world), url_of(schedule), list_url(world, "/new"), url_of(schedule, "/edit")):
        with django_assert_max_num_queries(12):
            assert len(camille.get(url).content) < 100_000
    with django_assert_max_num_queries(12):
        form = camille.post(list_url(world, "/new"), {"kind": "Preconditioning"})
        assert len(form.content) < 100_000


def test_the_time_zone_is_a_rule_of_the_fleet(camille: Client, world: World):
    url = f"/fleets/{world.lyon.public_id}/sending/rules"
    rules = {"approval_minutes": "15", "moving_minutes": "10", "wake_ups_a_month": "", "wake_reserve": "5"}
    form = camille.get(url)
    assert len(form.content) < 100_000
    assert '<option value="UTC" selected>UTC</option>' in text_of(form)
    assert '<option value="America/New_York">America/New York</option>' in text_of(form)
    assert camille.post(url, {**rules, "time_zone": "Europe/Lyon"}).status_code == 422
    camille.post(url, rules)
    assert not FleetRules.objects.exclude(time_zone="UTC").exists(), "without a word it stays as it is"
    saved = text_of(camille.post(url, {**rules, "time_zone": "Europe/Paris"}, follow=True))
    assert "Europe/Paris" in saved
    assert FleetRules.objects.get(fleet=world.lyon).time_zone == "Europe/Paris"


def test_a_schedule_of_someone_who_is_gone(camille: Client, world: World, clock: Clock):
    user = User.objects.create(username="gone")
    schedule = make_schedule(world.lyon, user)
    user.delete()
    assert "someone who is not here any more" in text_of(camille.get(url_of(schedule)))
