"""The history in a real Chromium: requests and answers on demand, a link to one action, a filter, and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import complaints_of, reach
from tests.running import Running


@pytest.fixture
def address(manager: Page, running: Running) -> str:
    """The page of a vehicle that has honked and was then locked."""
    vehicle = next(vehicle for vehicle in running.vehicles("awake") if "Combo" in vehicle["label"])
    address = f"/fleets/{running.fleet_of(vehicle)['id']}/vehicles/{vehicle['id']}"
    manager.goto(address)
    expect(manager.locator("#live-mark")).to_have_attribute("data-mark", "live")
    for name in ("Honk", "Lock"):
        reach(manager, f"command-{name.lower()}").click()
        newest = manager.locator("#history .entry").first
        expect(newest.get_by_role("heading")).to_have_text(name)
        expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    return address


def test_request_and_answers_are_read_when_they_are_unfolded_and_stay(manager: Page, address: str) -> None:
    entry = manager.locator("#history .entry").first
    name = entry.get_attribute("id")
    entry.get_by_text("Request and answers").click()
    expect(entry.locator("pre").first).to_contain_text('"state": "Locked"')
    expect(entry.locator("pre").first).to_contain_text("Authorization: ***")
    expect(entry.locator("pre").nth(1)).to_contain_text("HTTP 202")
    reach(manager, "command-unlock").click()
    expect(manager.locator("#history .entry").first.get_by_role("heading")).to_have_text("Unlock")
    expect(manager.locator(f"#{name} pre").first).to_be_visible()
    honk = manager.locator("#history .entry").filter(has=manager.get_by_role("heading", name="Honk")).first
    honk.locator("details").first.evaluate("steps => { steps.open = true }")
    honk.get_by_text("Request and answers").click()
    expect(honk.locator("pre").first).to_contain_text('"state": "Activated"')
    assert complaints_of(manager) == []


def test_what_is_unfolded_below_the_window_is_read_too(manager: Page, address: str) -> None:
    """Whoever unfolds it by the keyboard, or a browser that looks for a word, need not see it."""
    manager.set_viewport_size({"width": 1280, "height": 300})
    manager.evaluate("scrollTo(0, 0)")
    honk = manager.locator("#history .entry").filter(has=manager.get_by_role("heading", name="Honk")).first
    honk.evaluate("entry => { for (const fold of entry.querySelectorAll('details')) fold.open = true }")
    expect(honk.locator("pre").first).to_contain_text('"state": "Activated"')
    assert manager.evaluate("scrollY") == 0


def test_a_link_opens_an_action_and_a_filter_narrows(manager: Page, address: str) -> None:
    honk = manager.locator("#history .entry").filter(has=manager.get_by_role("heading", name="Honk")).first
    name = honk.get_attribute("id")
    honk.get_by_role("link", name="Honk").click()
    manager.wait_for_url(f"**/actions/*#{name}")
    linked = manager.locator(f"#{name}")
    expect(linked).to_be_in_viewport()
    expect(linked).to_have_attribute("aria-current", "true")
    expect(linked.get_by_text("Asked for by demo on a page")).to_be_visible()
    manager.get_by_role("link", name="Newest actions").click()

    manager.get_by_text("Filter", exact=True).click()
    form = manager.get_by_role("search", name="Filter the history")
    form.get_by_label("Command").select_option("Horn")
    form.get_by_label("Outcome").select_option("Succeeded")
    form.get_by_role("button", name="Show").click()
    expect(manager.locator(".history-said")).to_contain_text("Outcome: Succeeded")
    assert set(manager.locator("#history .entry h3").all_inner_texts()) == {"Honk"}
    # Whoever sends something sees what becomes of it, on each tab.
    manager.get_by_role("link", name="Now", exact=True).click()
    manager.get_by_role("button", name="Flash lights").click()
    expect(manager.locator("#history .entry h3").first).to_have_text("Flash lights")
    manager.go_back()
    expect(manager.locator(".history-said")).to_contain_text("Outcome: Succeeded")
    expect(manager.locator("#dock")).to_contain_text("Flash lights")
    assert complaints_of(manager) == []


def test_on_paper_it_is_a_table_with_steps_and_nothing_to_press(manager: Page, address: str) -> None:
    manager.goto(f"{address}/history")
    manager.emulate_media(media="print")
    entry = manager.locator("#history .entry").nth(1)
    expect(manager.get_by_text("Command and steps")).to_be_visible()
    # Folded on the screen.
    expect(entry.get_by_text("Sent to the vehicle")).to_be_visible()
    columns = [entry.locator(name).bounding_box() for name in (".entry-when", "h3", ".entry-who", ".entry-status")]
    lefts = [box["x"] for box in columns if box]
    assert lefts == sorted(lefts)
    assert len({round(box["y"] / 10) for box in columns if box}) == 1
    assert manager.locator("button:visible, summary:visible, form:visible, nav:visible, #map:visible").count() == 0
    assert manager.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
