"""A fleet manager gives another system a callback, in a real Chromium, and that system gets what it should."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from tests.running import Running
from tests.waiting import wait_until

from .conftest import complaints_of


@dataclass
class OtherSystem:
    """A subscriber: the address of its webhook, and the requests that it got, headers and body each."""

    url: str
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def other_system() -> Iterator[OtherSystem]:
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"thank you")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield OtherSystem(f"http://127.0.0.1:{server.server_port}/hook", got)
    server.shutdown()
    server.server_close()


def open_callbacks(page: Page, running: Running) -> None:
    page.goto(f"/fleets/{running.fleet['id']}")
    callbacks = page.get_by_role("link", name="Callbacks")
    if not callbacks.is_visible():
        page.locator(".bottom summary").click()
    callbacks.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Callbacks")


def make_callback(page: Page, running: Running, name: str, target: str) -> str:
    """Make one by the form; gives the secret that is shown."""
    open_callbacks(page, running)
    page.get_by_role("link", name="New callback").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Address").fill(target)
    page.get_by_label("Key of attribute 1").fill("X-Fleet")
    page.get_by_label("Value of attribute 1").fill("$fleetID")
    page.get_by_role("button", name="Create the callback").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.locator("#secret").inner_text()


@pytest.mark.drawn("days in a browser", 2, of="tests")
def test_a_callback_from_its_making_to_its_end(manager: Page, running: Running, other_system: OtherSystem) -> None:
    secret = make_callback(manager, running, "Booking", other_system.url)
    expect(manager.get_by_text("shown only now")).to_be_visible()
    manager.reload()
    expect(manager.get_by_text(secret)).to_have_count(0)

    manager.get_by_role("button", name="Send a test").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text("Test notification")
    expect(manager.get_by_text("200 OK", exact=True)).to_be_visible()
    expect(manager.get_by_text("thank you")).to_be_visible()
    headers, body = other_system.requests[0]
    assert headers["x-fleet"] == running.fleet["id"]
    assert Webhook(secret).verify(body, headers)["events"][0]["eventStatus"]["status"] == "Success"

    manager.get_by_role("navigation", name="Where you are").get_by_role("link", name="Booking").click()
    expect(manager.get_by_role("row", name="Delivered")).to_contain_text("Test")
    manager.get_by_role("button", name="Pause").click()
    expect(manager.get_by_text("Paused since")).to_be_visible()
    manager.get_by_role("button", name="Send a test").click()
    expect(manager.get_by_text("The callback is paused.")).to_be_visible()
    assert len(other_system.requests) == 1
    manager.get_by_role("navigation", name="Where you are").get_by_role("link", name="Booking").click()
    manager.get_by_role("button", name="Resume").click()
    wait_until(lambda: len(other_system.requests) == 2, "what was kept to be sent")

    manager.get_by_role("link", name="Delete…").click()
    manager.get_by_role("button", name="Delete").click()
    expect(manager.get_by_text("The callback “Booking” is deleted.")).to_be_visible()
    assert complaints_of(manager) == []


def test_what_was_sent_is_sent_again_by_hand(manager: Page, running: Running, other_system: OtherSystem) -> None:
    make_callback(manager, running, "Workshop", other_system.url)
    manager.get_by_role("button", name="Send a test").click()
    expect(manager.get_by_text("200 OK", exact=True)).to_be_visible()
    manager.get_by_role("button", name="Try again").click()
    wait_until(lambda: len(other_system.requests) == 2, "the second request")
    (first, body), (second, again) = other_system.requests
    assert (first["webhook-id"], body) == (second["webhook-id"], again)


def test_without_javascript_a_form_with_more_rows_works(manager: Page, running: Running) -> None:
    context = manager.context.browser.new_context(  # type: ignore[union-attr]
        base_url=running.demo["web"]["url"], java_script_enabled=False, storage_state=manager.context.storage_state()
    )
    page = context.new_page()
    open_callbacks(page, running)
    page.get_by_role("link", name="New callback").click()
    page.get_by_role("link", name="Many events in one request").click()
    expect(page.get_by_label("Events in one request, at the most")).to_have_value("100")
    page.get_by_role("button", name="Add rows").click()
    page.get_by_label("Key of attribute 5").fill("Host")
    page.get_by_label("Name").fill("Fleet board")
    page.get_by_label("Address").fill("https://board.example.com/hook")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert").filter(has_text="Nothing was saved yet.")
    expect(summary.get_by_role("link", name="Key of attribute 5")).to_be_visible()
    page.get_by_role("button", name="Remove attribute 5").click()
    page.get_by_role("button", name="Create the callback").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fleet board")
    expect(page.get_by_text("Up to 100 events in one request, 1 min after the first one")).to_be_visible()
    context.close()


def test_the_pages_fit_a_phone(manager: Page, running: Running, other_system: OtherSystem) -> None:
    manager.set_viewport_size({"width": 390, "height": 844})
    make_callback(manager, running, "Insurance", f"{other_system.url}/{'a-very-long-path/' * 10}")
    callback = manager.url
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    manager.get_by_role("button", name="Send a test").click()
    for url in (manager.url, callback, f"{callback}/attempts", f"{callback}/edit", callback.rpartition("/")[0]):
        manager.goto(url)
        assert len(set(manager.evaluate(widths))) == 1
