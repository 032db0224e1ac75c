"""Twelve tasks of a fleet manager, each walked in a browser with as many clicks as docs/tasks.md says."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running import Running

from .conftest import decisions_only, in_shell, log_in
from .hand import Hand, told
from .test_who_did_what import in_blanks

WALKED: list[str] = []
"""The tasks that are walked here, in the words of the docs."""


def task(words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The test walks this task: its `hand` must have counted what the docs say."""
    WALKED.append(words)

    def mark(walk: Callable[..., None]) -> Callable[..., None]:
        told_of = pytest.mark.parametrize("hand", [words], indirect=True)(walk)
        drawn: Callable[..., None] = pytest.mark.drawn("tasks of a fleet manager", 3, of="tests")(told_of)
        return drawn

    return mark


@pytest.fixture
def hand(manager: Page, request: pytest.FixtureRequest) -> Iterator[Hand]:
    """On the list of fleets, where the log-in leads."""
    manager.set_viewport_size({"width": 1440, "height": 900})
    hand = Hand(manager)
    yield hand
    assert hand.counted == told()[request.param], "docs/tasks.md says otherwise"


@pytest.fixture(scope="module")
def plates(running: Running) -> dict[str, str]:
    """As they are on a slip of paper, by the ids of vehicles."""
    printed = in_shell(running, "from tests.browser import scene; scene.plates()")
    return {vehicle: in_blanks(plate) for vehicle, plate in json.loads(printed).items()}


@pytest.fixture
def scene(running: Running) -> Iterator[Callable[[str], str]]:
    """Runs what is to be found in the server, and clears it away."""
    yield lambda what: in_shell(running, f"from tests.browser import scene; scene.{what}")
    in_shell(running, "from tests.browser import scene; scene.clear()")


@pytest.fixture
def car(running: Running) -> dict[str, str]:
    """An awake one of the first fleet."""
    return next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])


def newest(page: Page) -> Locator:
    return page.locator("#history .entry").first


def expect_done(page: Page, words: str) -> None:
    expect(newest(page).get_by_role("heading")).to_have_text(words)
    expect(newest(page)).to_have_attribute("data-status", re.compile("Success|AlreadyDone"))


def test_the_docs_tell_of_what_is_walked() -> None:
    assert sorted(told()) == sorted(WALKED)
    assert len(WALKED) == 12


@task("Find a car by its plate, written with blanks")
def test_find_a_car(hand: Hand, plates: dict[str, str], car: dict[str, str]) -> None:
    hand.find(plates[car["id"]])
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text(car["label"])


@task("Unlock a car")
def test_unlock(hand: Hand, running: Running, plates: dict[str, str], car: dict[str, str]) -> None:
    running.final(running.send(car, {"door": {"state": "Locked"}}))
    hand.find(plates[car["id"]])
    hand.press(hand.page.get_by_role("button", name="Unlock", exact=True))
    expect_done(hand.page, "Unlock")


@task("See why a command failed in the night, and try again")
def test_try_again(hand: Hand, running: Running) -> None:
    page, silent = hand.page, running.vehicles("privacy-full")[0]
    assert running.final(running.send(silent, {"horn": {"state": "Activated"}}))[0] == "Failed"
    page.reload()
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=running.fleet["name"]))
    hand.press(card.locator(".bad").get_by_role("link"))
    row = page.locator("tr[id^=action-]").filter(has_text=silent["label"]).first
    expect(row).to_contain_text("Privacy is switched on in the vehicle.")
    hand.press(row.get_by_role("rowheader").get_by_role("link"))
    failed = page.locator("#history .linked")
    expect(failed).to_contain_text("What to do: Ask the driver to switch privacy off")
    hand.press(failed.locator("[id^=again-]"))
    hand.press(page.locator("#question-answer"))
    expect(newest(page)).not_to_have_attribute("id", failed.get_attribute("id") or "")


