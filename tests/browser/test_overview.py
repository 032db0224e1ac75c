"""The overview of a fleet in a real Chromium: a failure shows by itself, and its number leads to it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import complaints_of
from tests.running import Running

FAILED = re.compile(r"failed and w(as|ere) not tried again")


@pytest.mark.drawn("days in a browser", 2, of="tests")
def test_a_failure_shows_by_itself_and_its_number_leads_to_it(manager: Page, running: Running) -> None:
    page, vehicle = manager, running.vehicles("unreachable")[0]
    fleet = running.fleet_of(vehicle)
    page.get_by_role("link", name=f"Overview · {fleet['name']}").click()
    expect(page.get_by_role("link", name="Overview", exact=True)).to_have_attribute("aria-current", "page")
    expect(page.locator("#live-mark")).to_have_attribute("data-mark", "live")
    failed = page.get_by_role("region", name="The last 24 hours").get_by_role("link", name="Failed").locator("strong")
    before = int(failed.inner_text())
    page.evaluate("window.untouched = true")

    path = running.send(vehicle, {"lights": {"duration": "PT1M", "on": True}})
    assert running.final(path)[0] == "Failed"
    expect(failed).to_have_text(str(before + 1))
    need = page.get_by_role("region", name="Needs you now").get_by_role("link", name=FAILED)
    expect(need).to_be_visible()
    assert page.evaluate("window.untouched")

    need.click()
    expect(page.get_by_role("link", name="Failed, not tried again")).to_have_attribute("aria-current", "page")
    row = page.locator(f"#action-{path.rpartition('/')[2]}")
    expect(row).to_contain_text(vehicle["label"])
    expect(row).to_contain_text("The vehicle could not be reached.")
    row.get_by_role("rowheader").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{vehicle['label']} · History")
    entry = page.locator(f"#action-{path.rpartition('/')[2]}")
    expect(entry).to_have_attribute("data-status", "Failed")
    expect(entry).to_be_in_viewport()
    assert complaints_of(page) == []


def test_the_list_of_actions_follows_what_happens(manager: Page, running: Running) -> None:
    vehicle = running.vehicles("awake")[0]
    manager.goto(f"/fleets/{running.fleet_of(vehicle)['id']}/actions")
    expect(manager.locator("#live-mark")).to_have_attribute("data-mark", "live")
    path = running.send(vehicle, {"horn": {"state": "Activated"}})
    row = manager.locator(f"#action-{path.rpartition('/')[2]}")
    assert running.final(path) == ("Success", None)
    expect(row.locator("[data-status]")).to_have_attribute("data-status", "Success")
    manager.get_by_text("Filters", exact=True).click()
    manager.get_by_label("Kind of action", exact=True).select_option("Horn")
    manager.get_by_label("When it ended").select_option("1h")
    manager.get_by_role("button", name="Show", exact=True).click()
    expect(row).to_be_visible()
    expect(manager.get_by_label("Kind of action", exact=True)).to_have_value("Horn")
    manager.get_by_role("link", name="Cancelled", exact=True).click()
    expect(row).to_have_count(0)
    expect(manager.get_by_label("Kind of action", exact=True)).to_have_value("Horn")
    assert complaints_of(manager) == []
