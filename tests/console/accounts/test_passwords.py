"""A password changed, and a new one by a link: nobody learns who has an account, and no way round the entrance."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from console.accounts import letters
from fleets.models import AuditEntry
from tests.dumped import dump, places_of
from tests.world import PASSWORD, make_person

NEW = "another-long-one"
TWICE = {"new_password1": NEW, "new_password2": NEW}
MAIL = "ana@example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return make_person("ana", email=MAIL)


def log_in(password: str = PASSWORD, name: str = "ana") -> Client:
    browser = Client()
    browser.post("/login", {"username": name, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def asked_for(email: str, box: list[Any], **headers: Any) -> list[str]:
    """The links that were sent on this."""
    before = len(box)
    answer = Client().post("/password", {"email": email}, **headers)
    assert answer.headers["Location"] == "/password/sent"
    letters.all_gone()
    return [_link(letter.body) for letter in box[before:]]


def _link(body: str) -> str:
    found = re.search(rf"^{settings.PUBLIC_URL}(/\S+)$", body, re.MULTILINE)
    assert found
    return found[1]


def opened(link: str) -> Client:
    browser = Client()
    answer = browser.get(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/password/new")
    return browser


def test_a_change_ends_the_other_sessions_and_is_told(ana: User, mailoutbox: list[Any]) -> None:
    here, there = log_in(), log_in()
    key = here.cookies["sessionid"].value
    answer = here.post("/account/password", {"old_password": PASSWORD, **TWICE}, follow=True)
    assert "Your password is changed" in answer.content.decode()
    assert here.cookies["sessionid"].value != key
    assert [is_in(here), is_in(there), is_in(log_in()), is_in(log_in(NEW))] == [True, False, False, True]
    letters.all_gone()
    assert [(letter.to, letter.subject) for letter in mailoutbox] == [
        ([MAIL], "[FleetRemote] Your password was changed")
    ]
    entry = AuditEntry.objects.get(document__what="changed their password")
    assert (entry.who, entry.subject) == ("ana", f"person {ana.pk}")
    assert NEW not in str(list(AuditEntry.objects.values_list("document", flat=True)))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"old_password": "wrong", **TWICE}, "not your password"),
        ({"old_password": PASSWORD, "new_password1": NEW, "new_password2": "x"}, "match"),
        ({"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}, "too short"),
        ({"old_password": PASSWORD, "new_password1": "password12", "new_password2": "password12"}, "too common"),
        ({"old_password": PASSWORD, "new_password1": MAIL, "new_password2": MAIL}, "too similar"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(ana: User, form: dict[str, str], words: str) -> None:
    here = log_in()
    answer = here.post("/account/password", form)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_who_has_somebody_s_session_can_t_guess_the_password_without_end(ana: User) -> None:
    here = log_in()
    for _ in range(10):
        here.post("/account/password", {"old_password": "wrong", **TWICE})
    page = here.post("/account/password", {"old_password": PASSWORD, **TWICE}).content.decode()
    assert "There were too many wrong ones" in page
    page = here.post("/account/address", {"old_password": PASSWORD, "email": "x@example.com"}).content.decode()
    assert "There were too many wrong ones" in page


def test_a_link_sets_a_new_password_once_and_ends_all_sessions(ana: User, mailoutbox: list[Any]) -> None:
    old = log_in()
    (link,) = asked_for("Ana@Example.com", mailoutbox)
    browser = opened(link)
    page = browser.get("/password/new")
    assert "ana" in page.content.decode()
    assert link.rpartition("/")[2] not in page.content.decode()
    answer = browser.post("/password/new", TWICE, follow=True)
    assert "Your new password is set" in answer.content.decode()
    assert not is_in(browser), "a link lets nobody in"
    assert [is_in(old), is_in(log_in()), is_in(log_in(NEW))] == [False, False, True]
    assert opened(link).get("/password/new").status_code == 404
    assert browser.post("/password/new", TWICE).status_code == 404
    entry = AuditEntry.objects.get(document__what="set a new password by a link")
    assert entry.who == "ana"


def test_it_is_the_same_for_an_address_that_nobody_has(ana: User, mailoutbox: list[Any]) -> None:
    make_person("gone", email="gone@example.com", is_active=False)
    elsewhere = make_person("elsewhere", email="sso@example.com")
    elsewhere.set_unusable_password()
    elsewhere.save()
    for email in ("nobody@example.com", "gone@example.com", "sso@example.com", "ana@example.com.evil.example"):
        assert asked_for(email, mailoutbox) == []
    # Letters that the database takes for others, and mail does not.
    User.objects.filter(pk=ana.pk).update(email="mike@example.org")
    assert asked_for("mıke@example.org", mailoutbox) == []
    known = Client().post("/password", {"email": "mike@example.org"}, follow=True)
    unknown = Client().post("/password", {"email": "who@example.org"}, follow=True)
    assert _without_token(known) == _without_token(unknown)
    letters.all_gone()


def _without_token(answer: Any) -> str:
    return re.sub(r'value="[^"]{60,}"', "", answer.content.decode())


def test_a_mail_server_that_is_slow_or_away_tells_nobody_anything(ana: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert Client().post("/password", {"email": MAIL}).status_code == 302
    letters.all_gone()


def test_nobody_fills_a_mailbox(ana: User, mailoutbox: list[Any]) -> None:
    sent = [asked_for(MAIL, mailoutbox, REMOTE_ADDR=f"203.0.113.{each}") for each in range(5)]
    assert [len(each) for each in sent] == [1, 1, 1, 0, 0]


def test_nobody_asks_for_links_without_end(ana: User) -> None:
    told = [Client().post("/password", {"email": f"x{each}@example.com"}).status_code for each in range(21)]
    assert told == [302] * 20 + [429]


def test_the_link_leads_to_where_browsers_come_whatever_host_was_asked(ana: User, mailoutbox: list[Any]) -> None:
    Client().post("/password", {"email": MAIL}, headers={"Host": "localhost"})
    letters.all_gone()
    assert f"\n{settings.PUBLIC_URL}/password/" in mailoutbox[0].body


@pytest.mark.parametrize("change", ["password", "email", "last_login", "is_active", "time"])
def test_a_link_ends_with_whatever_changes(
    ana: User, mailoutbox: list[Any], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it was opened, and after that, when the session has it."""
    (link,) = asked_for(MAIL, mailoutbox)
    browser = opened(link)
    assert browser.get("/password/new").status_code == 200
    if change == "password":
        ana.set_password("set by somebody else")
        ana.save()
    elif change == "email":
        User.objects.filter(pk=ana.pk).update(email="new@example.com")
    elif change == "last_login":
        log_in()
    elif change == "is_active":
        User.objects.filter(pk=ana.pk).update(is_active=False)
    else:
        session = browser.session
        session["new_password"] = {**session["new_password"], "until": 0}
        session.save()
        monkeypatch.setattr("django.conf.settings.PASSWORD_RESET_TIMEOUT", -1)
    assert browser.post("/password/new", TWICE).status_code == 404
    assert opened(link).get("/password/new").status_code == 404
    ana.refresh_from_db()
    assert not ana.check_password(NEW)


