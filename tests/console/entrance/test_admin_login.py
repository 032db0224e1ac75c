"""Django's admin has no entrance of its own: whoever wants in passes ours, with all that is asked for there."""

import pytest
from django.test import Client

from tests.world import PASSWORD, make_person

pytestmark = pytest.mark.django_db


def test_it_leads_to_our_login_and_on_to_where_one_wanted() -> None:
    make_person("root", is_staff=True, is_superuser=True)
    browser = Client()
    first = browser.get("/admin/auth/user/", follow=True)
    assert first.request["PATH_INFO"] == "/login"
    assert "Log in to go on" in first.content.decode()
    form = {"username": "root", "password": PASSWORD, "next": first.context["next"]}
    assert browser.post("/login", form).headers["Location"] == "/admin/auth/user/"
    assert browser.get("/admin/login/?next=/admin/auth/user/").headers["Location"] == "/admin/auth/user/"


def test_a_password_that_is_posted_there_opens_nothing() -> None:
    make_person("root", is_staff=True, is_superuser=True)
    browser = Client()
    answer = browser.post("/admin/login/", {"username": "root", "password": PASSWORD})
    assert answer.status_code == 405
    assert browser.get("/admin/").status_code == 302
    browser.force_login(make_person("second", is_staff=True))
    assert browser.get("/admin/password_change/").headers["Location"] == "/account/password"
    assert browser.post("/admin/password_change/").status_code == 405


def test_who_is_not_of_the_staff_is_told_so_once_and_not_led_in_a_circle() -> None:
    browser = Client()
    browser.force_login(make_person("viewer"))
    answer = browser.get("/admin/", follow=True)
    assert (answer.status_code, len(answer.redirect_chain)) == (403, 1)
    assert "for the staff" in answer.content.decode()


def test_it_leads_to_no_other_site() -> None:
    answer = Client().get("/admin/login/?next=https://evil.example/")
    assert answer.headers["Location"] == "/login?next=/admin/"
