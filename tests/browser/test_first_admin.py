"""The first log-in of all: from the printed link to the form, by keyboard, and on."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import in_shell
from tests.browser.test_axe import expect_no_fault, visit
from tests.running import Running

SET_ASIDE = """
from django.contrib.auth.models import User
User.objects.filter(username="anne").delete()
User.objects.filter(is_superuser=True).update(is_active={active})
"""


@pytest.fixture
def link(running: Running) -> Iterator[str]:
    """A link that was printed while there is no admin; the demo's is one again afterwards."""
    in_shell(running, SET_ASIDE.format(active=False))
    made = "from fleetremote.greeting import first_admin_lines; import json; print(json.dumps(first_admin_lines('')))"
    yield json.loads(in_shell(running, made))[1].strip()
    in_shell(running, SET_ASIDE.format(active=True))


@pytest.fixture
def still(browser: Browser, running: Running) -> Iterator[Page]:
    """A page of somebody who has no login, in which nothing moves."""
    context = browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.drawn("days in a browser", 2, of="tests")
def test_from_the_link_to_the_connections(still: Page, link: str) -> None:
    visit(still, "/login")
    expect(still.get_by_text("There is no admin yet")).to_be_visible()
    visit(still, "/first-admin", 404)
    still.goto(link)
    expect(still).to_have_url("/first-admin")
    expect_no_fault(still, "first-admin")
    still.get_by_label("Name to log in with").focus()
    for text in ("anne", "anne@example.com", "short", "short"):
        still.keyboard.type(text)
        still.keyboard.press("Tab")
    still.keyboard.press("Enter")
    password = still.get_by_label("Password", exact=True)
    expect(still.get_by_text("too short")).to_be_visible()
    expect_no_fault(still, "first-admin, refused")
    password.fill("a-first-long-one")
    still.get_by_label("Password confirmation").fill("a-first-long-one")
    still.get_by_role("button", name="Make the account").press("Enter")
    expect(still).to_have_url("/connections/")
    expect(still.locator("header.bar .who")).to_have_text("anne")
    visit(still, "/first-admin", 404)
