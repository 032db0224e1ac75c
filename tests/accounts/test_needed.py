"""SECOND_FACTOR_ROLES: whoever has such a role and no second factor is led to set one up, and gets nowhere else."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fleets.models import Membership
from tests.accounts.authenticator import log_in, set_up_app
from tests.rights.world import populated
from tests.world import PASSWORD, make_fleet, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def managers_and_admins_must(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["admin", "manager"]


def test_a_manager_gets_nowhere_until_there_is_a_factor() -> None:
    fleet, ids = populated("Lyon")
    browser = log_in(make_person("ada", fleet, is_staff=True))
    page = f"/fleets/{fleet.public_id}"
    answer = browser.get(page)
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"/account/second-factor?next=%2Ffleets%2F{fleet.public_id}",
    )
    vehicle = f"{page}/vehicles/{ids['vehicle_id']}"
    assert browser.get(f"{vehicle}/live").status_code == 403
    assert browser.get(f"{vehicle}/news").status_code == 403
    assert browser.get(page, headers={"HX-Request": "true"}).status_code == 403
    assert browser.post(f"{vehicle}/actions", {"command": "honk"})["Location"].startswith("/account/second-factor")
    assert not fleet.remote_actions.filter(user__username="ada").exists()
    for place in ("/admin/", "/admin/auth/user/", f"{page}/vehicles.csv", "/", "/connections/", "/nowhere"):
        answer = browser.get(place)
        assert answer.status_code in (303, 404), place
        assert answer.status_code == 404 or answer["Location"].startswith("/account/second-factor"), place
    # The way there, and the way out.
    assert b"Your role needs a second factor" in browser.get("/account/second-factor").content
    set_up_app(browser)
    assert browser.get(page).status_code == 200
    assert browser.get(f"{vehicle}/live").status_code == 200
    assert browser.get("/admin/").status_code == 200


def test_others_and_those_whose_role_has_ended_are_let_be() -> None:
    fleet = make_fleet()
    ada = make_person("ada", fleet)
    for person in (make_person("eve", fleet, role="viewer"), make_person("nobody")):
        assert log_in(person).get("/").status_code == 200
    browser = log_in(ada)
    assert browser.get("/").status_code == 303
    Membership.objects.filter(user=ada).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert browser.get("/").status_code == 200
    # Whoever comes into the administration counts as an admin.
    assert log_in(make_person("clerk", is_staff=True)).get("/admin/").status_code == 303


def test_the_last_one_stays_and_a_role_that_is_given_later_counts_at_once() -> None:
    fleet = make_fleet()
    ada, eve = make_person("ada", fleet), make_person("eve", fleet, role="viewer")
    browser = log_in(ada)
    set_up_app(browser)
    factor = Authenticator.objects.get(user=ada, type="totp")
    browser.post(f"/account/second-factor/{factor.pk}/remove")
    assert Authenticator.objects.filter(pk=factor.pk).exists()
    of_eve = log_in(eve)
    assert of_eve.get("/").status_code == 200
    Membership.objects.filter(user=eve).update(role="manager")
    assert of_eve.get("/").status_code == 303


def test_a_session_that_has_never_shown_the_factor_is_asked_for_it() -> None:
    """One that was begun before there was a factor, or by another door than the login."""
    ada = make_person("ada", make_fleet())
    phone, _codes = set_up_app(log_in(ada))
    browser = Client()
    browser.force_login(ada)
    answer = browser.get("/")
    assert answer["Location"] == "/account/again?next=%2F"
    browser.post("/account/again", {"password": PASSWORD})
    assert browser.get("/").status_code == 303
    browser.post("/account/again", {"passcode": phone.code()})
    assert browser.get("/").status_code == 200


def test_it_costs_nothing_where_it_was_shown_or_no_role_needs_it(settings: Any) -> None:
    browser = log_in(make_person("ada", make_fleet()))
    set_up_app(browser)
    with CaptureQueriesContext(connection) as guarded:
        browser.get("/")
    settings.SECOND_FACTOR_ROLES = []
    with CaptureQueriesContext(connection) as open_to_all:
        browser.get("/")
    assert len(guarded) == len(open_to_all)


def test_programs_are_asked_for_no_second_factor() -> None:
    browser = log_in(make_person("ada", make_fleet()))
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/connectedcar/v3/fleets").status_code == 401
