"""A manager stops every sending, sees what waits, and lets it go, in a real Chromium."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.running import Running

from .conftest import complaints_of, reach

COUNTDOWN = re.compile(r"Expires in \d+:\d\d; then it is never sent\.")


@pytest.fixture
def fleet(manager: Page, running: Running) -> Iterator[str]:
    """The path of a fleet's page; whatever happens, in the end its actions are sent."""
    path = f"/fleets/{running.fleet['id']}"
    yield path
    manager.goto(f"{path}/sending/lift")
    if urlsplit(manager.url).path.endswith("/lift"):
        lift(manager)


def lift(page: Page) -> None:
    page.get_by_role("radio", name="Send what waits").check()
    page.get_by_role("button", name="Allow sending").click()
    expect(page.get_by_role("heading", name="Sending is allowed")).to_be_visible()


def test_stop_wait_and_go_on(manager: Page, running: Running, fleet: str) -> None:
    vehicle = next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])
    path = f"{fleet}/vehicles/{vehicle['id']}"

    manager.goto(fleet)
    manager.get_by_role("link", name="Sending").click()
    manager.get_by_role("link", name="Stop sending…").click()
    manager.get_by_label("Why").fill("Strange commands.")
    manager.get_by_role("button", name="Stop sending").click()
    expect(manager.get_by_role("heading", name="Sending is stopped")).to_be_visible()

    manager.goto(path)
    expect(manager.locator("#live-mark")).to_have_attribute("data-mark", "live")
    notice = manager.locator("#sending-notices")
    expect(notice).to_contain_text("Sending is stopped for this fleet: Strange commands.")
    reach(manager, "command-lock").click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", "queued")
    expect(newest.locator(".countdown")).to_have_text(COUNTDOWN)
    first = newest.locator(".countdown").inner_text()
    expect(newest.locator(".countdown")).not_to_have_text(first)
    expect(newest.locator(".unsent")).to_contain_text("Sending is stopped: Strange commands.")

    # The vehicle's page stays open beside, and shows by itself what becomes of it.
    other = manager.context.new_page()
    other.goto(f"{fleet}/sending")
    expect(other.get_by_role("link", name="Lock", exact=True)).to_be_visible()
    other.get_by_role("link", name="Allow sending again…").click()
    lift(other)
    other.close()
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    expect(newest.locator(".countdown")).to_have_count(0)
    expect(notice).to_be_empty()
    assert complaints_of(manager) == []


def test_what_waits_is_cancelled_on_the_vehicles_page(manager: Page, running: Running, fleet: str) -> None:
    vehicle = next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])
    manager.goto(f"{fleet}/sending/stop")
    manager.get_by_label("Why").fill("Drill.")
    manager.get_by_role("button", name="Stop sending").click()
    manager.goto(f"{fleet}/vehicles/{vehicle['id']}")
    manager.evaluate("window.sameDocument = true")
    manager.get_by_role("button", name="Honk", exact=True).click()
    newest = manager.locator("#history .entry").first
    newest.get_by_role("button", name="Cancel Honk").click()
    expect(newest.locator(".badge").first).to_have_text("Cancelled")
    expect(newest).to_contain_text("Cancelled by demo.")
    expect(manager.locator("#announcement")).to_have_text("Honk: Cancelled")
    assert manager.evaluate("window.sameDocument") is True
    assert complaints_of(manager) == []
