"""Who unlocked this car last week, from any page; and times of one zone, wherever the browser is."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running import Running

from .conftest import ZONE, in_shell

# Somebody whose account goes with the action.
_UNLOCKED = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from fleets.models import Vehicle
from remotes.models import RemoteAction
van = Vehicle.objects.get(public_id=%r)
at = timezone.now() - timedelta(days=5)
nora = User.objects.create(username="nora", first_name="Nora", last_name="Petit", is_active=False)
action = RemoteAction.objects.create(
    fleet=van.fleet, vehicle=van, gateway=van.gateway, remote_type="Locking", payload={"state": "Unlocked"}, user=nora,
    origin="page", reason="The keys were inside", state="done", status="Success", upstream_id="last-week",
    expires_at=at, finished_at=at,
)
RemoteAction.objects.filter(pk=action.pk).update(created_at=at)
print(van.plate)
"""
_AS_BEFORE = """
from django.contrib.auth.models import User
from remotes.models import RemoteAction
RemoteAction.objects.filter(upstream_id="last-week").delete()
User.objects.filter(username="nora").delete()
"""


def in_blanks(plate: str) -> str:
    """As people write it on a slip."""
    return " ".join(re.findall(r"[A-Z]+|\d+", plate)).lower()


@pytest.fixture
def plate(running: Running) -> Iterator[str]:
    yield in_shell(running, _UNLOCKED % running.fleet["vehicles"][0]["id"])
    in_shell(running, _AS_BEFORE)


def test_who_unlocked_this_car_last_week(manager: Page, running: Running, plate: str) -> None:
    vehicle = running.fleet["vehicles"][0]
    # From a page that has nothing to do with it.
    manager.goto("/account")
    box = manager.locator("#find")
    box.fill(in_blanks(plate))
    box.press("Enter")
    # One vehicle is called so: its page is there at once.
    expect(manager.get_by_role("heading", level=1)).to_contain_text(vehicle["label"])
    manager.get_by_role("link", name="History", exact=True).click()
    manager.get_by_role("link", name="Who did what").click()
    row = manager.get_by_role("row").filter(has_text="Nora Petit")
    expect(row).to_contain_text("Unlock")
    expect(row).to_contain_text("“The keys were inside”")
    expect(row).to_contain_text("5 days ago")
    # And what else they did.
    row.get_by_role("link", name="Nora Petit").click()
    expect(manager.get_by_text("Asked for by: Nora Petit")).to_be_visible()
    expect(manager.get_by_role("row").filter(has_text="Nora Petit")).to_have_count(1)


@pytest.fixture
def overseas(browser: Browser, running: Running, login: list[Any]) -> Iterator[Page]:
    """A browser in New York, and the fleet in Auckland."""
    before = in_shell(running, ZONE % (running.fleet["id"], "Pacific/Auckland"))
    web = running.demo["web"]["url"]
    context = browser.new_context(base_url=web, timezone_id="America/New_York", locale="en-GB")
    context.add_cookies(login)
    yield context.new_page()
    context.close()
    in_shell(running, ZONE % (running.fleet["id"], before))


def test_times_are_of_one_zone_wherever_the_browser_is(overseas: Page, running: Running) -> None:
    fleet, vehicle = running.fleet["id"], running.fleet["vehicles"][0]["id"]
    pages = [
        "/overview",
        "/actions",
        "/sending",
        "/schedules",
        "/schedules/new",
        "/bulk",
        "/alerts",
        "/map",
        "/plots",
        "/places",
    ]
    pages += ["/callbacks", "/audit", "/people", "/people/invite", f"/vehicles/{vehicle}", "/approvals", "/clients"]
    pages += [f"/vehicles/{vehicle}/options?type=Charging"]
    for path in pages:
        answer = overseas.goto(f"/fleets/{fleet}{path}")
        assert answer is not None
        if answer.status == 404:
            continue
        text = overseas.get_by_role("main").inner_text()
        assert text.count("Times are those of Pacific/Auckland") == 1, path
        assert not re.search(r"New_York|America/|EST\b|EDT\b|UTC|of None", text), path
        zones = overseas.locator("input[name=zone]")
        assert {zones.nth(n).input_value() for n in range(zones.count())} <= {"Pacific/Auckland"}, path
    # What the script writes is what the server has written.
    overseas.goto(f"/fleets/{fleet}/audit")
    shown = overseas.locator("time[data-moment=full]").first
    at = datetime.fromisoformat(shown.get_attribute("datetime") or "").astimezone(ZoneInfo("Pacific/Auckland"))
    expect(shown).to_contain_text(f"{at:%H:%M}")
    # Of no fleet: the reader's own, and said so.
    overseas.goto("/account")
    expect(overseas.get_by_text("Times are those of America/New_York.")).to_be_visible()
