"""Whoever may do less from now on sees and sends no more of it in the tabs that they have open."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.running import Running

from .conftest import in_shell

HIRE = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from fleets.models import Fleet, Membership
fleet = Fleet.objects.get(public_id="%s")
person = User.objects.create(username="a-garage")
Membership.objects.create(user=person, fleet=fleet, role="operator")
client = Client()
client.force_login(person)
print(json.dumps({name: morsel.value for name, morsel in client.cookies.items()}))
"""
LIMIT = """
from fleets.models import Membership
membership = Membership.objects.get(user__username="a-garage")
membership.positions, membership.remote_types = "no", ["Locking"]
membership.save()
"""
NARROW = """
from fleets.models import Membership
from fleets.narrowing import narrow
narrow(Membership.objects.get(user__username="a-garage"), vehicles=[])
"""
LEAVE = """
from django.contrib.auth.models import User
User.objects.filter(username="a-garage").delete()
"""


@pytest.fixture
def vehicle(running: Running) -> dict[str, Any]:
    return next(each for each in running.vehicles("awake") if each in running.fleet["vehicles"])


@pytest.fixture
def garage(page: Page, running: Running, vehicle: dict[str, Any]) -> Iterator[Page]:
    """An operator's vehicle page, open and live, with its position."""
    fleet = running.fleet_of(vehicle)["id"]
    cookies = json.loads(in_shell(running, HIRE % fleet).splitlines()[-1])
    url = running.demo["web"]["url"]
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    running.final(running.send(vehicle, {"horn": {"state": "Activated"}}))
    page.goto(f"/fleets/{fleet}/vehicles/{vehicle['id']}")
    expect(page.locator("#live-mark")).to_have_attribute("data-mark", "live")
    yield page
    in_shell(running, LEAVE)


def test_what_is_taken_away_goes_from_the_page_and_can_not_be_sent(garage: Page, running: Running) -> None:
    expect(garage.locator("#position")).to_be_visible()
    expect(garage.locator("#map canvas").first).to_be_attached()
    honk = garage.locator("#command-honk")
    expect(honk).to_be_enabled()
    garage.evaluate("window.sameDocument = true")
    in_shell(running, LIMIT)
    expect(garage.get_by_text("You may not see where it is.")).to_be_visible()
    expect(garage.locator("#map, #position")).to_have_count(0)
    expect(honk).to_have_count(0)
    expect(garage.locator("#command-lock")).to_be_enabled()
    assert garage.evaluate("window.sameDocument") is True
    # What an old tab would post.
    form = {"csrfmiddlewaretoken": garage.locator("#commands [name=csrfmiddlewaretoken]").input_value()}
    answer = garage.request.post(f"{garage.url}/actions", form={**form, "command": "honk"})
    assert answer.status == 403
    in_shell(running, NARROW)
    expect(garage.locator("#live-mark")).to_have_attribute("data-mark", "gone")
    expect(garage.get_by_text("This is no longer there for you.")).to_be_visible()
    assert garage.request.post(f"{garage.url}/actions", form={**form, "command": "lock"}).status == 404
