"""A fleet manager in a car park, with a phone in one hand: 390 px wide, and fingers instead of a mouse."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import Running

from .conftest import log_in

# What a finger hits surely (WCAG 2.2, 2.5.8 asks for 24), but for links within text.
FINGER = 24


@pytest.fixture
def phone(browser: Browser, running: Running) -> Iterator[Page]:
    context = browser.new_context(
        base_url=running.demo["web"]["url"],
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    page = context.new_page()
    log_in(page, running)
    yield page
    context.close()


def expect_no_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def is_fit_for_fingers(place: Locator) -> bool:
    box = place.bounding_box()
    return box is not None and min(box["width"], box["height"]) >= FINGER


def test_find_a_vehicle_and_unlock_it(phone: Page, running: Running) -> None:
    fleet = running.demo["fleets"][1]
    vehicle = [each for each in fleet["vehicles"] if each["profile"] == "asleep"][3]
    expect_no_sideways(phone)
    phone.get_by_role("link", name=fleet["name"], exact=True).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Vehicles")
    expect_no_sideways(phone)
    phone.get_by_role("searchbox").tap()
    phone.get_by_role("searchbox").press_sequentially(vehicle["plate"] if "plate" in vehicle else vehicle["vin"])
    expect(phone.locator("#vehicle-list tbody tr")).to_have_count(1)
    phone.get_by_role("link", name=vehicle["label"], exact=True).tap()
    expect(phone.locator("#live-mark")).to_have_attribute("data-mark", "live")
    expect_no_sideways(phone)
    unlock = phone.get_by_role("button", name="Unlock", exact=True)
    expect(unlock).to_be_in_viewport()
    for button in phone.locator("#dock button:visible, #commands button:visible, #commands a:visible").all():
        assert is_fit_for_fingers(button), button.inner_text()
    unlock.tap()
    # What becomes of it is told where it is seen without scrolling.
    told = phone.locator("#dock .result")
    expect(told).to_contain_text("Unlock")
    expect(told).to_be_in_viewport(ratio=1)
    expect(told).to_have_class(re.compile("good"))
    expect(told.get_by_role("link")).to_have_attribute("href", re.compile("/actions/"))
    newest = phone.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))
    expect_no_sideways(phone)


def test_the_result_on_a_phone_without_scrolling(phone: Page, running: Running) -> None:
    """It is told where it was pressed, with its cause and what to do, on each tab, until it is read."""
    vehicle = running.vehicles("privacy-full")[0]
    page = f"/fleets/{running.fleet_of(vehicle)['id']}/vehicles/{vehicle['id']}"
    phone.goto(page)
    expect(phone.locator("#live-mark")).to_have_attribute("data-mark", "live")
    expect(phone.locator("#summary")).to_be_in_viewport(ratio=1)
    commands = phone.locator("#dock .quick button")
    expect(commands).to_have_count(3)
    for button in commands.all():
        expect(button).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        # Where a thumb reaches.
        assert box is not None
        assert box["y"] > 844 / 2
        assert box["height"] >= 44
    phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    far_down = phone.evaluate("scrollY")
    assert far_down > 0
    phone.get_by_role("button", name="Flash lights", exact=True).tap()
    result = phone.locator("#dock .result")
    expect(result).to_be_in_viewport(ratio=1)
    expect(result).to_have_attribute("data-status", "Failed")
    expect(result).to_have_class(re.compile("bad"))
    expect(result).to_contain_text("Privacy is switched on in the vehicle.")
    expect(result).to_contain_text("Ask the driver to switch privacy off")
    expect(result).to_be_in_viewport(ratio=1)
    # Nobody has scrolled up for it.
    assert phone.evaluate("scrollY") > far_down / 2
    expect_no_sideways(phone)

    phone.goto(f"{page}/programs")
    expect(result).to_be_in_viewport(ratio=1)
    result.get_by_role("link").tap()
    phone.wait_for_url("**/actions/*")
    expect(phone.locator("#history .linked")).to_contain_text("Flash lights")
    # That was reading it.
    phone.goto(page)
    expect(phone.locator("#history .entry").first).to_contain_text("Flash lights")
    expect(result).to_have_count(0)


def test_a_result_is_put_away(phone: Page, running: Running) -> None:
    vehicle = running.vehicles("privacy-full")[0]
    phone.goto(f"/fleets/{running.fleet_of(vehicle)['id']}/vehicles/{vehicle['id']}")
    phone.locator("#command-honk, #quick-honk").locator("visible=true").tap()
    result = phone.locator("#dock .result")
    expect(result).to_contain_text("Honk")
    expect(result).to_have_attribute("data-status", "Failed")
    result.get_by_role("button", name="I have read it").tap()
    expect(result).to_have_count(0)
    phone.reload()
    expect(phone.locator("#history .entry").first).to_contain_text("Honk")
    expect(result).to_have_count(0)
