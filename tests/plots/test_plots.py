"""The figures of a fleet: each point leads to the list of exactly what it counts, for whoever looks."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from callbacks.models import Attempt, Callback
from fleets.models import Membership, Vehicle
from fleets.narrowing import narrow
from plots.choosing import PlotForm, moment
from plots.drawing import drawn, ticks
from plots.figure import Figure, Line, Point, Series
from remotes.models import ActionCount, ChargeCount, FleetRules, RemoteAction, WakeUp
from remotes.rollups import counting
from remotes.rollups.sweep import sweep
from tests.callbacks.outbox_world import make_batch, make_callback
from tests.console.conftest import LogIn, World
from tests.world import make_action, make_person, make_vehicle

PARIS = ZoneInfo("Europe/Paris")
_POINT = re.compile(r'<td><a href="([^"]*)">([\d,]+)</a>')
# Member, rules, models, state and what is counted; alerts, notices, callbacks and the session.
STATEMENTS = 16


def page_of(client: Client, world: World, query: str = "") -> str:
    answer = client.get(f"/fleets/{world.lyon.public_id}/plots?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def points_of(html: str) -> list[tuple[str, int]]:
    """Each number of the table, and where it leads."""
    return [(unescape(path), int(number.replace(",", ""))) for path, number in _POINT.findall(html)]


def rows_at(client: Client, path: str) -> int:
    """How many rows the list behind a point has, on all its pages."""
    html = client.get(path).content.decode()
    rows = len(re.findall(r'<th scope="row"><a class="stretched"', html))
    further = re.search(r'rel="next" href="([^"]*)"', html)
    return rows + (rows_at(client, path.split("?")[0] + unescape(further[1])) if further else 0)


@pytest.fixture
def camille(world: World, log_in: LogIn) -> Client:
    FleetRules.objects.create(fleet=world.lyon, time_zone=PARIS.key, wake_ups_a_month=10)
    return log_in(world.camille)


def end(vehicle: Vehicle, ago: timedelta, status: str = "Success", cause: str | None = None) -> RemoteAction:
    """An action that ended so long ago and took 30 seconds, of another type every time."""
    at = timezone.now() - ago
    command = ("unlock", "honk", "lights-on")[int(ago.total_seconds()) // 60 % 3]
    action = make_action(
        vehicle, command, state="done", status=status, status_stage=3, failure_cause=cause, finished_at=at
    )
    RemoteAction.objects.filter(pk=action.pk).update(created_at=at - timedelta(seconds=30))
    return action


def history(world: World) -> None:
    """What ended and woke in the last weeks, some of it in the hour that runs."""
    other = make_vehicle(world.lyon, "Van 2", model="e-208")
    causes = ["DoorsOpen", None, "SomethingNew"]
    for number in range(40):
        status, cause = ("Failed", causes[number % 3]) if number % 4 == 0 else ("Success", None)
        vehicle = other if number % 3 else world.van
        action = end(vehicle, timedelta(minutes=3 + number * number * 20), status, cause)
        if number % 2:
            woken_at = timezone.now() - timedelta(minutes=4 + number * number * 20)
            WakeUp.objects.create(action=action, vehicle=vehicle, at=woken_at)
    make_action(world.van, "honk", state="accepted")
    for _ in range(4):
        sweep()


def test_each_point_leads_to_the_list_of_what_it_counts(camille: Client, world: World) -> None:
    history(world)
    assert ActionCount.objects.exists()
    for query in (
        "plot=actions&span=24h",
        "plot=actions&span=30d",
        "plot=actions&span=90d&type=Locking",
        "plot=causes&span=30d&model=e-208",
        "plot=causes&span=7d",
        "plot=times&span=30d",
        "plot=wake-ups",
        "plot=wake-ups&model=e-208",
    ):
        points = points_of(page_of(camille, world, query))
        assert points or query.startswith("plot=wake-ups"), query
        for path, number in points:
            assert rows_at(camille, path) == number, (query, path)
    everything = points_of(page_of(camille, world, "plot=actions&span=30d"))
    assert sum(number for _, number in everything) == RemoteAction.objects.filter(finished_at__isnull=False).count()


def test_what_is_asked_for_stays_in_the_links_between_figures(camille: Client, world: World) -> None:
    html = page_of(camille, world, "plot=causes&span=30d&type=Locking")
    assert "plot=times&amp;span=30d&amp;type=Locking" in html
    assert "No action has failed in this time." in html


@pytest.mark.parametrize(
    "query", ["plot=nothing", "span=9d&type=x", "from=x&to=2026-13-01", "from=2020-01-01&to=2019-01-01&span=dates"]
)
def test_what_cannot_be_read_shows_the_usual(camille: Client, world: World, query: str) -> None:
    assert 'class="card plot-card"' in page_of(camille, world, query)


def test_vehicles_by_charge_and_as_it_was(camille: Client, world: World) -> None:
    for level in (3, 15, 20, 55, 90, 100):
        state = {"energies": [{"type": "Electric", "level": level}]}
        make_vehicle(world.lyon, f"Car {level}", motorization="Electric", state=state)
    sweep()
    html = page_of(camille, world, "plot=charge&span=24h")
    assert "2 vehicles are below 20 %." in html
    points = points_of(html)
    assert sorted(number for _, number in points) == [1, 1, 1, 1, 1, 2]
    for path, number in points:
        assert rows_at(camille, f"{path}&view=") == number, path
    assert ChargeCount.objects.filter(fleet=world.lyon).count() == 2


def test_deliveries_lead_to_their_tries(camille: Client, world: World) -> None:
    callback = make_callback(world.lyon, label="=HYPERLINK(1)")
    batch = make_batch(callback)
    for status in (200, 200, 503, None):
        Attempt.objects.create(
            callback=callback, batch=batch, number=1, at=timezone.now(), duration_ms=200, status=status
        )
    html = page_of(camille, world, "plot=deliveries")
    assert "50 %" in html
    assert sorted(number for _, number in points_of(html)) == [2, 4]
    for path, number in points_of(html):
        assert rows_at(camille, path) == number
    before = html
    sweep()
    assert points_of(page_of(camille, world, "plot=deliveries")) == points_of(before)
    table = camille.get(f"/fleets/{world.lyon.public_id}/plots.csv?plot=deliveries")
    text = b"".join(table).decode()
    assert "\n=HYPERLINK" not in text
    assert "50,4,2" in text


def test_the_table_as_csv_has_the_same_numbers(camille: Client, world: World) -> None:
    history(world)
    points = points_of(page_of(camille, world, "plot=actions&span=30d"))
    table = camille.get(f"/fleets/{world.lyon.public_id}/plots.csv?plot=actions&span=30d")
    lines = b"".join(table).decode().strip().splitlines()
    assert lines[0].lstrip("\ufeff").startswith("Day,Succeeded,Failed")
    assert len(lines) == 31
    cells = [int(cell) for line in lines[1:] for cell in line.rsplit(",", 2)[1:]]
    assert sum(cells) == sum(number for _, number in points)


def test_who_sees_some_vehicles_has_only_these_counted(
    camille: Client, world: World, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(world)
    person = make_person("garage", world.lyon, role="operator")
    narrow(Membership.objects.get(user=person), vehicles=[world.van.pk])
    garage = log_in(person)
    own = RemoteAction.objects.filter(vehicle=world.van, finished_at__isnull=False).count()
    points = points_of(page_of(garage, world, "plot=actions&span=30d"))
    assert sum(number for _, number in points) == own
    for path, number in points:
        assert rows_at(garage, path) == number
    html = page_of(garage, world, "plot=charge")
    assert sum(number for _, number in points_of(html)) == 1
    assert "noon" not in html
    for plot in ("wake-ups", "deliveries"):
        assert plot not in html
        for part in ("plots", "plots.csv"):
            assert garage.get(f"/fleets/{world.lyon.public_id}/{part}?plot={plot}").status_code == 403
    monkeypatch.setattr(counting, "MOST_LIVE", own - 1)
    assert "Too much for one page" in page_of(garage, world, "plot=actions&span=30d")
    assert points_of(page_of(camille, world, "plot=actions&span=30d"))


@pytest.mark.parametrize("plot", ["actions", "causes", "times", "wake-ups", "charge", "deliveries"])
def test_a_figure_takes_few_statements_however_much_there_is(camille: Client, world: World, plot: str) -> None:
    history(world)
    make_batch(make_callback(world.lyon, status=Callback.Status.RUNNING))
    page_of(camille, world, f"plot={plot}&span=90d")
    with CaptureQueriesContext(connection) as queries:
        page_of(camille, world, f"plot={plot}&span=90d")
    assert len(queries) <= STATEMENTS


def test_empty_figures_say_what_would_fill_them(camille: Client, world: World) -> None:
    for plot in ("actions", "times", "wake-ups", "deliveries"):
        assert "stands here" in page_of(camille, world, f"plot={plot}")


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    first, second = datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert [moment(at, PARIS) for at in (first, second)] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
    assert moment(datetime(2026, 10, 25, 12, tzinfo=UTC), PARIS) == "2026-10-25T13:00"
    form = PlotForm({"span": "dates", "from": "2026-10-25", "to": "2026-10-25"})
    span = form.bins(datetime(2026, 10, 27, tzinfo=UTC), PARIS)
    assert (len(span.bins), len({span.name(one) for one in span.bins})) == (25, 25)
    # As days they are days, whatever their length.
    week = PlotForm({"span": "7d"}).bins(datetime(2026, 10, 27, tzinfo=UTC), PARIS)
    assert sorted({one.end - one.start for one in week.bins}) == [timedelta(hours=24), timedelta(hours=25)]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
VALUES = st.one_of(st.none(), st.integers(0, 10**7), st.floats(0, 10**6))


@given(st.lists(st.tuples(TEXT, VALUES, VALUES), min_size=1, max_size=12), st.booleans(), TEXT)
def test_the_drawing_is_well_formed_and_holds_nothing_that_the_policy_forbids(
    rows: list[tuple[str, float | None, float | None]], lying: bool, evil: str
) -> None:
    series = [
        Series(name, kind, [Point(value, label, f"/x?y={label}&z=\"'>") for label, value in column])
        for column, name, kind in (
            ([(label, value) for label, value, _ in rows], f"<script>{evil}", "succeeded"),
            ([(label, value) for label, _, value in rows], evil, "failed"),
        )
    ]
    figure = Figure("Day", [row[0] for row in rows], series, evil, "", lying=lying, lines=[Line(5, evil, "budget")])
    image = drawn(figure)
    assert bool(image) is not figure.is_empty
    if image:
        tags = {element.tag.split("}")[1] for element in ET.fromstring(image).iter()}
        assert tags <= {"svg", "a", "rect", "line", "text", "title"}
        assert not [element for element in ET.fromstring(image).iter() if "style" in element.attrib]


@given(st.floats(0.001, 10**9))
def test_scales_reach_the_highest_in_few_round_steps(highest: float) -> None:
    found = ticks(highest)
    assert found[0] == 0
    assert found[-1] >= highest * (1 - 1e-9)
    assert len(found) <= 5
