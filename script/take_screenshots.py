"""Pictures of every page at 1280 and 390 px, light and dark, from the demo that script/server is running."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from launcher.files import read_json  # noqa: E402 - found by the line above

PICTURES = ROOT / "docs" / "img"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)


def main() -> None:
    demo = read_json(Path(os.environ["FLEETREMOTE_HOME"]) / "demo.json")
    if not demo:
        sys.exit("No demo is loaded. Run script/server in another terminal first.")
    PICTURES.mkdir(exist_ok=True)
    chromium = os.environ.get("FLEETREMOTE_CHROMIUM") or shutil.which("chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        make_history(browser, demo)
        notification = send_test(browser, demo)
        for scheme in SCHEMES:
            for width in WIDTHS:
                take_all(browser, demo, notification, scheme, width)
        browser.close()


def make_history(browser: Browser, demo: dict[str, Any]) -> None:
    """Something to see: an unlock and a honk of the asleep vehicle, and a failure of the unreachable one."""
    page = logged_in(browser, demo, "light", 1280)
    fleet = demo["fleets"][0]
    for profile, commands in (("unreachable", ["Unlock"]), ("asleep", ["Unlock", "Honk", "Lock"])):
        page.goto(vehicle_path(fleet, profile))
        for command in commands:
            page.get_by_role("button", name=command, exact=True).click()
            newest = page.locator("#history .entry").first
            expect(newest.get_by_role("heading")).to_have_text(command)
            expect(newest).to_have_attribute("data-status", re.compile("Success|AlreadyDone|Failed"), timeout=180_000)


def send_test(browser: Browser, demo: dict[str, Any]) -> str:
    """Send a test to the demo's callback; gives the path of the notification's page, once it has been delivered."""
    page = logged_in(browser, demo, "light", 1280)
    page.goto(f"/fleets/{demo['fleets'][0]['id']}/callbacks")
    page.get_by_role("link", name="Demo receiver").click()
    page.get_by_role("button", name="Send a test").click()
    for _ in range(100):
        if page.get_by_text("200 OK").count():
            return urlsplit(page.url).path
        page.wait_for_timeout(300)
        page.get_by_role("link", name="Reload").click()
    sys.exit("The demo's receiver did not take a test notification. Is it running, and its callback as it was?")


def take_all(
    browser: Browser, demo: dict[str, Any], notification: str, scheme: Literal["light", "dark"], width: int
) -> None:
    """One picture of each page at this width and in this scheme."""
    page = logged_in(browser, demo, scheme, width)
    fleet = demo["fleets"][0]
    pages = {
        "fleets": "/",
        "vehicles": f"/fleets/{fleet['id']}",
        "vehicle": vehicle_path(fleet, "asleep"),
        "failure": vehicle_path(fleet, "unreachable"),
        "immobilise": f"{vehicle_path(fleet, 'asleep')}/actions?command=immobilise",
        "sending": f"/fleets/{fleet['id']}/sending",
        "rules": f"/fleets/{fleet['id']}/sending/rules",
        "callbacks": f"/fleets/{fleet['id']}/callbacks",
        "callback": notification.partition("/notifications")[0],
        "callback-form": f"/fleets/{fleet['id']}/callbacks/new?example=token",
        "notification": notification,
    }
    for name, path in pages.items():
        page.goto(path)
        page.wait_for_load_state()
        if page.locator("#live-mark").count():
            expect(page.locator("#live-mark")).to_have_attribute("data-mark", "live")
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=width < 600)
    page.context.close()


def vehicle_path(fleet: dict[str, Any], profile: str) -> str:
    vehicle = next(vehicle for vehicle in fleet["vehicles"] if vehicle["profile"] == profile)
    return f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}"


def logged_in(browser: Browser, demo: dict[str, Any], scheme: Literal["light", "dark"], width: int) -> Page:
    web = demo["web"]
    context = browser.new_context(
        base_url=web["url"], color_scheme=scheme, viewport={"width": width, "height": 900}, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/login")
    page.screenshot(path=PICTURES / f"login-{width}-{scheme}.png")
    page.fill("input[name=username]", web["user"])
    page.fill("input[name=password]", web["password"])
    page.click("button[type=submit]")
    page.wait_for_url("**/")
    return page


if __name__ == "__main__":
    main()
