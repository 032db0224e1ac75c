"""Pages that keep themselves up to date: they lose nothing of what the reader does, and say so when they can't."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.running import Running

from .conftest import complaints_of, in_shell, log_in, reach

HONK = {"horn": {"state": "Activated"}}
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

# Says that there is news once, and nothing ever after.
MUTE_STREAM = """window.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("changed"))); }
  close() {}
}"""


@pytest.fixture
def vehicle(running: Running) -> dict[str, Any]:
    """An awake one of the larger fleet, of which other tests ask little."""
    return next(each for each in running.demo["fleets"][1]["vehicles"] if each["profile"] == "awake")


def path_of(running: Running, vehicle: dict[str, Any]) -> str:
    return f"/fleets/{running.fleet_of(vehicle)['id']}/vehicles/{vehicle['id']}"


def mark_of(page: Page) -> Locator:
    return page.locator("#live-mark")


def expect_mark(page: Page, word: str) -> None:
    expect(mark_of(page)).to_have_attribute("data-mark", word)


def honk(running: Running, vehicle: dict[str, Any]) -> str:
    """Have it honk, asked for by another system; gives the action's id once that is over."""
    path = running.send(vehicle, HONK)
    assert running.final(path) == ("Success", None)
    return path.rpartition("/")[2]


def stay(page: Page) -> None:
    page.evaluate("window.sameDocument = true")


def expect_same_document(page: Page) -> None:
    assert page.evaluate("window.sameDocument") is True


def asked(page: Page, words: str = "") -> list[str]:
    """Grows by the address of each request that the page makes."""
    found: list[str] = []

    def note(request: Request) -> None:
        if words in request.url:
            found.append(request.url)

    page.on("request", note)
    return found


def test_without_a_network_the_page_says_that_it_is_old_and_catches_up(
    manager: Page, running: Running, vehicle: dict[str, Any]
) -> None:
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "live")
    stay(manager)
    manager.context.set_offline(True)
    expect_mark(manager, "stale")
    expect(mark_of(manager)).to_have_text(re.compile(r"Out of date: this is how it was at \d+:\d\d:\d\d"))
    expect(mark_of(manager)).to_be_in_viewport()
    action = honk(running, vehicle)
    expect(manager.locator(f"#action-{action}")).to_have_count(0)
    manager.context.set_offline(False)
    expect_mark(manager, "live")
    expect(manager.locator(f"#action-{action}")).to_have_attribute("data-status", "Success")
    expect_same_document(manager)


def test_without_a_stream_the_page_asks_until_it_has_one_again(
    manager: Page, running: Running, vehicle: dict[str, Any]
) -> None:
    manager.route("**/live", lambda route: route.abort())
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "polling")
    action = honk(running, vehicle)
    expect(manager.locator(f"#action-{action}")).to_have_attribute("data-status", "Success")
    manager.unroute("**/live")
    expect_mark(manager, "live")


def test_without_room_for_a_stream_the_page_says_so_and_comes_back(
    manager: Page, running: Running, vehicle: dict[str, Any]
) -> None:
    refusal = {"status": 429, "headers": {"Retry-After": "2"}, "body": "You have 16 live pages open."}
    manager.route("**/live", lambda route: route.fulfill(**refusal))
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "crowded")
    expect(mark_of(manager)).to_have_text("You have many live pages open: this one is updated every few seconds")
    action = honk(running, vehicle)
    expect(manager.locator(f"#action-{action}")).to_have_attribute("data-status", "Success")
    expect_mark(manager, "crowded")
    manager.unroute("**/live")
    expect_mark(manager, "live")


def test_who_logs_out_elsewhere_is_told_so_here(page: Page, running: Running, vehicle: dict[str, Any]) -> None:
    log_in(page, running)
    other = page.context.new_page()
    other.goto("/")
    page.goto(path_of(running, vehicle))
    expect_mark(page, "live")
    other.locator("header details.menu summary").click()
    other.get_by_role("button", name="Log out").click()
    expect_mark(page, "gone")
    expect(page.get_by_text("You have been logged out.")).to_be_visible()


