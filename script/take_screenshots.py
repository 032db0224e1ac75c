"""Pictures of every page at 1280 and 390 px, light and dark, from the demo that script/server is running.

It first makes a day of the demo's fleets (screenshots_story). That takes minutes, since vehicles that can't be reached
take long to fail; with SIMULATOR_SPEED=10 for the server all of it is done in three.
"""

import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from screenshots_manager import Manager  # noqa: E402
from screenshots_pages import DONE_BEFORE, FRENCH, LASTING, PICTURES, SHOWN  # noqa: E402
from screenshots_png import shrink  # noqa: E402
from screenshots_story import ZONE, Story  # noqa: E402

from launcher.environment import read_environment  # noqa: E402 - found by the line above
from launcher.files import read_json  # noqa: E402

# What the docs show goes there and is kept; all else is for whoever runs this.
KEPT, OTHERS = ROOT / "docs" / "img", ROOT / "screenshots"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)
# What #live-mark says of a page that is up to date.
UP_TO_DATE = re.compile("live|paced")
# A phone's page is pictured further down than a phone's screen goes.
HEIGHTS = {1280: 1200, 390: 1800}

missed: list[str] = []
"""What could not be pictured, in words; the others are all the same."""


def main() -> None:
    home = Path(os.environ["FLEETREMOTE_HOME"])
    demo = read_json(home / "demo.json")
    if not demo:
        sys.exit("No demo is loaded. Run script/server in another terminal first.")
    chromium = os.environ.get("FLEETREMOTE_CHROMIUM") or shutil.which("chromium")
    # Chromium's own sandbox does not start as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    began = time.time()
    for folder in (KEPT, OTHERS):
        folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        take_all(browser, demo, read_environment(home)["SIMULATOR_URL"])
        browser.close()
    if missed:
        sys.exit("\n".join(missed))
    pictures = [*KEPT.glob("*.png"), *OTHERS.glob("*.png")]
    for picture in pictures:
        if picture.stat().st_mtime < began:
            picture.unlink()
    print(f"{len(PICTURES)} pages in {time.time() - began:.0f} s: what the docs show in {KEPT}, the others in {OTHERS}")


def take_all(browser: Browser, demo: dict[str, Any], simulator: str) -> None:
    context = open_context(browser, demo, "en-GB")
    page = context.new_page()
    take(page, "login", {})
    manager = Manager(context, demo)
    story = Story(manager, demo, simulator, lambda name: take(page, name, story.ids))
    story.tell()
    for name in LASTING:
        take(page, name, story.ids)
    french = open_context(browser, demo, "fr-FR")
    Manager(french, demo)
    french_page = french.new_page()
    for name in FRENCH:
        take(french_page, name, story.ids)
    story.end()


def open_context(browser: Browser, demo: dict[str, Any], locale: str) -> BrowserContext:
    return browser.new_context(
        base_url=demo["web"]["url"], locale=locale, timezone_id=ZONE, reduced_motion="reduce", color_scheme="light"
    )


def take(page: Page, name: str, ids: dict[str, str]) -> None:
    """Four pictures of one page, which is loaded once."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    path = PICTURES[name].format(**ids)
    answer = page.goto(path)
    if answer is None or not answer.ok or urlsplit(page.url).path != urlsplit(path).path:
        missed.append(f"{name}: {path} led to {page.url}, which answered {answer and answer.status}.")
        return
    if page.locator("#live-mark").count():
        expect(page.locator("#live-mark")).to_have_attribute("data-mark", UP_TO_DATE, timeout=30_000)
    if prepare := DONE_BEFORE.get(name):
        prepare(page)
        page.evaluate("document.activeElement.blur()")
        page.wait_for_load_state("networkidle")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            height = max(844, min(HEIGHTS[width], page.evaluate("document.documentElement.scrollHeight")))
            cut: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
            picture = page.screenshot(full_page=True, clip=cut, animations="disabled")
            file = f"{name}-{width}-{scheme}.png"
            ((KEPT if file in SHOWN else OTHERS) / file).write_bytes(shrink(picture))


if __name__ == "__main__":
    main()
