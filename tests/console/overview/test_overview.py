"""The overview of a fleet: what needs a person, how it has gone lately, and that each number leads to its list."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.raising import raise_alert
from callbacks.models import Callback
from console.overview import live
from fleetremote.streams import reader
from fleets.models import Vehicle
from fleets.sight.looking import Sight
from protocol.v3 import decode_subscribe
from remotes.asking import kill_switch
from remotes.counts import tally
from remotes.counts.wakings import threshold
from remotes.models import Alert, FleetRules, GatewayHealth, RemoteAction, WakeUp
from tests.campaigns.bulk_world import AT_ONCE, begin, make_bulk, make_vehicles, step
from tests.campaigns.schedule_world import make_schedule
from tests.console.conftest import World
from tests.console.sending.test_orphans import tell
from tests.world import make_action, make_vehicle

_NEED = re.compile(r'<li class="need (\w+)" data-row>.*?href="([^"]*)">(.*?)</a>')
_TAG = re.compile(r"<[^>]*>")


def page_of(client: Client, world: World, part: str = "") -> str:
    answer = client.get(f"/fleets/{world.lyon.public_id}/overview{part}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def text_of(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def needs_in(html: str) -> dict[str, str]:
    """What needs a person in words, with the address that it leads to."""
    return {text_of(words): unescape(path) for _, path, words in _NEED.findall(html)}


def rows_at(client: Client, path: str) -> int:
    """How many actions the list behind a number shows."""
    return client.get(path).content.decode().count('<tr id="action-')


def fail(vehicle: Vehicle, command: str = "unlock", cause: str = "DoorsOpen", **values: Any) -> RemoteAction:
    return make_action(vehicle, command, state="done", status="Failed", failure_cause=cause, **values)


def subscribe(world: World, status: str = "Running") -> Callback:
    callback = Callback(fleet=world.lyon, status=status)
    callback.register(decode_subscribe({"callback": {"webhook": {"target": "https://a.example/", "name": "Booking"}}}))
    callback.save()
    return callback


def test_nothing_needs_anybody(camille: Client, viktor: Client, world: World):
    make_action(world.van, state="done", status="Success")
    make_action(world.van)
    for client in (camille, viktor):
        html = page_of(client, world)
        assert needs_in(html) == {}
        assert "Nothing needs you now" in html
        assert "1 action has ended." in text_of(html)


def test_a_new_fleet_is_told_what_there_will_be(camille: Client, world: World):
    text = text_of(page_of(camille, world))
    for words in (
        "Nothing needs you now",
        "No action has ended.",
        "No bulk command runs, and no schedule is active.",
        "No limit is set, so none runs out. Set one",
        "No other system is told of this fleet's actions.",
    ):
        assert words in text


def test_a_failure_counts_until_the_same_is_asked_again(camille: Client, world: World):
    make_vehicles(world.lyon, 3)
    cars = list(world.lyon.vehicles.exclude(pk=world.van.pk))
    for car in cars:
        fail(car)
    fail(world.van, finished_at=timezone.now() - timedelta(hours=25))
    needs = needs_in(page_of(camille, world))
    assert list(needs) == ["3 actions failed and were not tried again"]
    assert rows_at(camille, needs["3 actions failed and were not tried again"]) == 3
    make_action(cars[0], "lock")
    make_action(cars[1], "honk")
    make_action(cars[2], "unlock", state="cancelled", status="Failed", finished_at=timezone.now())
    needs = needs_in(page_of(camille, world))
    assert rows_at(camille, needs["2 actions failed and were not tried again"]) == 2


def test_what_is_late_needs_a_person_and_leads_to_just_those(camille: Client, world: World):
    late, soon = (
        make_action(world.van, "immobilise", state="accepted"),
        make_action(world.van, "lock", state="accepted"),
    )
    RemoteAction.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(minutes=6))
    path = needs_in(page_of(camille, world))["1 action is late"]
    listed = camille.get(path).text
    assert f'id="action-{late.public_id}"' in listed
    assert f'id="action-{soon.public_id}"' not in listed
    assert ">Late</span>" in listed
    # The other one is to be marked by the browser once its time has come.
    everything = camille.get(f"/fleets/{world.lyon.public_id}/actions").text
    assert [" hidden>" in mark for mark in re.findall(r"<span[^>]*data-shown-from[^>]*>", everything)] == [True, False]


def test_each_thing_that_needs_a_person_leads_to_its_list(camille: Client, world: World):
    make_action(world.van, "unlock", state="unknown")
    make_action(world.van, "honk", state="waiting-approval")
    raise_alert(Alert.Kind.WAKE_UPS, world.lyon.pk, world.van.public_id, "Nearly all are spent.", vehicle=world.van)
    subscribe(world, "Failed")
    tell(world.lyon, 1)
    tell(world.lyon, 2)
    tell(world.paris, 3)
    kill_switch.stop(world.lyon, world.camille, "A storm")
    needs = needs_in(page_of(camille, world))
    fleet = f"/fleets/{world.lyon.public_id}"
    assert needs == {
        "Sending is stopped for this fleet: A storm": f"{fleet}/sending",
        "1 callback takes no notifications": f"{fleet}/callbacks",
        "1 action has an unknown outcome": f"{fleet}/actions?outcome=unknown",
        "1 action waits for approval": f"{fleet}/approvals",
        "1 alert is open": f"{fleet}/alerts",
        "2 messages of the manufacturer are about actions that nobody here asked for": f"{fleet}/orphans",
    }
    assert [rows_at(camille, path) for path in needs.values() if "outcome" in path] == [1]
    assert "Honk" in camille.get(f"{fleet}/approvals").content.decode()


@pytest.mark.parametrize(("state", "words"), [("down", "is down"), ("refused", "refuses our credentials")])
def test_a_gateway_that_takes_nothing_is_told_first(camille: Client, world: World, state: str, words: str):
    gateway = world.van.gateway
    GatewayHealth.objects.create(gateway=gateway, state=state, since=timezone.now())
    make_action(world.van, state="unknown")
    first = next(iter(needs_in(page_of(camille, world))))
    assert words in first


def test_the_last_24_hours_by_outcome_and_cause(camille: Client, world: World):
    for _ in range(6):
        make_action(world.van, state="done", status="Success")
    make_action(world.van, state="done", status="AlreadyDone")
    for cause in ("DoorsOpen", "DoorsOpen", "NewFangled"):
        fail(world.van, cause=cause)
    make_action(world.van, state="expired", status="Failed", failure_cause="GeneralError")
    make_action(world.van, state="cancelled", status="Failed", finished_at=timezone.now())
    make_action(world.van)
    html = page_of(camille, world)
    text = text_of(html)
    assert "12 actions have ended." in text
    assert "7 Succeeded 4 Failed 1 Cancelled Open now 1 Under way 0 Outcome unknown 0 Waiting for approval" in text
    assert (
        "2 A door was open. DoorsOpen 1 The manufacturer's cloud gave a cause that is not known here: “New"
        "Fangled”. 1 It could not be sent in time" in text
    )
    for address, number in (
        ("outcome=succeeded", 7),
        ("outcome=failed", 4),
        ("outcome=cancelled", 1),
        ("outcome=failed&cause=DoorsOpen", 2),
        ("outcome=failed&cause=NewFangled", 1),
        ("outcome=failed&cause=expired", 1),
    ):
        path = f"/fleets/{world.lyon.public_id}/actions?{address}&span=24h"
        assert path in unescape(html)
        assert rows_at(camille, path) == number
    assert rows_at(camille, f"/fleets/{world.lyon.public_id}/actions?outcome=under-way") == 1


def test_what_is_too_much_to_count_is_said_so(camille: Client, world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tally, "ROWS", 4)
    for number in range(5):
        fail(make_vehicle(world.lyon, f"Car {number}"))
    html = page_of(camille, world)
    assert "4+ actions failed and were not tried again" in needs_in(html)
    assert "More than 4 actions have ended. These are the newest of them." in text_of(html)


def test_budgets_that_run_out_are_named(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=10, wake_reserve=2)
    others = make_vehicles(world.lyon, 2)
    for vehicle, number in ((world.van, 8), (others[0], 0)):
        for _ in range(number):
            action = make_action(vehicle, state="done", status="Success")
            WakeUp.objects.create(action=action, vehicle=vehicle, at=timezone.now())
    html = page_of(camille, world)
    told = f"1 vehicle runs out of them Van 1 {world.van.vin} 8 of 10 spent · only the reserve is left"
    assert told in text_of(html)
    listed = camille.get(f"/fleets/{world.lyon.public_id}/wake-ups").content.decode()
    assert "8 of 10 spent" in text_of(listed)
    assert listed.count('<th scope="row">') == 1


def test_a_budget_runs_out_where_it_will_at_this_pace():
    rules = FleetRules(wake_ups_a_month=30, wake_reserve=5)
    assert threshold(rules, datetime(2026, 11, 2, tzinfo=UTC)) == 25
    assert threshold(rules, datetime(2026, 11, 11, tzinfo=UTC)) == 11
    assert threshold(FleetRules(wake_ups_a_month=0, wake_reserve=5), datetime(2026, 11, 21, tzinfo=UTC)) == 1


def test_what_goes_on_by_itself(camille: Client, world: World):
    make_vehicles(world.lyon, 3)
    bulk = make_bulk(world.lyon, world.camille, care=AT_ONCE)
    begin(bulk, world.camille)
    step(bulk)
    make_schedule(world.lyon, world.camille, name="Every morning")
    html = page_of(camille, world)
    assert f'href="/fleets/{world.lyon.public_id}/bulk/{bulk.public_id}"' in html
    assert "0 of 4 vehicles have ended" in text_of(html)
    assert "Every morning" in html


def test_callbacks_that_fail_come_first(camille: Client, world: World):
    running, failed = subscribe(world), subscribe(world, "Failed")
    html = page_of(camille, world)
    assert html.index(failed.public_id) < html.index(running.public_id)
    assert "All callbacks (2)" in html


def test_the_news_are_the_page_without_its_frame(camille: Client, world: World):
    fail(world.van)
    news = page_of(camille, world, "/news")
    assert news.startswith('<div id="news"')
    assert news in page_of(camille, world)


@pytest.mark.parametrize("number", [1, 30])
def test_it_takes_12_statements_at_the_most(camille: Client, world: World, number: int):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=2, wake_reserve=1)
    for place in range(number):
        vehicle = make_vehicle(world.lyon, f"Car {place}")
        WakeUp.objects.create(action=fail(vehicle, cause=f"Cause{place}"), vehicle=vehicle, at=timezone.now())
        make_action(vehicle, "honk", state="unknown")
        subscribe(world, "Failed")
        tell(world.lyon, place)
        make_schedule(world.lyon, world.camille, name=f"Schedule {place}")
        raise_alert(Alert.Kind.WAKE_UPS, world.lyon.pk, vehicle.public_id, "Spent.", vehicle=vehicle)
    begin(make_bulk(world.lyon, world.camille, care=AT_ONCE), world.camille)
    for part in ("", "/news"):
        with CaptureQueriesContext(connection) as captured:
            html = page_of(camille, world, part)
        assert len(captured) <= 12, "\n".join(query["sql"] for query in captured)
    assert len(html.encode()) < 30_000
    with CaptureQueriesContext(connection) as captured:
        camille.get(f"/fleets/{world.lyon.public_id}/wake-ups")
    assert len(captured) <= 12


def test_each_fleet_of_the_list_leads_to_its_overview(camille: Client, world: World):
    assert f'href="/fleets/{world.lyon.public_id}/overview"' in camille.get("/").content.decode()


NEWS, ALIVE = b"event: changed\ndata: news\n\n", b": still here\n\n"


def test_the_stream_of_a_fleet_tells_of_its_vehicles_once_in_a_while(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "HEARTBEAT", 1.0)
    monkeypatch.setattr(live, "PACE", 0.5)
    news = live.news_of_fleet(Sight("", world.camille.pk, world.lyon.pk))
    rental, both = (b"%d" % world.rental.pk, b"%d,%d" % (world.rental.pk, world.van.pk))

    async def listen() -> list[bytes]:
        page = reader.Reader(news)
        parts = page.parts()
        told = [await anext(parts)]
        page.hear(rental)
        told.append(await asyncio.wait_for(anext(parts), 10))
        page.hear(both)
        told.append(await asyncio.wait_for(anext(parts), 10))
        for _ in range(5):
            page.hear(both)
        told += [await asyncio.wait_for(anext(parts), 10) for _ in range(2)]
        return told

    told = asyncio.run(listen())
    assert b"data: start" in told[0]
    # The first at once, and the others together.
    assert told[1:] == [ALIVE, NEWS, NEWS, ALIVE]
