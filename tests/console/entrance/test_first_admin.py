"""The first admin: made by a link that is printed where FleetRemote starts, once, and only while there is none."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from console.entrance import tries
from fleets.models import AuditEntry, FirstAdminLink
from fleets.people.first_admin import new_token
from fleets.storage.redis import client as redis_client
from tests.printed import printed_by
from tests.workers import Worker
from tests.world import make_person

FORM = {
    "username": "anne",
    "email": "anne@example.com",
    "password1": "a-first-long-one",
    "password2": "a-first-long-one",
}


@pytest.fixture(autouse=True)
def nobody_has_tried(db: None) -> None:
    redis_client().flushdb()


def link(**options: str) -> str:
    """The path of a link that was printed just now."""
    lines = printed_by("first_admin_link", **options).splitlines()
    assert len(lines) == 2
    return lines[1].strip().removeprefix(options.get("at", "http://127.0.0.1:8000"))


def test_the_link_makes_the_first_admin_and_leads_on_to_the_connections(client: Client) -> None:
    page = client.get(link(), follow=True)
    assert page.redirect_chain == [("/first-admin", 302)]
    assert "no-store" in page.headers["Cache-Control"]
    made = client.post("/first-admin", FORM)
    assert made.headers["Location"] == "/connections/"
    anne = User.objects.get()
    assert (anne.username, anne.email) == ("anne", "anne@example.com")
    assert anne.is_superuser
    assert anne.is_staff
    assert anne.check_password(FORM["password1"])
    assert client.get(made.headers["Location"]).status_code == 200
    assert client.get("/admin/").status_code == 200
    assert client.get("/account/second-factor/app").status_code == 200
    assert AuditEntry.objects.get(subject="first-admin").who == "anne"


def test_the_link_is_printed_for_where_browsers_come() -> None:
    assert link(at="https://fleet.example.com").startswith("/first-admin/")


def without_a_link(client: Client, path: str) -> None:
    """All are told the same, and what to do."""
    answer = client.get(path, follow=True)
    assert answer.status_code == 404
    assert answer.request["PATH_INFO"] == "/first-admin"
    page = answer.content.decode()
    assert "works once, within an hour" in page
    assert "script/manage first_admin_link" in page


def test_whatever_is_wrong_with_a_link_is_answered_alike(client: Client) -> None:
    without_a_link(client, "/first-admin/of-nobody")
    without_a_link(client, "/first-admin")
    first, second = link(), link()
    without_a_link(client, first)
    FirstAdminLink.objects.update(expires_at=FirstAdminLink.objects.get().expires_at - timedelta(hours=1))
    without_a_link(client, second)
    third = link()
    make_person("root", is_superuser=True)
    without_a_link(client, third)


def test_it_works_once(client: Client) -> None:
    path = link()
    client.get(path)
    other = Client()
    other.get(path)
    assert client.post("/first-admin", FORM).status_code == 302
    User.objects.all().update(is_active=False)
    without_a_link(Client(), path)
    assert other.post("/first-admin", FORM | {"username": "bert"}).status_code == 404
    assert User.objects.count() == 1


def test_no_link_is_made_where_there_is_an_admin() -> None:
    path = link()
    assert FirstAdminLink.objects.exists()
    make_person("root", is_superuser=True)
    with pytest.raises(CommandError, match="There is an admin already"):
        call_command("first_admin_link")
    assert printed_by("first_admin_link", if_needed=True) == ""
    assert not FirstAdminLink.objects.exists(), f"{path} is over"


def test_people_who_are_no_admins_do_not_close_the_way(client: Client) -> None:
    make_person("viewer")
    make_person("left", is_superuser=True, is_active=False)
    assert client.get(link(), follow=True).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password2": "another-long-one"}, "password fields didn’t match"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "anne@example", "password2": "anne@example"}, "too similar"),
        ({"username": "viewer"}, "already exists"),
        ({"email": ""}, "This field is required"),
    ],
)
def test_what_is_refused_is_said_at_its_field(client: Client, wrong: dict[str, str], words: str) -> None:
    make_person("viewer")
    client.get(link())
    page = client.post("/first-admin", FORM | wrong).content.decode()
    assert words in page
    assert 'aria-invalid="true"' in page
    assert User.objects.count() == 1


def test_the_token_is_kept_nowhere_as_it_is(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "LIMIT", 3)
    caplog.set_level(logging.DEBUG)
    path = link()
    token = path.rpartition("/")[2]
    client.get(path)
    Client(enforce_csrf_checks=True).post("/first-admin", FORM)
    client.post("/first-admin", {})
    for _ in range(tries.LIMIT + 1):
        Client().get("/first-admin/of-nobody")
    assert Client().get("/first-admin/of-nobody", follow=True).status_code == 429
    assert "Too Many Requests: /first-admin" in caplog.text
    assert token not in caplog.text
    assert token not in FirstAdminLink.objects.get().token_hash
    (session,) = Session.objects.all()
    assert token not in str(session.get_decoded())
    assert client.get("/first-admin").headers["Referrer-Policy"] == "same-origin"


def test_a_form_of_another_site_makes_nobody() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(link())
    assert strict.post("/first-admin", FORM).status_code == 403
    assert not User.objects.exists()


def test_who_tries_too_many_links_waits_and_keeps_out_nobody_who_has_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All may come from the address of one proxy."""
    monkeypatch.setattr(tries, "LIMIT", 3)
    path = link()
    told = [client.get("/first-admin/of-nobody", follow=True) for _ in range(3)]
    assert [answer.status_code for answer in told] == [404, 404, 429]
    assert "Wait a minute" in told[-1].content.decode()
    assert client.get(path, follow=True).status_code == 200
    assert 0 < redis_client().ttl("first-admin:127.0.0.1") <= tries.SECONDS


def test_the_login_says_how_to_begin_only_where_nobody_can(client: Client) -> None:
    assert "There is no admin yet" in client.get("/login").content.decode()
    make_person("root", is_superuser=True)
    assert "There is no admin yet" not in client.get("/login").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_admin() -> None:
    path = link()
    first, second = Client(), Client()
    for each in (first, second):
        each.get(path)
    with transaction.atomic():
        FirstAdminLink.objects.select_for_update().get()
        waiting = Worker(lambda: second.post("/first-admin", FORM | {"username": "bert"})).until_it_waits()
        assert first.post("/first-admin", FORM).status_code == 302
    assert waiting.result().status_code == 404
    assert [user.username for user in User.objects.all()] == ["anne"]


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_asked_for_while_the_first_admin_is_made_is_none() -> None:
    path = link()
    client = Client()
    client.get(path)
    with transaction.atomic():
        FirstAdminLink.objects.select_for_update().get()
        waiting = Worker(new_token).until_it_waits()
        client.post("/first-admin", FORM)
    assert waiting.result() is None
    assert not FirstAdminLink.objects.exists()