@task("Flash the lights of 12 cars that stand together")
def test_flash_lights(hand: Hand, running: Running) -> None:
    page, fleet = hand.page, running.demo["fleets"][1]
    hand.press(page.get_by_role("link", name="Map", exact=True))
    expect(page.locator("#fleet-map canvas.map-marks")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/map#\d+/45\.\d+/4\.\d+$"))
    hand.draw_round(page.locator("#fleet-map"))
    ours = page.locator(".chosen-part").filter(has=page.get_by_role("heading", name=fleet["name"]))
    hand.press(ours.get_by_role("button", name="Flash lights"))
    hand.press(page.get_by_role("button", name="Check the vehicles").last)
    hand.press(page.get_by_role("button", name=re.compile("^Send")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Flash lights")
    page.get_by_role("button", name=re.compile("^Stop")).click()


@task("Send a route to a place by its name")
def test_route(hand: Hand, plates: dict[str, str], car: dict[str, str]) -> None:
    page = hand.page
    hand.find(plates[car["id"]])
    hand.press(page.get_by_role("link", name="Send a route"))
    dialog = page.get_by_role("dialog", name="Send a route")
    hand.type(dialog.get_by_role("searchbox", name="Find a place"), "villeurb")
    hand.press(dialog.get_by_role("button", name="Villeurbanne, France"))
    expect(dialog.locator("[data-words]").first).to_have_text("in Villeurbanne")
    hand.press(dialog.get_by_role("button", name="Send", exact=True))
    expect(newest(page)).to_have_attribute("data-status", "Success")


@task("Who unlocked this car last week?")
def test_who_unlocked(hand: Hand, scene: Callable[[str], str], plates: dict[str, str], car: dict[str, str]) -> None:
    scene(f"unlocked_last_week({car['id']!r})")
    hand.find(plates[car["id"]])
    hand.press(hand.page.get_by_role("link", name="Who did what"))
    row = hand.page.get_by_role("row").filter(has_text="Unlock").filter(has_text="Nora Petit")
    expect(row).to_contain_text("5 days ago")


@task("Heat the cabin at 7 from Monday to Friday")
def test_heat(hand: Hand, running: Running, plates: dict[str, str]) -> None:
    # It keeps the program; no other test looks for that.
    page, car = hand.page, running.vehicles("awake")[-1]
    hand.find(plates[car["id"]])
    hand.press(page.locator("#menu-climate summary"))
    hand.press(page.get_by_role("link", name=re.compile("^Options for cabin climate")))
    slot = page.get_by_role("dialog").get_by_role("group", name="Program 1", exact=True)
    hand.press(slot.get_by_role("radio", name="Set"))
    hand.press(slot.get_by_role("button", name="Mon–Fri"))
    hand.type(slot.get_by_label("Start", exact=True), "07:00", "Tab")
    expect(page.get_by_role("dialog").locator(".changes")).to_contain_text("07:00, Mon–Fri")
    hand.press(page.get_by_role("dialog").get_by_role("button", name="Send", exact=True))
    expect_done(page, "Cabin climate: 1 program")


@task("Stop a charge")
def test_stop_charging(hand: Hand, running: Running, plates: dict[str, str], car: dict[str, str]) -> None:
    running.final(running.send(car, {"charging": {"immediate": True}}))
    hand.find(plates[car["id"]])
    hand.press(hand.page.get_by_role("button", name="Stop charging"))
    expect_done(hand.page, "Stop charging")


@task("Which cars are below 20 %?")
def test_below(hand: Hand, running: Running) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name=running.fleet["name"], exact=True))
    hand.press(page.get_by_role("link", name="Charge or fuel below 20 %"))
    expect(page.get_by_role("link", name="Charge or fuel below 20 %")).to_have_attribute("aria-current", "true")
    levels = page.locator("#vehicle-list td.level").all_inner_texts()
    assert all(int(level.split()[0]) < 20 for level in levels)


@task("Immobilise a stolen car")
def test_immobilise(hand: Hand, scene: Callable[[str], str], plates: dict[str, str], car: dict[str, str]) -> None:
    """It is asked for here, and another person approves it."""
    page = hand.page
    hand.find(plates[car["id"]])
    hand.press(page.locator("#menu-security summary"))
    hand.press(page.get_by_role("button", name="Immobilise", exact=True))
    dialog = page.get_by_role("dialog")
    hand.type(dialog.get_by_label("Why"), "Taken from the yard tonight.")
    hand.press(dialog.get_by_role("button", name="Immobilise", exact=True))
    expect(newest(page).locator(".unsent")).to_contain_text("You have asked for it yourself.")


@task("How many wake-ups are spent this month, and do they last?")
def test_wake_ups(hand: Hand, running: Running, scene: Callable[[str], str]) -> None:
    page, fleet = hand.page, running.fleet
    scene(f"with_wake_ups({fleet['id']!r})")
    hand.press(page.get_by_role("link", name=re.compile(f"^Overview.*{fleet['name']}")))
    hand.press(page.get_by_role("link", name="Do this month's wake-ups last?"))
    expect(page.get_by_role("main")).to_contain_text("Spent so far:")


@pytest.fixture
def phone(browser: Browser, running: Running) -> Iterator[Page]:
    size = {"width": 390, "height": 844}
    context = browser.new_context(base_url=running.demo["web"]["url"], viewport=size, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    decisions_only(page)
    log_in(page, running)
    yield page
    context.close()


@task("Approve what waits for me, on a phone")
def test_approve(hand: Hand, running: Running, phone: Page, scene: Callable[[str], str], car: dict[str, str]) -> None:
    scene(f"asked_by_another({car['id']!r})")
    hand.page = phone
    badge = phone.locator("#waiting")
    expect(badge).to_have_text(re.compile("^1"))
    hand.press(badge)
    expect(phone.locator("#question")).to_contain_text("Asked for by Alma Roux")
    hand.press(phone.get_by_role("button", name="Approve and send"))
    expect(newest(phone)).to_contain_text("Approved by demo")
    expect(newest(phone)).to_have_attribute("data-status", "Success")
    running.final(running.send(car, {"immobilization": {"activate": False}}))
