"""The frame of all pages: 20 vehicles on a screen, another fleet by keyboard, and a phone's bar and app."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running import Running

from .conftest import in_shell, log_in

_DEPOT = """
from tests.world import make_fleet, make_vehicle
fleet = make_fleet("Depot of many")
for number in range(25):
    make_vehicle(fleet, f"Van {number:02}", plate=f"AB-{100 + number}-CD", brand="Peugeot", model="e-Expert")
print(fleet.public_id)
"""
_GONE = """
from fleets.models import Fleet, Gateway, UpstreamFleet
fleet = Fleet.objects.get(public_id=%r)
upstream = UpstreamFleet.objects.filter(fleet=fleet)
gateways = list(upstream.values_list("gateway", flat=True))
fleet.vehicles.all().delete()
upstream.delete()
fleet.delete()
Gateway.objects.filter(pk__in=gateways).delete()
"""
# Rows that are seen whole.
_WHOLE = """
() => [...document.querySelectorAll("#vehicle-list tbody tr")].filter((row) => {
  const { top, bottom } = row.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}).length
"""
_AS_APP = """
const asked = window.matchMedia.bind(window);
window.matchMedia = (query) => (query.includes("standalone") ? { matches: true } : asked(query));
"""


@pytest.fixture
def depot(running: Running) -> Iterator[str]:
    fleet = in_shell(running, _DEPOT)
    yield fleet
    in_shell(running, _GONE % fleet)


def test_twenty_vehicles_stand_on_a_screen(manager: Page, depot: str) -> None:
    manager.set_viewport_size({"width": 1440, "height": 900})
    manager.goto(f"/fleets/{depot}")
    assert manager.evaluate(_WHOLE) >= 20
    manager.locator("details.menu summary").click()
    manager.get_by_role("button", name="Airy rows").click()
    expect(manager.locator("html")).to_have_attribute("data-density", "comfortable")
    assert manager.evaluate(_WHOLE) < 20


def test_another_fleet_by_keyboard_keeps_the_kind_of_page(manager: Page, running: Running) -> None:
    here, there = running.demo["fleets"][:2]
    manager.goto(f"/fleets/{here['id']}/schedules")
    manager.locator(".rail .chooser summary").focus()
    manager.keyboard.press("Enter")
    expect(manager.locator(".rail .choices a").first).to_be_focused()
    manager.locator(".rail .choices").get_by_role("link", name=there["name"]).press("Enter")
    manager.wait_for_url(f"**/fleets/{there['id']}/schedules")


def test_a_thumb_reaches_daily_work_and_the_app_says_that_it_is_offline(browser: Browser, running: Running) -> None:
    size = {"width": 390, "height": 844}
    context = browser.new_context(base_url=running.demo["web"]["url"], viewport=size, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    context.add_init_script(_AS_APP)
    page = context.new_page()
    log_in(page, running)
    page.goto(f"/fleets/{running.fleet['id']}")
    bar = page.get_by_role("navigation", name="At hand")
    for place in bar.locator("> a, summary").all():
        box = place.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844
    bar.get_by_role("link", name="Actions").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Actions")
    bar.get_by_text("More").tap()
    bar.get_by_role("link", name="Sending").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sending")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    context.close()
