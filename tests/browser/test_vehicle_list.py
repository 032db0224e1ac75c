"""The list of vehicles in a real Chromium: it follows what one types and chooses, and picks vehicles for a command."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.running import Running

from .conftest import complaints_of

ROWS = "#vehicle-list tbody tr"


def open_list(page: Page, running: Running) -> int:
    """The first fleet's list; gives the number of its vehicles."""
    page.goto(f"/fleets/{running.fleet['id']}")
    expect(page.locator(ROWS)).to_have_count(len(running.fleet["vehicles"]))
    return len(running.fleet["vehicles"])


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_the_list_follows_what_one_asks_for(manager: Page, running: Running) -> None:
    everything = open_list(manager, running)
    manager.evaluate("window.sameDocument = true")
    vehicle = running.fleet["vehicles"][0]
    search = manager.get_by_role("searchbox")
    search.press_sequentially(vehicle["vin"][-8:])
    expect(manager.locator(ROWS)).to_have_count(1)
    expect(manager.locator(ROWS)).to_contain_text(vehicle["label"])
    expect(manager.locator("#list-status")).to_have_text("1 vehicle")
    expect(search).to_be_focused()
    assert query_of(manager) == {"q": [vehicle["vin"][-8:]]}
    search.fill("")
    expect(manager.locator(ROWS)).to_have_count(everything)
    manager.locator("#list-filters summary").click()
    manager.get_by_label("Last outcome").select_option("Failed")
    expect(manager).to_have_url(re.compile(r"\?outcome=failed$"))
    expect(manager.locator("#filter-count")).to_have_text("1 in use")
    manager.locator("#list-columns summary").click()
    manager.get_by_role("checkbox", name="VIN").uncheck()
    expect(manager).to_have_url(re.compile("col=plate"))
    manager.get_by_label("Last outcome").select_option("Any")
    expect(manager.locator(ROWS)).to_have_count(everything)
    expect(manager.locator("#vehicle-list thead")).not_to_contain_text("VIN")
    assert manager.evaluate("window.sameDocument") is True
    assert complaints_of(manager) == []


def test_vehicles_are_chosen_for_one_command(manager: Page, running: Running) -> None:
    everything = open_list(manager, running)
    chosen = manager.locator("[data-chosen]")
    expect(chosen).to_be_hidden()
    boxes = manager.locator('input[name="vehicle"]')
    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(chosen).to_have_text("Chosen: 2")
    every = manager.get_by_label("All on this page")
    every.check()
    expect(chosen).to_have_text(f"Chosen: {everything}")
    boxes.nth(1).uncheck()
    expect(every).not_to_be_checked()
    manager.get_by_role("button", name="Send to the chosen…").click()
    expect(manager.get_by_role("heading", level=1)).to_contain_text(f"{everything - 1} vehicles")
    manager.go_back()
    manager.get_by_role("searchbox").fill(running.fleet["vehicles"][0]["vin"])
    expect(manager.locator(ROWS)).to_have_count(1)
    manager.get_by_role("button", name="Send to the 1 found…").click()
    expect(manager.get_by_role("heading", level=1)).to_contain_text("1 vehicle")


def test_a_view_is_saved_and_opens_the_list(manager: Page, running: Running) -> None:
    open_list(manager, running)
    manager.get_by_role("searchbox").fill("nothing is called so")
    manager.get_by_role("link", name="Save as a view…").click()
    manager.get_by_label("Name").fill("No vehicle")
    manager.get_by_role("button", name="Save").click()
    expect(manager.locator('.view-tabs [aria-current="page"]')).to_have_text("No vehicle")
    opens = manager.get_by_role("button", name="Open the list with this view")
    opens.click()
    expect(opens).to_have_attribute("aria-pressed", "true")
    manager.goto(f"/fleets/{running.fleet['id']}")
    expect(manager.get_by_role("heading", name="No vehicle found for")).to_be_visible()
    manager.get_by_role("link", name="All vehicles", exact=True).click()
    expect(manager.locator(ROWS)).to_have_count(len(running.fleet["vehicles"]))
    manager.get_by_role("link", name="No vehicle").click()
    manager.get_by_role("link", name="Rename or delete…").click()
    manager.get_by_role("button", name="Delete this view").click()
    expect(manager.get_by_text("The view was deleted.")).to_be_visible()
    expect(manager.get_by_role("link", name="No vehicle")).to_have_count(0)


def test_without_javascript_it_is_all_there(manager: Page, running: Running) -> None:
    browser = manager.context.browser
    assert browser is not None
    context = browser.new_context(
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    everything = open_list(page, running)
    page.locator("#list-filters summary").click()
    page.get_by_label("Sort by").select_option("Name, Z to A")
    page.get_by_label("Can do").select_option("Charging")
    page.locator("#list-filters").get_by_role("button", name="Show").click()
    assert query_of(page)["sort"] == ["-name"]
    names = page.locator(f"{ROWS} th a").all_inner_texts()
    assert 0 < len(names) <= everything
    page.locator('input[name="vehicle"]').first.check()
    page.get_by_role("button", name="Send to the chosen…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One command for 1 vehicle")
    expect(page.locator(".options-heading .facts")).to_contain_text(names[0])
    context.close()


def test_a_phone_shows_the_list_without_scrolling_sideways(manager: Page, running: Running) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    open_list(manager, running)
    for fold in ("#list-filters", "#list-columns"):
        manager.locator(f"{fold} summary").click()
    for box in manager.locator("#list-columns input").all():
        box.check()
    expect(manager).to_have_url(re.compile("col=heard"))
    assert (
        len(set(manager.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]"))) == 1
    )
