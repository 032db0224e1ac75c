"""Two people, each in a browser: what one asks for reaches the other on whatever page, who looks and approves."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import complaints_of, decisions_only, in_shell
from tests.running import Running

from .test_live import HIDE

PASSWORD = "the-password-of-alma"
PERSON = """
from django.contrib.auth.models import User
from fleets.models import Fleet, Membership
User.objects.filter(username="alma").delete()
{made}
"""
MADE = f"""
alma = User.objects.create_user("alma", "alma@example.com", "{PASSWORD}", first_name="Alma", last_name="Roux")
Membership.objects.create(user=alma, fleet=Fleet.objects.get(public_id="%s"), role="manager")
"""
TOLD_WITHIN = 5_000
"""Milliseconds."""


@pytest.fixture
def alma(browser: Browser, running: Running) -> Iterator[Page]:
    """A second manager of the fleet, logged in."""
    in_shell(running, PERSON.format(made=MADE % running.fleet["id"]))
    context = browser.new_context(base_url=running.demo["web"]["url"])
    page = context.new_page()
    decisions_only(page)
    page.goto("/login")
    page.get_by_label("Username").fill("alma")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").press("Enter")
    page.wait_for_url("**/")
    yield page
    context.close()
    in_shell(running, PERSON.format(made=""))


def test_one_asks_and_the_other_is_told_and_approves(manager: Page, alma: Page, running: Running) -> None:
    vehicle = next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])
    path = f"/fleets/{running.fleet['id']}/vehicles/{vehicle['id']}"
    manager.context.grant_permissions(["notifications"])
    decisions_only(manager)
    # A page that has nothing to do with it.
    manager.goto("/account")
    badge = manager.locator("#waiting")
    expect(badge).to_be_hidden()
    before = manager.title()

    alma.goto(f"{path}/actions?command=immobilise")
    alma.get_by_label("Why").fill("Taken from the yard tonight.")
    alma.locator("#question-answer").click()
    newest = alma.locator("#history .entry").first
    expect(newest.locator(".unsent")).to_contain_text("You have asked for it yourself.")

    expect(badge).to_be_visible(timeout=TOLD_WITHIN)
    expect(badge).to_have_text("1 needs you")
    expect(manager).to_have_title(f"(1) {before}")
    expect(manager.locator("#waiting-news")).to_contain_text("1 decision waits for you: Immobilise")
    # Who has asked is told of nothing.
    expect(alma.locator("#waiting")).to_be_hidden()

    # Nothing else needs them: it leads there at once.
    badge.click()
    question = manager.locator("#question")
    expect(question).to_contain_text("Asked for by Alma Roux")
    expect(question).to_contain_text("“Taken from the yard tonight.”")
    expect(question).to_contain_text("What the vehicle told last")
    manager.get_by_role("button", name="Approve and send").click()

    expect(manager.locator("#history .entry").first).to_contain_text("Approved by demo")
    expect(newest).to_have_attribute("data-status", "Success")
    expect(badge).to_be_hidden()
    expect(manager).to_have_title(re.compile(r"^[^(]"))
    assert complaints_of(manager) == []
    released = running.send(vehicle, {"immobilization": {"activate": False}})
    running.wait(released, lambda action: action.get("status") in ("Success", "AlreadyDone"))


def test_a_tab_that_is_long_hidden_asks_all_the_same(manager: Page) -> None:
    """A browser lets its timers run once a minute then; here they don't run at all."""
    manager.clock.install()
    with manager.expect_response("**/waiting"):
        manager.goto("/account")
    manager.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    manager.evaluate(HIDE, True)
    with manager.expect_response("**/waiting"):
        manager.clock.run_for(5_000)
    for _ in range(2):
        with manager.expect_response("**/waiting", timeout=TOLD_WITHIN):
            pass


def test_who_may_decide_nowhere_asks_once(manager: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"decides": False, "count": 0, "items": []})

    manager.route("**/waiting", answer)
    decisions_only(manager)
    manager.clock.install()
    with manager.expect_response("**/waiting"):
        manager.goto("/account")
    manager.clock.run_for(60_000)
    expect(manager.locator("#waiting")).to_be_hidden()
    assert len(asked) == 1