@pytest.mark.parametrize("parts", ["of-nobody/x", "MQ/x", "../x", "LTE/x-y", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/x-y"])
def test_made_up_links_are_over(parts: str) -> None:
    answer = Client().get(f"/password/{parts}", follow=True)
    assert answer.status_code == 404


def test_the_token_stands_nowhere(ana: User, mailoutbox: list[Any]) -> None:
    (link,) = asked_for(MAIL, mailoutbox)
    token = link.rpartition("/")[2]
    opened(link)
    assert Session.objects.exists()
    assert places_of(token, dump()) == []
    assert token not in str([session.get_decoded() for session in Session.objects.all()])


def test_who_opens_it_while_logged_in_is_logged_out_by_it(ana: User, mailoutbox: list[Any]) -> None:
    here = log_in()
    (link,) = asked_for(MAIL, mailoutbox)
    here.get(link)
    assert here.post("/password/new", TWICE).status_code == 303
    assert not is_in(here)


def test_who_logs_in_elsewhere_is_told_so(ana: User) -> None:
    here = log_in()
    ana.set_unusable_password()
    ana.save()
    here.force_login(ana)
    for page in ("/account/password", "/account/address"):
        answer = here.post(page, {"old_password": PASSWORD, "email": "x@example.com", **TWICE})
        assert "You log in elsewhere" in answer.content.decode()
    assert "there is no password here" in here.get("/account").content.decode()
