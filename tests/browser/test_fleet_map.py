"""A fleet manager chooses twelve vehicles on the map and flashes their lights, in a real Chromium."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.running import Running

from .conftest import complaints_of


@pytest.fixture
def fleet(running: Running) -> str:
    return str(next(fleet["id"] for fleet in running.demo["fleets"] if fleet["name"] == "Lyon fleet"))


@pytest.fixture
def board(manager: Page, fleet: str) -> Iterator[Page]:
    manager.goto(f"/fleets/{fleet}/map")
    expect(manager.locator("#fleet-map canvas.map-marks")).to_be_visible()
    expect(manager).to_have_url(re.compile(r"/map#\d+/45\.\d+/4\.\d+$"))
    yield manager
    assert complaints_of(manager) == []


def test_twelve_are_chosen_and_flash_their_lights(board: Page, fleet: str) -> None:
    chosen = board.get_by_role("region", name="What is chosen")
    ground = board.locator("#fleet-map").bounding_box()
    assert ground is not None
    # The whole map but its edge, with Shift held.
    board.mouse.move(ground["x"] + 5, ground["y"] + 5)
    board.keyboard.down("Shift")
    board.mouse.down()
    board.mouse.move(ground["x"] + ground["width"] - 5, ground["y"] + ground["height"] - 5, steps=4)
    board.mouse.up()
    board.keyboard.up("Shift")
    expect(chosen.get_by_role("heading", name=re.compile(r"^\d+ vehicles chosen$"))).to_be_visible()
    # Those that have no position are ticked in the list.
    rows = board.locator(".map-rows input[name=vehicle]")
    expect(rows).to_have_count(12)
    for box in rows.all():
        box.check()
    expect(chosen.get_by_role("button", name="Command 12 vehicles…")).to_be_visible()

    chosen.get_by_role("button", name="Flash lights").click()
    expect(board.get_by_role("heading", name="One command for 12 vehicles")).to_be_visible()
    expect(board.get_by_role("radio", name="Flash lights")).to_be_checked()
    board.get_by_label("Try it first with").fill("0")
    board.get_by_role("button", name="Check the vehicles").last.click()
    board.get_by_role("button", name=re.compile("^Send")).click()
    expect(board.get_by_role("heading", name="Flash lights: 12 vehicles")).to_be_visible()
    expect(board.locator("#bulk-state")).to_have_attribute("data-state", re.compile("done|aborted"), timeout=150_000)
    expect(board.locator("#tally-all")).to_contain_text("12")


def test_the_address_keeps_filters_and_view_and_back_in_the_list(board: Page, fleet: str) -> None:
    board.get_by_role("searchbox", name="Search vehicles").fill("ë-C3")
    expect(board.locator(".map-rows li[data-key]")).to_have_count(2)
    expect(board).to_have_url(re.compile(rf"/fleets/{fleet}/map\?q=.+#\d+/"))
    board.locator("#fleet-map").focus()
    before = board.url
    board.keyboard.press("ArrowRight")
    expect(board).not_to_have_url(before)
    shared = board.url
    board.goto("/")
    board.goto(shared)
    expect(board.locator(".map-rows li[data-key]")).to_have_count(2)
    assert board.url == shared
    board.get_by_role("link", name="Open as list").click()
    expect(board.locator("#vehicle-list tbody tr")).to_have_count(2)
    board.get_by_role("link", name="Open map").click()
    expect(board.locator(".map-rows li[data-key]")).to_have_count(2)


def test_a_new_state_is_shown_without_moving_anything(board: Page, fleet: str) -> None:
    """What is under way elsewhere comes by itself, and what is chosen and seen stays."""
    first = board.locator(".map-rows li[data-key]").first
    first.get_by_role("checkbox").check()
    expect(board.get_by_role("link", name="Open the vehicle")).to_be_visible()
    version = board.locator("#news").get_attribute("data-version")
    other = board.context.new_page()
    other.goto(first.get_by_role("link").get_attribute("href") or "")
    view = board.url
    other.get_by_role("button", name="Honk").first.click()
    expect(board.locator(f"#news:not([data-version='{version}'])")).to_be_attached()
    assert board.url == view
    expect(first.get_by_role("checkbox")).to_be_checked()
    other.close()


def test_without_javascript_the_list_remains_and_says_so(board: Page, running: Running, fleet: str) -> None:
    context = board.context.browser.new_context(  # type: ignore[union-attr]
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=board.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"/fleets/{fleet}/map")
    expect(page.get_by_text("The map needs JavaScript.")).to_be_visible()
    expect(page.locator("#fleet-map")).to_be_hidden()
    for box in page.locator(".map-rows input").all()[:2]:
        box.check()
    page.get_by_role("button", name="Send to the chosen…").click()
    expect(page.get_by_role("heading", name="One command for 2 vehicles")).to_be_visible()
    context.close()