def test_a_lost_message_leaves_no_action_standing(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    manager.add_init_script(MUTE_STREAM)
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "live")
    newest = manager.locator("#history .entry").first
    before = newest.get_attribute("id") or "" if newest.count() else ""
    reach(manager, "command-lock").click()
    # On a busy machine it may be over when the page first shows it.
    expect(newest).not_to_have_attribute("id", before)
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    expect_mark(manager, "live")


@pytest.mark.parametrize("part", ["", "/vehicles/{vehicle}", "/callbacks"])
def test_a_hidden_tab_costs_nothing(manager: Page, running: Running, vehicle: dict[str, Any], part: str) -> None:
    manager.clock.install()
    with manager.expect_response("**/fleets/**"):
        manager.goto(f"/fleets/{running.fleet_of(vehicle)['id']}{part.format(vehicle=vehicle['id'])}")
    expect(mark_of(manager)).to_have_attribute("data-mark", re.compile("live|paced"))
    requests = asked(manager)
    manager.evaluate(HIDE, True)
    manager.clock.run_for(600_000)
    # Whoever decides is told in the page's title, which is seen though the page is not.
    assert {urlsplit(url).path for url in requests} <= {"/waiting", "/static/clock.js"}
    manager.evaluate(HIDE, False)
    manager.clock.run_for(3_000)
    expect(mark_of(manager)).to_have_attribute("data-mark", re.compile("live|paced"))
    assert requests


def test_the_stream_of_a_hidden_tab_is_closed(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "live")
    with manager.expect_event("requestfailed", lambda request: request.url.endswith("/live")):
        manager.evaluate(HIDE, True)
    with manager.expect_request("**/live"):
        manager.evaluate(HIDE, False)
    expect_mark(manager, "live")


def test_the_list_follows_and_keeps_what_the_reader_has_done(
    manager: Page, running: Running, vehicle: dict[str, Any]
) -> None:
    fleet = running.fleet_of(vehicle)
    manager.goto(f"/fleets/{fleet['id']}")
    expect_mark(manager, "live")
    stay(manager)
    link = manager.get_by_role("link", name=vehicle["label"], exact=True)
    row = manager.get_by_role("row").filter(has=link)
    box = row.get_by_role("checkbox")
    box.check()
    manager.locator("#list-filters summary").click()
    link.focus()
    path = running.send(vehicle, {"lights": {"on": True}})
    running.final(path)
    expect(row.locator(".last")).to_contain_text("Flash lights")
    honk(running, vehicle)
    expect(row.locator(".last")).to_contain_text("Honk")
    expect(link).to_be_focused()
    expect(box).to_be_checked()
    expect(manager.locator("[data-chosen]")).to_have_text("Chosen: 1")
    expect(manager.locator("#list-filters")).to_have_attribute("open", "")
    expect_same_document(manager)
    assert complaints_of(manager) == []


