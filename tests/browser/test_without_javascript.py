"""A browser that runs no scripts: all but what is live, and the map, works as well."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running import Running
from tests.waiting import wait_until

from .conftest import log_in, reach


@pytest.fixture
def plain(browser: Browser, running: Running, login: list[Any]) -> Iterator[Page]:
    """The demo's fleet manager, logged in, and no script runs."""
    context = browser.new_context(base_url=running.demo["web"]["url"], java_script_enabled=False)
    context.add_cookies(login)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


@pytest.fixture
def fleet(running: Running) -> dict[str, Any]:
    fleet: dict[str, Any] = running.demo["fleets"][1]
    return fleet


def reload_until(page: Page, words: re.Pattern[str]) -> None:
    newest = page.locator("#history .entry").first

    def look() -> bool:
        page.reload()
        return bool(words.fullmatch(newest.get_attribute("data-status") or ""))

    wait_until(look, f"an action that is {words.pattern}", 30)


def test_the_way_in(plain: Page, running: Running) -> None:
    plain.context.clear_cookies()
    log_in(plain, running)
    expect(plain.get_by_role("link", name=running.fleet["name"], exact=True)).to_be_visible()


def test_any_vehicle_by_the_box_in_the_head(plain: Page, running: Running) -> None:
    vehicle = running.fleet["vehicles"][0]
    box = plain.get_by_role("combobox", name="Search all vehicles")
    box.fill(vehicle["vin"].lower())
    box.press("Enter")
    expect(plain.get_by_role("heading", level=1)).to_have_text(vehicle["label"])


def test_unlock_and_see_it_end(plain: Page, running: Running, fleet: dict[str, Any]) -> None:
    vehicle = [each for each in fleet["vehicles"] if each["profile"] == "awake"][2]
    plain.get_by_role("link", name=fleet["name"], exact=True).click()
    plain.get_by_role("searchbox").fill(vehicle["vin"])
    plain.get_by_role("button", name="Search").click()
    expect(plain.locator("#vehicle-list tbody tr")).to_have_count(1)
    plain.get_by_role("link", name=vehicle["label"], exact=True).click()
    expect(plain.locator("#live-mark")).to_have_text("Reload the page for news")
    plain.get_by_role("button", name="Unlock", exact=True).click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(vehicle["label"])
    expect(plain.locator("#history .entry").first).to_contain_text("Unlock")
    reload_until(plain, re.compile("Success|AlreadyDone"))
    # What needs scripts is not there to be pressed in vain.
    expect(plain.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()


def test_a_dangerous_command_asks_on_a_page_of_its_own(plain: Page, fleet: dict[str, Any]) -> None:
    vehicle = [each for each in fleet["vehicles"] if each["profile"] == "awake"][2]
    plain.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}")
    reach(plain, "command-immobilise").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text(vehicle["label"])
    expect(plain.get_by_label("Why")).to_be_visible()
    plain.get_by_role("link", name="Don't send").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(vehicle["label"])


def test_a_bulk_command_is_checked(plain: Page, fleet: dict[str, Any]) -> None:
    plain.goto(f"/fleets/{fleet['id']}")
    plain.locator("#list-filters summary").click()
    plain.get_by_role("combobox", name="Model").select_option(index=1)
    plain.locator("#list-filters").get_by_role("button", name="Show").click()
    number = plain.locator("#vehicle-list tbody tr").count()
    assert 0 < number < len(fleet["vehicles"])
    plain.get_by_role("button", name=re.compile(f"Send to (all|the) {number}")).click()
    plain.get_by_role("radio", name="Honk", exact=True).check(force=True)
    plain.get_by_role("button", name="Check the vehicles").last.click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Honk")
    expect(plain.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(plain.get_by_text("Nothing is sent yet")).to_be_visible()


def test_the_pages_of_a_fleet_are_all_there(plain: Page, fleet: dict[str, Any]) -> None:
    for part in ("", "/overview", "/actions", "/bulk", "/schedules", "/callbacks", "/sending", "/alerts"):
        answer = plain.goto(f"/fleets/{fleet['id']}{part}")
        assert answer is not None
        assert answer.ok, part
        expect(plain.get_by_role("heading", level=1)).to_be_visible()
        # A page that does not change by itself says of when it is.
        reload = plain.get_by_role("link", name="Reload")
        if reload.count():
            reload.click()
            expect(plain.get_by_text(re.compile(r"As of \d\d:\d\d:\d\d"))).to_be_visible()
