"""A session ends while somebody types: after logging in again they are at the form, and it is filled in."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.running import Running


def callback_form(running: Running) -> str:
    return f"/fleets/{running.fleet['id']}/callbacks/new"


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name="sessionid")


def log_in_here(page: Page, running: Running) -> None:
    page.get_by_label("User name").or_(page.get_by_label("Username")).fill(running.demo["web"]["user"])
    page.get_by_label("Password").fill(running.demo["web"]["password"])
    page.get_by_role("button", name="Log in").click()


def fill_in(page: Page) -> None:
    page.locator("[name=name]").fill("Billing")
    page.locator("[name=target]").fill("https://billing.example.com/in")
    page.locator("[name=key1]").fill("Authorization")
    page.locator("[name=value1]").fill("s3cret")


def nothing_was_made(page: Page, running: Running) -> None:
    page.goto(f"/fleets/{running.fleet['id']}/callbacks")
    expect(page.get_by_text("Billing", exact=True)).to_have_count(0)


def test_a_form_that_is_sent_too_late_is_filled_in_again(manager: Page, running: Running) -> None:
    manager.goto(callback_form(running))
    fill_in(manager)
    end_session(manager.context)
    manager.locator("form.options button.primary").click()
    expect(manager.get_by_text("nothing was sent")).to_be_visible()
    log_in_here(manager, running)
    expect(manager).to_have_url(f"{running.demo['web']['url']}{callback_form(running)}")
    expect(manager.locator("[name=name]")).to_have_value("Billing")
    expect(manager.locator("[name=target]")).to_have_value("https://billing.example.com/in")
    expect(manager.locator("[name=value1]")).to_have_value("")
    expect(manager.locator("#typed")).to_contain_text("Nothing was sent")
    nothing_was_made(manager, running)


def test_a_remotes_form_is_kept_when_the_page_hears_of_the_end(manager: Page, running: Running) -> None:
    """It is sent by htmx and stays; the way to the login takes along what is typed."""
    vehicle = next(each for each in running.fleet["vehicles"] if each["profile"] == "awake")
    form = f"/fleets/{running.fleet['id']}/vehicles/{vehicle['id']}/actions/new?type=Navigation"
    manager.goto(form)
    field = manager.locator("form[method=post] textarea").first
    name = field.get_attribute("name")
    field.fill("1 rue de la Paix")
    end_session(manager.context)
    manager.evaluate("import('/static/pages.js').then((pages) => pages.tellLoggedOut())")
    manager.get_by_role("link", name="Log in again").click()
    expect(manager.get_by_text("nothing was sent")).to_be_visible()
    log_in_here(manager, running)
    expect(manager).to_have_url(f"{running.demo['web']['url']}{form}")
    expect(manager.locator(f"[name='{name}']").first).to_have_value("1 rue de la Paix")


@pytest.fixture
def plain(browser: Browser, running: Running, login: list[Any]) -> Any:
    context = browser.new_context(base_url=running.demo["web"]["url"], java_script_enabled=False)
    context.add_cookies(login)
    yield context.new_page()
    context.close()


def test_without_scripts_it_is_shown_above_the_form(plain: Page, running: Running) -> None:
    plain.goto(callback_form(running))
    fill_in(plain)
    end_session(plain.context)
    plain.locator("form.options button.primary").click()
    log_in_here(plain, running)
    expect(plain.locator("#typed [data-name=target]")).to_have_text("https://billing.example.com/in")
    expect(plain.locator("#typed")).not_to_contain_text("s3cret")
    nothing_was_made(plain, running)