def test_a_row_that_moves_takes_its_box_along(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    """What is chosen stays chosen, and nothing else is, when another vehicle comes to the top."""
    other = [each for each in running.fleet_of(vehicle)["vehicles"] if each["profile"] == "awake"][-1]
    honk(running, other)
    manager.goto(f"/fleets/{running.fleet_of(vehicle)['id']}?sort=-action")
    expect_mark(manager, "live")
    names = manager.locator("#vehicle-list tbody th a.stretched")
    expect(names.first).to_have_text(other["label"])
    manager.get_by_role("checkbox", name=f"Choose {other['label']} · {other['vin']}", exact=True).check()
    names.first.focus()
    honk(running, vehicle)
    expect(names.first).to_have_text(vehicle["label"])
    chosen = manager.locator("input[name='vehicle']:checked")
    expect(chosen).to_have_count(1)
    expect(chosen).to_have_value(other["id"])
    expect(manager.get_by_role("link", name=other["label"], exact=True)).to_be_focused()


@pytest.mark.drawn("days in a browser", 2, of="tests")
def test_a_list_that_gets_empty_goes_on_looking(manager: Page, running: Running) -> None:
    fleet = running.demo["fleets"][1]["id"]
    code = (
        "from django.contrib.auth.models import User; from fleets.models import Fleet;"
        " from campaigns.schedules import changes; from tests.campaigns.schedule_world import make_schedule;"
        f" fleet = Fleet.objects.get(public_id={fleet!r}); person = User.objects.get(username='demo');"
    )
    in_shell(running, f"{code} make_schedule(fleet, person, name='Comes and goes')")
    manager.goto(f"/fleets/{fleet}/schedules")
    expect_mark(manager, "paced")
    stay(manager)
    row = manager.get_by_role("link", name="Comes and goes", exact=True)
    for act in ("pause", "resume", "end"):
        in_shell(running, f"{code} changes.{act}(fleet.schedules.get(name='Comes and goes'), person)")
        expect(row).to_have_count(int(act == "resume"))
        expect_mark(manager, "paced")
    expect_same_document(manager)


def test_what_is_being_typed_stays(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    fleet = running.fleet_of(vehicle)
    manager.clock.install()
    manager.goto(f"/fleets/{fleet['id']}/alerts")
    expect_mark(manager, "paced")
    box = manager.locator("main input[type='checkbox']").first
    was = box.is_checked()
    box.click()
    with manager.expect_response("**/alerts"):
        manager.clock.run_for(15_000)
    expect(box).to_be_focused()
    assert box.is_checked() is not was


def test_the_focus_stays_in_the_history(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    first = honk(running, vehicle)
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "live")
    stay(manager)
    place = manager.locator(f"#action-{first} summary").first
    place.focus()
    second = honk(running, vehicle)
    expect(manager.locator("#history .entry").first).to_have_attribute("id", f"action-{second}")
    expect(place).to_be_focused()
    expect_same_document(manager)


def test_what_is_pressed_stays_until_it_is_let_go(manager: Page, running: Running, vehicle: dict[str, Any]) -> None:
    """News that come between press and release would move the button away, and the click would be lost."""
    first = honk(running, vehicle)
    manager.goto(path_of(running, vehicle))
    expect_mark(manager, "live")
    # By the hands of this clock nothing is held for too long.
    manager.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    fold = manager.locator(f"#action-{first}").get_by_text("Request and answers")
    fold.hover()
    manager.mouse.down()
    with manager.expect_response("**/news*"):
        second = honk(running, vehicle)
    expect(manager.locator(f"#action-{second}")).to_have_count(0)
    manager.mouse.up()
    expect(manager.locator(f"#record-{first}")).to_have_attribute("open", "")
    manager.clock.resume()
    expect(manager.locator(f"#action-{second}")).to_have_count(1)


@pytest.fixture
def callback(manager: Page, running: Running) -> Iterator[str]:
    """The path of a callback that nobody answers at."""
    manager.goto(f"/fleets/{running.fleet['id']}/callbacks/new")
    manager.get_by_label("Name").fill("Nobody")
    manager.get_by_label("Address").fill("http://127.0.0.1:9/hook")
    manager.get_by_role("button", name="Create the callback").click()
    expect(manager.locator("#secret")).to_be_visible()
    yield manager.url
    manager.goto(f"{manager.url}/delete")
    manager.goto(manager.url)


def test_deliveries_show_by_themselves(manager: Page, running: Running, callback: str) -> None:
    secret = manager.locator("#secret").inner_text()
    expect_mark(manager, "paced")
    stay(manager)
    other = manager.context.new_page()
    other.goto(callback)
    other.get_by_role("button", name="Send a test").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Test notification")
    expect(other.get_by_role("heading", name="Try 1", exact=True)).to_be_visible()
    other.close()
    expect(manager.get_by_role("row", name="Test")).to_be_visible()
    # It is shown only now, so a look for news leaves it there.
    expect(manager.locator("#secret")).to_have_text(secret)
    expect_same_document(manager)
