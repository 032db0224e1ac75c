"""The list of a fleet's actions: its order, its filters, its pages, and the same as CSV."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.overview import actions, table, views
from fleets.models import Fleet, Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.counts import tally
from remotes.models import RemoteAction
from tests.console.conftest import World
from tests.world import make_action, make_vehicle

_ROW = re.compile(r'<tr id="action-([^"]*)"')
_NEXT = re.compile(r'rel="next" href="([^"]*)"')

Made = dict[str, RemoteAction]


def html_of(client: Client, fleet: Fleet, query: str = "") -> str:
    answer = client.get(f"/fleets/{fleet.public_id}/actions{query and '?' + query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shown(html: str, made: Made) -> list[str]:
    """The names of the actions on a page, in their order."""
    names = {action.public_id: name for name, action in made.items()}
    return [names[public_id] for public_id in _ROW.findall(html)]


def walk(client: Client, fleet: Fleet, made: Made, query: str = "") -> list[list[str]]:
    """The names on all pages, one after the other."""
    pages, html = [], html_of(client, fleet, query)
    while True:
        pages.append(shown(html, made))
        following = _NEXT.search(html)
        if not following:
            return pages
        html = html_of(client, fleet, unescape(following[1]).partition("?")[2])


def ended(vehicle: Vehicle, minutes: float, command: str = "lock", **values: Any) -> RemoteAction:
    """One that ended so many minutes ago, with success unless told otherwise."""
    given = {"state": "done", "status": "Success", **values}
    return make_action(vehicle, command, finished_at=timezone.now() - timedelta(minutes=minutes), **given)


@pytest.fixture
def made(world: World) -> Made:
    """One of each kind, in the order of the list: those that are open, newest first, then as they ended."""
    car = make_vehicle(world.lyon, "Pool car 2", plate="ZZ-999-ZZ")
    doors = {"status": "Failed", "failure_cause": "DoorsOpen"}
    found = {
        "left": ended(car, 300, "honk", **doors),
        "old": ended(world.van, 60 * 48),
        "again": ended(world.van, 200, **doors),
        "other": ended(world.van, 190, "honk", status="NewFangled"),
        "cancelled": ended(world.van, 180, state="cancelled", status="Failed", failure_cause="GeneralError"),
        "expired": ended(world.van, 30, state="expired", status="Failed", failure_cause="GeneralError"),
        "success": ended(world.van, 10, "unlock"),
        "approval": make_action(world.van, "lock", state="waiting-approval"),
        "unknown": make_action(world.van, "wake-up", state="unknown"),
        "queued": make_action(car, "unlock"),
    }
    make_action(world.rental)
    order = ("queued", "unknown", "approval", "success", "expired", "cancelled", "other", "again", "left", "old")
    return {name: found[name] for name in order}


def test_open_ones_come_first_then_those_that_ended_last(camille: Client, viktor: Client, world: World, made: Made):
    for client in (camille, viktor):
        assert shown(html_of(client, world.lyon), made) == list(made)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("outcome=failed", ["expired", "again", "left"]),
        ("outcome=left", ["left"]),
        ("outcome=unknown", ["unknown"]),
        ("outcome=approval", ["approval"]),
        ("outcome=under-way", ["queued"]),
        ("outcome=succeeded", ["success", "old"]),
        ("outcome=succeeded&span=24h", ["success"]),
        ("outcome=cancelled", ["cancelled"]),
        ("outcome=other", ["other"]),
        ("span=1h", ["queued", "unknown", "approval", "success", "expired"]),
        ("cause=DoorsOpen", ["again", "left"]),
        ("cause=expired", ["expired"]),
        ("cause=GeneralError", []),
        ("cause=NeverHeardOf", []),
        ("type=Horn", ["other", "left"]),
        ("q=zz-9", ["queued", "left"]),
        ("q=pool&outcome=failed&cause=DoorsOpen&type=Horn&span=24h", ["left"]),
        ("q=rental", []),
    ],
)
def test_it_is_narrowed(camille: Client, world: World, made: Made, query: str, names: list[str]):
    assert shown(html_of(camille, world.lyon, query), made) == names


def test_each_row_says_what_its_vehicles_history_says(camille: Client, world: World, made: Made):
    html = html_of(camille, world.lyon)
    for name, action in made.items():
        path = world.page_of(action.vehicle, f"/actions/{action.public_id}#action-{action.public_id}")
        assert f'<a class="stretched" href="{path}">' in html, name
        assert camille.get(path).status_code == 200
    row = html[html.index(f'id="action-{made["left"].public_id}"') :].partition("</tr>")[0]
    for words in ("Honk", "Pool car 2", "ZZ-999-ZZ", '<span class="badge bad">Failed</span>', "A door was open."):
        assert words in row
    row = html[html.index(f'id="action-{made["approval"].public_id}"') :].partition("</tr>")[0]
    assert '<span class="badge warn">Waiting for approval</span>' in row


@pytest.mark.parametrize("size", [1, 2, 3, 9, 10, 11])
def test_pages_hold_each_action_once(
    camille: Client, world: World, made: Made, size: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(views, "PAGE_SIZE", size)
    pages = walk(camille, world.lyon, made)
    assert [name for page in pages for name in page] == list(made)
    assert {len(page) for page in pages[:-1]} <= {size}


def test_what_ended_at_the_same_moment_is_not_lost_between_pages(
    camille: Client, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    at = timezone.now()
    made = {str(n): make_action(world.van, "lock", state="done", status="Success", finished_at=at) for n in range(7)}
    assert walk(camille, world.lyon, made) == [["6", "5"], ["4", "3"], ["2", "1"], ["0"]]


def test_what_is_rare_is_looked_for_piece_by_piece(camille: Client, world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "HORIZON", 4)
    ended(world.van, 1000, status="Failed", failure_cause="DoorsOpen")
    for number in range(9):
        ended(world.van, number)
    made = {"failed": RemoteAction.objects.get(status="Failed")}
    first = html_of(camille, world.lyon, "outcome=failed")
    assert "Nothing found so far" in first
    assert "Look further back" in first
    assert walk(camille, world.lyon, made, "outcome=failed") == [[], ["failed"]]


@pytest.mark.parametrize("query", ["after=x", "after=%00", "after=1-x", "after=99999999999999999999-1", "after=-"])
def test_a_broken_key_leads_to_the_first_page(camille: Client, world: World, made: Made, query: str):
    assert shown(html_of(camille, world.lyon, query), made) == list(made)


@pytest.mark.parametrize(
    ("query", "field"), [("q=%00", "q"), ("q=" + "a" * 101, "q"), ("outcome=x", "outcome"), ("span=9y", "span")]
)
def test_what_can_not_be_read_is_told_and_narrows_nothing(
    camille: Client, world: World, made: Made, query: str, field: str
):
    html = html_of(camille, world.lyon, query)
    assert f'id="actions_{field}_error"' in html
    assert shown(html, made) == list(made)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nothing was sent to this fleet&#x27;s vehicles yet"),
        ("outcome=left&span=24h", "Nothing needs you here"),
        ("q=nobody&outcome=approval", "No action matches all of this"),
        ("after=1-1", "No more actions"),
    ],
)
def test_an_empty_list_says_why(camille: Client, world: World, query: str, words: str):
    html = html_of(camille, world.lyon, query)
    assert words in html.replace("&#39;", "&#x27;").replace("fleet's", "fleet&#x27;s")


def test_a_vehicle_that_has_left_the_fleet_has_no_page_here(camille: Client, world: World):
    action = ended(world.van, 1)
    world.van.fleet = world.paris
    world.van.save()
    row = html_of(camille, world.lyon).partition(f'id="action-{action.public_id}"')[2].partition("</tr>")[0]
    assert "now in another fleet" in row
    assert "/vehicles/" not in row


def test_the_news_are_those_of_the_page_that_is_open(camille: Client, world: World, made: Made):
    html = html_of(camille, world.lyon, "outcome=failed&span=24h")
    url = unescape(html.partition('<div id="news"')[2].partition('data-url="')[2].partition('"')[0])
    news = " ".join(camille.get(url).content.decode().split())
    assert news.startswith('<div id="news"')
    assert news in html


def test_the_table_holds_all_that_the_list_shows(
    camille: Client, world: World, made: Made, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(table, "AT_ONCE", 2)
    monkeypatch.setattr(actions, "HORIZON", 2)

    def rows(query: str) -> list[dict[str, str]]:
        answer: Any = camille.get(f"/fleets/{world.lyon.public_id}/actions.csv?{query}")
        assert answer["Content-Disposition"] == 'attachment; filename="Lyon actions.csv"'
        return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert [row["Id"] for row in rows("")] == [action.public_id for action in made.values()]
    (left,) = rows("outcome=left")
    assert (left["Vehicle"], left["Action"], left["Status"], left["Cause"]) == (
        "Pool car 2",
        "Honk",
        "Failed",
        "DoorsOpen",
    )
    assert left["What happened"] == "A door was open."


@pytest.mark.parametrize("number", [3, actions.PAGE_SIZE + 10])
def test_a_page_is_small_and_takes_12_statements_at_the_most(camille: Client, world: World, number: int):
    for place in range(number):
        vehicle = make_vehicle(world.lyon, f"Delivery van {place}", plate=f"AB-{place}-CD")
        cause = "NotPossibleDueToVehicleBatteryLevel"
        ended(vehicle, place, status="Failed", failure_cause=cause, user=world.camille)
    make_action(world.van, state="unknown")
    for query in ("", "q=van&outcome=failed&cause=NotPossibleDueToVehicleBatteryLevel&span=7d&type=Locking"):
        with CaptureQueriesContext(connection) as captured:
            html = html_of(camille, world.lyon, query)
        assert len(captured) <= 12, "\n".join(query["sql"] for query in captured)
        assert len(html.encode()) < 80_000


def test_each_remote_type_can_be_chosen(camille: Client, world: World):
    html = html_of(camille, world.lyon)
    for name in REMOTE_TYPES:
        assert f'<option value="{name}">' in html


_MANY = """
INSERT INTO remotes_remoteaction (public_id, fleet_id, vehicle_id, gateway_id, remote_type, payload, extra, origin,
    reason, when_awake, request_digest, state, status, status_stage, status_at, status_rank, failure_cause,
    upstream_callback_id, attempts, polls, created_at, expires_at, finished_at)
