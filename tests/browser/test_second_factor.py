"""A second factor in a browser: an app and a passkey set up, shown at the log-in and again, also after single sign-on.

The passkey is Chromium's own virtual one, which it shows at localhost as at an https address.
"""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accounts.authenticator import Phone
from tests.accounts.provider import Provider
from tests.browser.conftest import in_shell, log_in
from tests.browser.test_axe import expect_no_fault, visit
from tests.running import Running

PASSWORD = "the-password-of-ada"
PERSON = """
from django.contrib.auth.models import User
from fleets.models import Fleet, Membership
User.objects.filter(username="ada").delete()
{made}
"""
MADE = f"""
ada = User.objects.create_user("ada", "ada@example.com", "{PASSWORD}")
Membership.objects.create(user=ada, fleet=Fleet.objects.first(), role="manager")
print(ada.pk)
"""
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def ada(running: Running) -> Iterator[int]:
    yield int(in_shell(running, PERSON.format(made=MADE)))
    in_shell(running, PERSON.format(made=""))


@pytest.fixture
def still(browser: Browser, running: Running) -> Iterator[Page]:
    """A page at localhost in which nothing moves, of a browser that has a passkey's device."""
    url = running.demo["web"]["url"].replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=url, reduced_motion="reduce")
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    context.close()


def show_password(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").press("Enter")


def test_an_app_and_a_passkey_are_set_up_and_asked_for(
    still: Page, running: Running, ada: int, provider: Provider
) -> None:
    show_password(still)
    still.wait_for_url("**/")
    visit(still, "/account/second-factor")
    still.get_by_role("link", name="Set up an app").press("Enter")
    expect_no_fault(still, "an app")
    phone = Phone(still.locator("#secret").inner_text().replace(" ", ""))
    still.get_by_label("Code that the app shows").fill(phone.code())
    still.keyboard.press("Enter")
    expect(still.get_by_role("heading", name="Your recovery codes, shown only now")).to_be_visible()
    expect(still.locator(".recovery-codes li")).to_have_count(10)
    expect_no_fault(still, "recovery codes")
    still.get_by_role("link", name="I have kept them").press("Enter")

    still.get_by_role("link", name="Add a passkey").press("Enter")
    still.get_by_label("Name").fill("Laptop")
    expect_no_fault(still, "a new passkey")
    still.get_by_role("button", name="Add the passkey").press("Enter")
    expect(still.get_by_text("The passkey is set up")).to_be_visible()
    expect(still.get_by_role("listitem").filter(has_text="Laptop")).to_be_visible()
    expect_no_fault(still, "an app and a passkey")
    still.get_by_role("link", name="Remove Laptop").press("Enter")
    expect(still.get_by_role("heading", name="Remove this second factor?")).to_be_visible()
    expect_no_fault(still, "remove")

    still.context.clear_cookies()
    show_password(still)
    expect(still).to_have_url(re.compile("/login/second-factor$"))
    expect_no_fault(still, "the second step")
    still.get_by_role("button", name="Use a passkey").press("Enter")
    still.wait_for_url("**/")
    expect(still.locator("header.bar .who")).to_have_text("ada")
    visit(still, "/account/again?next=/account")
    still.get_by_label("Code", exact=True).fill(phone.wrong())
    still.keyboard.press("Enter")
    expect(still.get_by_text("This code is wrong")).to_be_visible()
    expect_no_fault(still, "a wrong code")
    still.get_by_label("Code", exact=True).fill(phone.code())
    still.keyboard.press("Enter")
    still.wait_for_url("**/account")
    sign_on(still.context.browser, running, provider, phone)
    take_away(still.context.browser, running, ada)


def sign_on(browser: Browser | None, running: Running, provider: Provider, phone: Phone) -> None:
    """By the provider, whose page asks; the second factor is asked for here all the same."""
    assert browser is not None
    provider.asks = True
    provider.person = {"sub": "ada-1", "name": "Ada", "email": "ada@example.com", "email_verified": True}
    context = browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce")
    page = context.new_page()
    page.goto("/login?next=/account")
    page.get_by_role("button", name="Continue with Example").press("Enter")
    page.get_by_role("button", name="Log in as Ada").press("Enter")
    expect(page).to_have_url(re.compile("/login/second-factor$"))
    # A passkey is not shown at an address that is a number, which is told.
    expect(page.get_by_text("browsers show only at https addresses")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(phone.code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    provider.person = {**provider.person, "sub": "eve-1"}
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_role("button", name="Continue with Example").press("Enter")
    page.get_by_role("button", name="Log in as Ada").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("another account of Example")
    expect_no_fault(page, "refused at single sign-on")
    context.close()


def take_away(browser: Browser | None, running: Running, person_id: int) -> None:
    """By an admin, for somebody who has lost it."""
    assert browser is not None
    context = browser.new_context(base_url=running.demo["web"]["url"], reduced_motion="reduce")
    page = context.new_page()
    log_in(page, running)
    visit(page, f"/people/{person_id}/second-factor")
    page.get_by_role("button", name="Take it away").press("Enter")
    expect(page.get_by_text("has no second factor any more")).to_be_visible()
    left = in_shell(
        running, f"from allauth.mfa.models import Authenticator as A; print(A.objects.filter(user={person_id}).count())"
    )
    assert json.loads(left) == 0
    context.close()
