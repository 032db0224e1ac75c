"""One's own e-mail address: changed with the password, and only once its mailbox has said so."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from console.accounts import letters
from fleets.models import AuditEntry
from tests.world import PASSWORD, make_person

OLD, NEW = "ana@example.com", "ana@new.example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return make_person("ana", email=OLD)


@pytest.fixture
def browser(ana: User) -> Client:
    return log_in("ana")


def log_in(name: str) -> Client:
    found = Client()
    found.post("/login", {"username": name, "password": PASSWORD})
    return found


def link_for(browser: Client, box: list[Any], new: str = NEW) -> str:
    answer = browser.post("/account/address", {"email": new, "old_password": PASSWORD})
    assert answer.headers["Location"] == "/account"
    letters.all_gone()
    assert box[-1].to == [new]
    found = re.search(rf"^{settings.PUBLIC_URL}(/\S+)$", box[-1].body, re.MULTILINE)
    assert found
    return found[1]


def address(user: User) -> str:
    user.refresh_from_db()
    return user.email


def test_the_new_mailbox_says_so_and_the_old_one_is_told(ana: User, browser: Client, mailoutbox: list[Any]) -> None:
    link = link_for(browser, mailoutbox)
    assert address(ana) == OLD
    assert NEW in browser.get(link).content.decode()
    assert address(ana) == OLD, "programs open links too"
    assert "is changed" in browser.post(link, follow=True).content.decode()
    letters.all_gone()
    assert address(ana) == NEW
    assert (mailoutbox[-1].to, NEW in mailoutbox[-1].body) == ([OLD], True)
    changed = AuditEntry.objects.filter(kind="changed", document__name="ana").latest("pk")
    assert (changed.who, "email" in changed.document["fields"]) == ("ana", True)
    assert NEW not in str(changed.document)
    assert browser.post(link).status_code == 404


def test_without_the_password_nothing_is_sent(browser: Client, mailoutbox: list[Any]) -> None:
    answer = browser.post("/account/address", {"email": NEW, "old_password": "wrong"})
    assert (answer.status_code, mailoutbox) == (422, [])


def test_the_link_is_of_use_to_nobody_else(ana: User, browser: Client, mailoutbox: list[Any]) -> None:
    """Such as who has the mailbox of an address that was mistyped."""
    link = link_for(browser, mailoutbox)
    bert = make_person("bert")
    assert log_in("bert").post(link).status_code == 404
    assert Client().post(link).status_code in (302, 401)
    assert (address(ana), address(bert)) == (OLD, "")


@pytest.mark.parametrize("change", ["password", "address", "time"])
def test_it_ends_with_the_password_the_address_and_a_day(
    ana: User, browser: Client, mailoutbox: list[Any], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_for(browser, mailoutbox)
    if change == "password":
        ana.set_password("set since then")
        ana.save()
        browser.force_login(ana)
    elif change == "address":
        User.objects.filter(pk=ana.pk).update(email="third@example.com")
    else:
        monkeypatch.setattr("console.accounts.links.DAY", -1)
    assert browser.post(link).status_code == 404
    assert address(ana) != NEW


def test_an_address_of_another_account_is_none(ana: User, browser: Client, mailoutbox: list[Any]) -> None:
    """It is told to whoever has that mailbox, and to nobody before."""
    make_person("bert", email=NEW.upper())
    link = link_for(browser, mailoutbox)
    answer = browser.post(link)
    assert (answer.status_code, "Another account has this address" in answer.content.decode()) == (404, True)
    assert address(ana) == OLD


def test_made_up_links_are_over(browser: Client) -> None:
    for token in ("x", "a:b:c", "é", "x" * 3000):
        assert browser.post(f"/account/address/{token}").status_code == 404


def test_mailboxes_of_others_are_not_flooded(ana: User, browser: Client, mailoutbox: list[Any]) -> None:
    form = {"email": "Eve@example.com", "old_password": PASSWORD}
    for _ in range(3):
        assert browser.post("/account/address", form).status_code == 303
    answer = browser.post("/account/address", {**form, "email": "eve@example.com"})
    assert (answer.status_code, "Too many links were sent. Try again in 60 minutes." in answer.text) == (422, True)
    # Nor many, by one person.
    asked = [browser.post("/account/address", {**form, "email": f"{n}@example.com"}).status_code for n in range(7)]
    assert asked == [303] * 6 + [422]
    letters.all_gone()
    assert len(mailoutbox) == 9