SELECT md5(vehicle.id || ' ' || n), fleet_id, vehicle.id, gateway_id, (ARRAY['Locking', 'Horn'])[1 + n %% 2], '{}',
    '{}', 'page', '', false, '', CASE WHEN open THEN 'queued' ELSE 'done' END,
    CASE WHEN open THEN '' WHEN n %% 10 = 0 THEN 'Failed' ELSE 'Success' END, CASE WHEN open THEN 0 ELSE 3 END, at, 1,
    CASE WHEN n %% 10 = 0 AND NOT open THEN 'DoorsOpen' END, '', 1, 0, at, at, CASE WHEN NOT open THEN at END
FROM fleets_vehicle vehicle, generate_series(1, %s) AS n,
    LATERAL (SELECT now() - (%s - n) * interval '1 minute' AS at, n > %s - 500 AS open) given
ORDER BY n
"""
_FILTERS = [
    *("", "span=24h", "outcome=failed", "outcome=left&span=24h", "outcome=unknown", "outcome=under-way"),
    *("outcome=other", "cause=NeverHeardOf", "cause=NeverHeardOf&span=30d", "type=Lights", "q=van&outcome=cancelled"),
]


def test_no_plan_reads_the_whole_history(camille: Client, world: World, monkeypatch: pytest.MonkeyPatch):
    """Of 30,000 actions in the fleet, and as many in another one; one page looks at 1,000 of them at the most."""
    monkeypatch.setattr(actions, "HORIZON", 1000)
    monkeypatch.setattr(tally, "ROWS", 1000)
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [30_000] * 3)
        cursor.execute("ANALYZE remotes_remoteaction")
    fleet = f"/fleets/{world.lyon.public_id}"
    for path in (f"{fleet}/overview", *[f"{fleet}/actions?{query}" for query in _FILTERS]):
        with CaptureQueriesContext(connection) as captured:
            assert camille.get(path).status_code == 200
        for statement in [query["sql"] for query in captured if "remotes_remoteaction" in query["sql"]]:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement.replace("%", "%%"), [])
                plan = "\n".join(line for (line,) in cursor.fetchall())
            hits = re.search(r"Buffers: shared hit=(\d+)", plan)
            assert "Seq Scan on remotes_remoteaction" not in plan, plan
            assert hits is None or int(hits[1]) < 5000, f"{path}\n{plan}"
