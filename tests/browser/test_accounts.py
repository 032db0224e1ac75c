"""An account of one's own in a browser: a lost password found again by e-mail, sessions ended, an address changed."""

import re
from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import in_shell
from tests.browser.test_axe import expect_no_fault, visit
from tests.running import Running
from tests.waiting import wait_until

PERSON = """
from django.contrib.auth.models import User
User.objects.filter(username="lea").delete()
{made}
"""
MADE = 'User.objects.create_user("lea", "lea@example.com", "the-first-of-hers")'


@pytest.fixture
def lea(running: Running) -> Iterator[None]:
    in_shell(running, PERSON.format(made=MADE))
    yield
    in_shell(running, PERSON.format(made=""))


@pytest.fixture
def contexts(browser: Browser, running: Running) -> Iterator[list[BrowserContext]]:
    """Two browsers in which nothing moves."""
    made = [browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce") for _ in range(2)]
    yield made
    for context in made:
        context.close()


def letters(running: Running, subject: str) -> list[str]:
    """The texts of the e-mails with this subject, which are files here."""
    folder = Path(running.server.home) / "mail"
    told = [part for file in sorted(folder.glob("*.log")) for part in re.split(r"\n-{79}\n", file.read_text())]
    found = [message_from_string(part.strip(), policy=policy.default) for part in told if part.strip()]
    return [letter.get_content() for letter in found if subject in str(letter["Subject"])]


def link_in(running: Running, subject: str) -> str:
    wait_until(lambda: letters(running, subject), f"an e-mail “{subject}”")
    found = re.search(r"^http\S+$", letters(running, subject)[-1], re.MULTILINE)
    assert found
    return found[0]


def log_in(page: Page, password: str) -> None:
    page.goto("/login")
    page.get_by_label("Username").fill("lea")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


@pytest.mark.usefixtures("lea")
def test_a_lost_password_is_found_again_and_a_session_that_was_lost_ends(
    running: Running, contexts: list[BrowserContext]
) -> None:
    phone, desk = (context.new_page() for context in contexts)
    log_in(phone, "the-first-of-hers")
    visit(desk, "/login")
    desk.get_by_role("link", name="The password is lost").click()
    expect_no_fault(desk, "a lost password")
    desk.get_by_label("E-mail address of your account").fill("lea@example.com")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    desk.goto(link_in(running, "A new password"))
    expect(desk).to_have_url(re.compile("/password/new$"))
    expect_no_fault(desk, "a new password")
    desk.get_by_label("New password", exact=True).fill("the-second-of-hers")
    desk.get_by_label("The new password again").fill("the-second-of-hers")
    desk.get_by_role("button", name="Set the password").click()
    expect(desk.get_by_text("Your new password is set.")).to_be_visible()
    phone.reload()
    expect(phone).to_have_url(re.compile("/login"))

    log_in(phone, "the-second-of-hers")
    log_in(desk, "the-second-of-hers")
    desk.locator("details.menu summary").click()
    desk.get_by_role("link", name="My account").click()
    expect(desk.get_by_text("This one")).to_have_count(1)
    desk.get_by_role("button", name="End the session of").press("Enter")
    expect(desk.get_by_text("That session has ended.")).to_be_visible()
    expect_no_fault(desk, "my account")
    phone.reload()
    expect(phone).to_have_url(re.compile("/login"))

    desk.get_by_role("link", name="Change the e-mail address").click()
    desk.get_by_label("New e-mail address").fill("lea@new.example.com")
    desk.get_by_label("Your password").fill("the-second-of-hers")
    desk.get_by_role("button", name="Send the link").click()
    desk.goto(link_in(running, "Is this your e-mail address?"))
    expect_no_fault(desk, "a new address")
    desk.get_by_role("button", name="Use this address").click()
    expect(desk.locator("#who-title ~ dl")).to_contain_text("lea@new.example.com")
    desk.goto(link_in(running, "A new password"))
    expect(desk.get_by_role("heading", name="This link is over")).to_be_visible()
    expect_no_fault(desk, "a link that is over")
