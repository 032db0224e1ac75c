"""A real Chromium, found by `script/test` (FLEETREMOTE_CHROMIUM) or on the PATH."""

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from launcher.probes import free_port
from tests.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.drawn import others
from tests.running import Running, running_server
from tests.server import Server

# Several programs share two cores: what is waited for may come late, and a longer wait costs only those that fail.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]


# Not for the session: it would go on working until the last test of all.
@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole FleetRemote; the tests leave it as usable as they found it."""
    server = Server(tmp_path_factory.mktemp("browser") / "home", free_port(None))
    # A provider of single sign-on, which runs while a test needs it.
    server.environment |= {
        "OIDC_ISSUER": f"http://127.0.0.1:{free_port(None)}",
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_NAME": "Example",
    }
    with running_server(server) as running:
        yield running


@pytest.fixture
def provider(running: Running) -> Iterator[Provider]:
    """The provider of single sign-on; each test says who is logged in there."""
    with running_provider(urlsplit(running.server.environment["OIDC_ISSUER"]).port or 0) as provider:
        yield provider


# Not for the session: while Playwright is open, an event loop runs, and other tests can't run theirs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = os.environ.get("FLEETREMOTE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("no Chromium was found: install one (Debian: chromium-headless-shell), then run script/test")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root.
        arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
        # Chromium does not start with a clock that is moved from outside; it keeps the real one.
        environment: dict[str, str | float | bool] = {
            name: value for name, value in os.environ.items() if name != "LD_PRELOAD"
        }
        browser = playwright.chromium.launch(executable_path=path, args=arguments, env=environment)
        yield browser
        browser.close()


# What pages take for the time, when the clock of the tests is moved by so many seconds (`script/test --at`).
MOVED = """
const Clock = Date, shift = 1000 * (%s);
window.Date = class extends Clock {
  constructor(...parts) { parts.length ? super(...parts) : super(Clock.now() + shift); }
  static now() { return Clock.now() + shift; }
};
const began = performance.timeOrigin + shift;
Object.defineProperty(performance, "timeOrigin", { get: () => began });
"""


_complaints: dict[Page, list[str]] = {}


def complaints_of(page: Page) -> list[str]:
    """What the browser's console and its error handler have said of a page."""
    return _complaints[page]


@pytest.fixture
def context(browser: Browser, running: Running) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=running.demo["web"]["url"])
    context.set_default_timeout(PATIENCE)
    if "FAKETIME" in os.environ:
        context.add_init_script(MOVED % os.environ["FAKETIME"].removesuffix("s"))
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in a context of its own; what the browser complains about is noted."""
    page = context.new_page()
    complaints = _complaints[page] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _complains(message) else None)
    return page


def _complains(message: ConsoleMessage) -> bool:
    """Chromium tells of a header that it does not understand in a warning."""
    return message.type == "error" or (message.type == "warning" and "header" in message.text)


def in_shell(running: Running, code: str) -> str:
    """Run the code in the server's environment; gives what it prints."""
    done = running.server.run("-m", "launcher.manage", "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# What the demo's fleets wanted before is put back.
_ONE_IS_ENOUGH = """
import json
from fleets.models import Fleet
from remotes.models import FleetRules
before = {}
for fleet in Fleet.objects.filter(public_id__in=%r):
    rules = FleetRules.objects.filter(fleet=fleet).first()
    before[fleet.public_id] = rules and rules.approval_types
    FleetRules.objects.update_or_create(fleet=fleet, defaults={"approval_types": []})
print(json.dumps(before))
"""
_AS_BEFORE = """
import json
from remotes.models import FleetRules
for fleet, types in json.loads(%r).items():
    rules = FleetRules.objects.filter(fleet__public_id=fleet)
    rules.delete() if types is None else rules.update(approval_types=types)
"""


@pytest.fixture
def one_is_enough(running: Running) -> Iterator[None]:
    """Nothing in the demo's fleets needs a second person (`test_four_eyes` has the others)."""
    before = in_shell(running, _ONE_IS_ENOUGH % [fleet["id"] for fleet in running.demo["fleets"]])
    yield
    in_shell(running, _AS_BEFORE % before)


# Sets the zone of a fleet, and prints the one that was.
ZONE = """
from fleets.models import Fleet
from remotes.models import FleetRules
rules, _ = FleetRules.objects.get_or_create(fleet=Fleet.objects.get(public_id=%r))
print(rules.time_zone)
FleetRules.objects.filter(pk=rules.pk).update(time_zone=%r)
"""


def decisions_only(page: Page) -> None:
    """The number in the header counts no more than what waits for a decision; what else is there is another's story."""
    page.route("**/needs", lambda route: route.fulfill(json={"count": 0, "url": ""}))
    if page.url.startswith("http"):
        page.evaluate("localStorage.removeItem('needs-heard')")


def reach(page: Page, place: str) -> Locator:
    """What has this id on a vehicle's page; the menu that it stands in is opened."""
    found = page.locator(f"#{place}")
    menu = page.locator("details.row-menu:not([open])").filter(has=found)
    expect(found).to_have_count(1)
    if menu.count():
        menu.locator("summary").click()
    return found


def log_in(page: Page, running: Running) -> None:
    """As the demo's fleet manager, to the list of fleets."""
    web = running.demo["web"]
    page.goto("/")
    page.get_by_label("User name").or_(page.get_by_label("Username")).fill(web["user"])
    page.get_by_label("Password").fill(web["password"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


@pytest.fixture(scope="package")
def login(browser: Browser, running: Running) -> list[Any]:
    """The cookies of the demo's fleet manager, who logs in once: a password takes long to check."""
    context = browser.new_context(base_url=running.demo["web"]["url"])
    log_in(context.new_page(), running)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def manager(page: Page, context: BrowserContext, login: list[Any]) -> Page:
    """The demo's fleet manager, logged in on the list of fleets."""
    context.add_cookies(login)
    page.goto("/")
    return page


# Each run takes some of the stories.
pytest_itemcollected = others("stories in a browser", 26, of="tests")
