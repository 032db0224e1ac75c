"""Schedules and saved commands in a real Chromium: made by hand, told what clocks do, and sent."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import complaints_of, reach
from tests.browser.test_forms import electric, open_vehicle
from tests.running import Running, database_uri


def last_sunday_of_march() -> date:
    """Of next year: the day on which clocks are set forward in Paris."""
    day = date(datetime.now(UTC).year + 1, 3, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def spoken(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def live_in(page: Page, running: Running, zone: str) -> None:
    page.goto(f"/fleets/{running.fleet['id']}/sending/rules")
    page.get_by_label("Time zone").select_option(zone)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rules are saved.")).to_be_visible()


@pytest.fixture
def in_paris(manager: Page, running: Running) -> Iterator[Page]:
    live_in(manager, running, "Europe/Paris")
    yield manager
    live_in(manager, running, "UTC")
    assert [line for line in complaints_of(manager) if "422" not in line] == []


def test_a_schedule_across_a_change_of_the_clocks(in_paris: Page, running: Running) -> None:
    page = in_paris
    sunday = last_sunday_of_march()
    page.goto(f"/fleets/{running.fleet['id']}")
    page.get_by_role("link", name="Schedules").click()
    page.get_by_role("link", name="New schedule").click()
    page.get_by_label("Name").fill("Sunday night")
    page.get_by_role("radio", name="Vehicles that match a search").check()
    page.get_by_label("Words of the label").fill("lyon")
    page.get_by_role("radio", name="Start charging").check(force=True)
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        page.get_by_role("checkbox", name=day).uncheck(force=True)
    page.get_by_label("Time").fill("02:30")
    page.get_by_label("First day").fill((sunday - timedelta(days=7)).isoformat())
    page.get_by_role("button", name="Save").click()
    summary = page.get_by_role("alert").filter(has_text="Nothing was saved yet.")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Days of the week").click()
    page.get_by_role("checkbox", name="Sun").check(force=True)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sunday night")
    times = page.get_by_role("region", name="Next runs").get_by_role("listitem")
    expect(times.nth(0)).to_have_text(f"{spoken(sunday - timedelta(days=7))}, 02:30")
    expect(times.nth(1)).to_contain_text(f"{spoken(sunday)}, 03:00")
    expect(times.nth(1)).to_contain_text("Clocks skip 02:30 on that day")
    expect(times.nth(2)).to_have_text(f"{spoken(sunday + timedelta(days=7))}, 02:30")

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("link", name="End…").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("The schedule “Sunday night” has ended.")).to_be_visible()


@pytest.mark.drawn("days in a browser", 2, of="tests")
def test_the_time_comes_and_it_is_sent(manager: Page, running: Running) -> None:
    vehicle = running.vehicles("awake")[2]
    open_vehicle(manager, running, vehicle)
    manager.get_by_role("link", name="Schedule…").click()
    expect(manager.get_by_label("VIN, label or plate")).to_have_value(vehicle["vin"])
    manager.get_by_label("Name").fill("Goodbye")
    manager.get_by_role("radio", name="Lock", exact=True).check(force=True)
    manager.get_by_role("radio", name="Once").check()
    manager.get_by_label("Day", exact=True).fill((datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    manager.get_by_label("Time").fill("07:30")
    manager.keyboard.press("Enter")
    expect(manager.get_by_text("It has not run yet")).to_be_visible()
    # Nobody waits for two days here: its time comes now.
    with psycopg.connect(database_uri(running.environment["DATABASE_URL"])) as connection:
        connection.execute("UPDATE remotes_schedule SET next_run_at = now() WHERE name = 'Goodbye'")
    expect(manager.get_by_text("Active", exact=True)).to_be_visible()
    run = manager.get_by_role("table", name="Runs").get_by_role("link")
    expect(run).to_be_visible()
    run.click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_contain_text("Why: “Schedule: Goodbye”")
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    assert complaints_of(manager) == []


def test_a_command_is_saved_and_sent_with_one_click(manager: Page, running: Running) -> None:
    open_vehicle(manager, running, electric(running))
    reach(manager, "form-Horn").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("How many times").fill("2")
    dialog.get_by_role("button", name="Save as a command…").click()
    expect(dialog.get_by_role("heading", name="Save a command: Horn")).to_be_focused()
    expect(dialog.get_by_label("How many times")).to_have_value("2")
    dialog.get_by_role("button", name="Save").click()
    name = dialog.get_by_label("Name of the command")
    expect(name).to_have_accessible_description("As it stands on the button. Give it a name.")
    name.fill("Two honks")
    name.press("Enter")
    expect(dialog).to_be_hidden()
    expect(manager.get_by_text("“Two honks” is saved")).to_be_visible()
    manager.get_by_role("button", name="Two honks").click()
    newest = manager.locator("#history .entry").first
    expect(newest.get_by_role("heading")).to_have_text("Honk 2 times")
    expect(newest).to_have_attribute("data-status", "Success")

    manager.goto(f"{manager.url.partition('/vehicles')[0]}/commands")
    manager.get_by_role("link", name="Delete Two honks…").click()
    manager.get_by_role("button", name="Delete").click()
    expect(manager.get_by_text("The command “Two honks” is deleted.")).to_be_visible()
    assert [line for line in complaints_of(manager) if "422" not in line] == []


def test_without_javascript_the_forms_work(manager: Page, running: Running) -> None:
    context = manager.context.browser.new_context(  # type: ignore[union-attr]
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"/fleets/{running.fleet['id']}/schedules/new")
    page.get_by_label("Name").fill("Warm")
    page.get_by_label("Time").fill("06:45")
    page.get_by_role("button", name="Cabin climate with options…").click()
    expect(page.get_by_label("Name")).to_have_value("Warm")
    page.get_by_role("radio", name="Start now").check()
    page.get_by_role("radio", name="All vehicles of the fleet").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Monday to Friday at 06:45")).to_be_visible()
    page.get_by_role("link", name="End…").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("has ended")).to_be_visible()
    context.close()


def test_the_pages_fit_a_phone(manager: Page, running: Running) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    for part in ("schedules", "schedules?state=ended", "schedules/new", "commands", "commands/new?type=Horn"):
        manager.goto(f"/fleets/{running.fleet['id']}/{part}")
        assert len(set(manager.evaluate(widths))) == 1, part
