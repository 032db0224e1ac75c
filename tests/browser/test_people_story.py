"""The whole way of a second manager, in a browser of their own: invited by mail, in with a second factor, and asking
for what needs two; whoever invited them is told on whatever page, looks, and approves.

Once with a password and once by single sign-on; each run draws one of them, and the page on which the other one is.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.accounts.authenticator import Phone
from tests.accounts.provider import Provider
from tests.browser.conftest import complaints_of, decisions_only, in_shell
from tests.browser.test_axe import QUERIES, VISITED
from tests.browser.test_four_eyes import TOLD_WITHIN
from tests.drawn import SEED
from tests.pages import urlpatterns
from tests.running import Running

ADDRESS = "nia@example.com"
PASSWORD = "the-password-of-nia"
# As if nobody but the demo's admin had ever approved there: the first other one is confirmed at once.
GONE = f"""
from django.contrib.auth.models import User
from fleets.models import Approver
User.objects.filter(email="{ADDRESS}").delete()
Approver.objects.filter(user=None).delete()
"""

# Seen by who can't log in, so nobody is told there.
ENTRANCE = {"forgotten-password", "forgotten-password-sent"}
# Leads on while nothing is stopped.
STOPPED = {"lift-sending"}


def pages() -> list[str]:
    """The names of those that are about a fleet or a vehicle at the most."""
    few = {"fleet_id", "vehicle_id"}
    found = [pattern.name for pattern in urlpatterns if few >= pattern.pattern.converters.keys()]
    return sorted(str(name) for name in found if name in {*VISITED} - ENTRANCE - STOPPED)


def drawn_page(fleet_id: str, vehicle_id: str) -> str:
    """The address of one of them; the same for a seed."""
    name = random.Random(f"{SEED} where the other one is").choice(pages())
    ids = {"fleet_id": fleet_id, "vehicle_id": vehicle_id}
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    return reverse(name, kwargs={part: ids[part] for part in pattern.pattern.converters}) + QUERIES.get(name, [""])[0]


@dataclass
class Nia:
    """Whoever is invited, with a browser and a phone; how they log in is what the two stories differ in."""

    page: Page

    def accept(self) -> None:
        """On the page of the invitation: makes the account."""
        self.page.get_by_label("Your name").fill("Nia Blanc")
        self.page.get_by_label("Name to log in with").fill("nia")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("Password confirmation").fill(PASSWORD)
        self.page.get_by_role("button", name="Make the account").press("Enter")

    def log_in(self) -> None:
        self.page.get_by_label("Username").fill("nia")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").press("Enter")


class NiaOfExample(Nia):
    """The same, known to the provider."""

    def accept(self) -> None:
        self.log_in()

    def log_in(self) -> None:
        self.page.get_by_role("button", name="Continue with Example").press("Enter")
        self.page.get_by_role("button", name="Log in as Nia Blanc").press("Enter")


@pytest.fixture
def nia_page(browser: Browser, running: Running) -> Iterator[Page]:
    in_shell(running, GONE)
    context = browser.new_context(base_url=running.demo["web"]["url"])
    yield context.new_page()
    context.close()
    in_shell(running, GONE)


@pytest.fixture
def vehicle(running: Running) -> Iterator[dict[str, Any]]:
    """One that is awake, and may be used again afterwards."""
    vehicle = next(vehicle for vehicle in running.vehicles("awake") if vehicle in running.fleet["vehicles"])
    yield vehicle
    released = running.send(vehicle, {"immobilization": {"activate": False}})
    assert running.final(released)[0] in ("Success", "AlreadyDone")


@pytest.mark.drawn("people in two browsers", 1, of="tests")
def test_with_a_password(manager: Page, nia_page: Page, running: Running, vehicle: dict[str, Any]) -> None:
    from_the_invitation_to_success(manager, Nia(nia_page), running, vehicle)


@pytest.mark.drawn("people in two browsers", 1, of="tests")
def test_by_single_sign_on(
    manager: Page, nia_page: Page, running: Running, vehicle: dict[str, Any], provider: Provider
) -> None:
    provider.asks = True
    provider.person = {"sub": "nia-1", "name": "Nia Blanc", "email": ADDRESS, "email_verified": True}
    from_the_invitation_to_success(manager, NiaOfExample(nia_page), running, vehicle)
    assert provider.faults == []


def from_the_invitation_to_success(manager: Page, nia: Nia, running: Running, vehicle: dict[str, Any]) -> None:
    fleet, page = running.fleet, nia.page
    decisions_only(manager)
    page.goto(invited(manager, running))
    expect(page).to_have_url(re.compile("/invitation$"))
    expect(page.locator(".promised")).to_contain_text(f"{fleet['name']}: Manager")
    nia.accept()
    expect(page.locator("header.bar .who")).to_contain_text("Nia Blanc")
    phone = set_up(page)

    log_out(page)
    page.goto("/login")
    nia.log_in()
    expect(page).to_have_url(re.compile("/login/second-factor$"))
    page.get_by_label("Code", exact=True).fill(phone.code())
    page.keyboard.press("Enter")
    expect(page.locator("header.bar .who")).to_contain_text("Nia Blanc")

    where = drawn_page(fleet["id"], vehicle["id"])
    answer = manager.goto(where)
    assert answer is not None
    assert answer.status == 200, where
    expect(manager.locator("#waiting")).to_be_hidden()
    page.goto(f"/fleets/{fleet['id']}/vehicles/{vehicle['id']}/actions?command=immobilise")
    page.get_by_label("Why").fill("Taken from the yard tonight.")
    page.locator("#question-answer").click()
    asked = page.locator("#history .entry").first
    expect(asked.locator(".unsent")).to_contain_text("You have asked for it yourself.")

    approved(manager, where)
    expect(asked).to_have_attribute("data-status", "Success")
    expect(asked).to_contain_text("Approved by demo")
    assert complaints_of(manager) == []
    assert running.executed(vehicle)["Immobilization"] >= 1


def invited(manager: Page, running: Running) -> str:
    """By whoever may, on the page of people; gives the link that the invited one has in their mail."""
    known = letters(running)
    manager.goto(f"/fleets/{running.fleet['id']}/people")
    manager.get_by_role("link", name="Invite somebody").click()
    manager.get_by_label("E-mail", exact=True).fill(ADDRESS)
    manager.get_by_role("radio", name="Manager").check()
    manager.get_by_role("button", name="Send the invitation").click()
    expect(manager.get_by_text(f"the e-mail to {ADDRESS} is a file")).to_be_visible()
    (letter,) = letters(running)[len(known) :]
    link = re.search(r"^http\S+/invitation/\S+$", letter, re.MULTILINE)
    assert link
    return link[0]


def letters(running: Running) -> list[str]:
    """The texts of the e-mails that have invited them, which are files here, oldest first."""
    files = sorted((Path(running.server.home) / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    told = [part for file in files for part in re.split(r"\n-{79}\n", file.read_text()) if part.strip()]
    found = [message_from_string(part.strip(), policy=policy.default) for part in told]
    return [
        letter.get_content() for letter in found if (letter["To"], "invited" in letter["Subject"]) == (ADDRESS, True)
    ]


def set_up(page: Page) -> Phone:
    """An app as second factor, from the page of the account on."""
    page.goto("/account")
    page.get_by_role("link", name="second factor").click()
    page.get_by_role("link", name="Set up an app").click()
    phone = Phone(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Code that the app shows").fill(phone.code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes, shown only now")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    return phone


def log_out(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("header.bar .who")).to_have_count(0)


def approved(manager: Page, where: str) -> None:
    """The badge and the title tell it on the page that is open; it leads to the approval."""
    badge = manager.locator("#waiting")
    expect(badge, where).to_be_visible(timeout=TOLD_WITHIN)
    expect(badge).to_have_text(re.compile(r"^\d+ needs? you$"))
    expect(manager).to_have_title(re.compile(r"^\(\d+\) \S"))
    badge.click()
    question = manager.locator("#question")
    # Where more waits, it leads to their list.
    listed = manager.get_by_role("link", name=re.compile("Look and decide")).first
    expect(question.or_(listed).first).to_be_visible()
    if listed.is_visible():
        listed.click()
    expect(question).to_contain_text("Asked for by Nia Blanc")
    expect(question).to_contain_text("“Taken from the yard tonight.”")
    manager.get_by_role("button", name="Approve and send").click()
    newest = manager.locator("#history .entry").first
    expect(newest).to_have_attribute("data-status", "Success")
    expect(newest).to_contain_text("Approved by demo")
    expect(badge).to_be_hidden()
