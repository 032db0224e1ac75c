"""Wrong passwords are counted by name and by address apart: who sprays is slowed, and nobody is locked out for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client

from console.accounts import letters
from console.entrance import guard
from console.entrance.limits import Limit, network_of
from console.models import TryCount, Visit
from fleets.models import AuditEntry
from tests.long_form import LONG
from tests.world import PASSWORD, make_person

HOME, OFFICE, FAR = "192.0.2.7", "198.51.100.20", "203.0.113.5"

pytestmark = pytest.mark.django_db


def log_in(browser: Client, name: str, password: str = PASSWORD, at: str = FAR) -> int:
    answer: Any = browser.post("/login", {"username": name, "password": password}, REMOTE_ADDR=at)
    return int(answer.status_code)


def tries(number: int, name: str = "ana", at: str = FAR) -> list[int]:
    """Wrong ones, each from a browser that nobody knows."""
    return [log_in(Client(), name, "wrong", at) for _ in range(number)]


@pytest.fixture(autouse=True)
def ana(db: None) -> User:
    return make_person("ana")


@pytest.fixture
def at_home() -> Client:
    """Ana's browser, from which she has logged in before."""
    browser = Client()
    assert log_in(browser, "ana", at=HOME) == 302
    browser.post("/logout")
    return browser


def test_too_many_for_a_name_from_an_address_are_not_looked_at_and_told_what_to_do() -> None:
    assert tries(10) == [200] * 10
    answer = Client().post("/login", {"username": "ana", "password": PASSWORD}, REMOTE_ADDR=FAR)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    page = answer.content.decode()
    assert "15 minutes" in page
    assert 'href="/password"' in page


def test_the_same_is_told_of_a_name_that_nobody_has() -> None:
    assert tries(11, "nobody") == tries(11)


def test_after_its_time_the_right_one_works_again() -> None:
    tries(11)
    TryCount.objects.all().update(ends_at=F("ends_at") - timedelta(hours=1))
    assert log_in(Client(), "ana") == 302


def test_a_right_one_is_not_counted_and_a_wrong_one_before_it_is() -> None:
    assert tries(9) == [200] * 9
    assert [log_in(Client(), "ana") for _ in range(5)] == [302] * 5
    assert tries(2) == [200, 429]


def test_from_elsewhere_it_is_counted_apart() -> None:
    tries(11)
    assert log_in(Client(), "ana", at=OFFICE) == 302


@pytest.fixture
def few_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it takes few to use them up."""
    monkeypatch.setattr(guard, "OF_NAME", Limit("name", 4, timedelta(hours=1)))


@pytest.mark.usefixtures("few_for_a_name")
def test_who_tries_from_everywhere_does_not_keep_out_the_browser_nor_the_address_of_the_owner(at_home: Client) -> None:
    """The name is full for strangers; of the owner's own there are tries of their own, also from somewhere new."""
    for each in range(4):
        tries(1, at=f"203.0.113.{each}")
    assert log_in(Client(), "ana", at="203.0.113.99") == 429
    assert log_in(at_home, "ana", at="203.0.113.98") == 302
    assert log_in(Client(), "ana", at=HOME) == 302
    assert log_in(Client(), "bert", "wrong", at="203.0.113.99") == 200


def test_a_browser_that_is_known_has_tries_of_its_own_and_no_more(at_home: Client) -> None:
    assert [log_in(at_home, "ana", "wrong") for _ in range(11)] == [200] * 10 + [429]
    assert log_in(at_home, "ana") == 429
    assert log_in(Client(), "ana", at=OFFICE) == 302


def test_a_browser_is_known_for_the_name_that_has_logged_in_there_and_no_other(at_home: Client) -> None:
    make_person("bert")
    tries(11, "bert")
    assert log_in(at_home, "bert") == 429
    stolen = Client()
    stolen.cookies["browser"] = at_home.cookies["browser"].value + "x"
    tries(11)
    assert log_in(stolen, "ana") == 429


def test_the_cookie_opens_nothing_and_tells_no_name(at_home: Client) -> None:
    shown = at_home.cookies["browser"]
    assert shown["httponly"]
    assert "ana" not in shown.value
    assert at_home.get("/").status_code == 302


def test_many_names_from_one_address_are_soon_too_many_and_others_there_still_come_in(at_home: Client) -> None:
    """One try each, as who sprays a common password does it. What is refused costs the names nothing."""
    make_person("camille")
    told = [log_in(Client(), f"name{each}", "Summer2026!", at=HOME) for each in range(25)]
    assert told == [200] * guard.NAMES.most + [429] * (25 - guard.NAMES.most)
    # Ana has come from there before, in whatever browser; Camille comes from elsewhere.
    assert log_in(Client(), "ana", at=HOME) == 302
    assert log_in(at_home, "ana", at=HOME) == 302
    assert log_in(Client(), "camille", at=OFFICE) == 302


def test_an_address_that_is_known_is_no_free_pass(at_home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """All behind a proxy that is not named come from one."""
    monkeypatch.setattr(guard, "OF_ADDRESS", Limit("address", 3, timedelta(hours=1)))
    monkeypatch.setattr(guard, "OF_KNOWN_ADDRESS", Limit("known", 2, timedelta(hours=1)))
    assert tries(6, at=HOME) == [200] * 5 + [429]
    assert log_in(Client(), "ana", at=HOME) == 429
    assert log_in(at_home, "ana", at=HOME) == 302


def test_many_networks_of_one_site_are_one_to_who_sprays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "NAMES_OF_SITE", Limit("site", 3, timedelta(hours=1)))
    told = [log_in(Client(), f"name{each}", "wrong", f"2001:db8:7:{each}::1") for each in range(5)]
    assert told == [200, 200, 200, 429, 429]
    assert log_in(Client(), "ana", at="2001:db8:8::1") == 302


def test_a_network_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    for each in range(10):
        tries(1, at=f"2001:db8::{each + 1}")
    assert log_in(Client(), "ana", at="2001:db8::ffff") == 429


def test_while_many_are_sprayed_from_many_addresses_each_has_fewer_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "IN_ALL", Limit("all", 5, timedelta(hours=1)))
    for each in range(6):
        tries(1, f"name{each}", at=f"203.0.113.{each}")
    assert tries(4, at="203.0.113.50") == [200, 200, 200, 429]
    assert log_in(Client(), "ana", at=OFFICE) == 302


def test_many_at_once_are_not_all_the_first() -> None:
    """Each is counted before its password is looked at."""
    counted = [guard.enter(None, "ana") for _ in range(10)]
    assert len(counted) == 10
    with pytest.raises(guard.TooMany):
        guard.enter(None, "ana")


@pytest.mark.usefixtures("few_for_a_name")
def test_a_link_by_mail_opens_the_account_to_a_browser_that_was_shut_out(mailoutbox: list[Any], ana: User) -> None:
    """However many try: who has the mailbox comes in."""
    User.objects.filter(pk=ana.pk).update(email="ana@example.com")
    for each in range(4):
        tries(1, at=f"203.0.113.{each}")
    browser = Client()
    assert log_in(browser, "ana") == 429
    browser.post("/password", {"email": "ana@example.com"}, REMOTE_ADDR=FAR)
    letters.all_gone()
    link = next(line for line in mailoutbox[0].body.splitlines() if line.startswith(settings.PUBLIC_URL))
    browser.get(link.removeprefix(settings.PUBLIC_URL), follow=True)
    new = {"new_password1": "another-long-one", "new_password2": "another-long-one"}
    assert browser.post("/password/new", new).headers["Location"] == "/login"
    assert log_in(browser, "ana", "another-long-one") == 302


def test_what_is_counted_has_no_name_and_no_address_in_it() -> None:
    tries(1, "somebody-known")
    kept = " ".join(TryCount.objects.values_list("counted", flat=True))
    assert kept
    assert "somebody" not in kept
    assert FAR not in kept


def test_what_is_refused_is_in_the_audit_as_a_failed_log_in() -> None:
    tries(11, "audited")
    assert AuditEntry.objects.filter(subject="name audited", kind="entered").exists()


@pytest.mark.parametrize("onward", ["/login", "/login?next=/login"])
def test_the_log_in_leads_not_to_itself(at_home: Client, onward: str) -> None:
    """Whoever is in, and follows such a link, is led to the first page."""
    log_in(at_home, "ana")
    assert at_home.get("/login", {"next": onward})["Location"] == "/"


def test_names_and_addresses_of_any_kind_are_counted() -> None:
    for name in ("", "x" * 400, "\U0001f600", "an\u0000a"):
        assert log_in(Client(), name, "wrong") == 200
    assert log_in(Client(), "ana", at="") == 302
    assert Visit.objects.filter(address=None).exists()


def test_who_was_locked_out_of_the_account_is_told_no_more_than_others(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert log_in(Client(), "ana") == 200
    assert tries(10) == [200] * 9 + [429]


@pytest.mark.django_db(transaction=True)
def test_a_thousand_wrong_ones_over_two_hundred_names_lock_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """From five addresses, as fast as they like. In the long form all thousand; else few names, and as small bounds."""
    names = [f"person{each}" for each in range(200 if LONG else 6)]
    if not LONG:
        monkeypatch.setattr(guard, "NAMES", Limit("names", 4, timedelta(hours=1)))
    people = [make_person(name) for name in names]
    browsers = {name: Client() for name in names[:: len(names) // 3]}
    assert {log_in(browser, name, at=HOME) for name, browser in browsers.items()} == {302}
    for browser in browsers.values():
        browser.post("/logout")
    wrong = [(name, f"203.0.113.{attempt}") for attempt in range(5) for name in names]
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(_wrong, wrong))
    assert set(told) <= {200, 429}
    # Each address has tried as many names as it may, and no more passwords were looked at.
    looked_at = sum(status == 200 for status in told)
    assert looked_at <= 5 * guard.NAMES.most
    assert told.count(429) == len(told) - looked_at > 0
    # In their own browsers, wherever these are now, and in a new one elsewhere: at once, during all that.
    assert {log_in(browser, name, at=FAR) for name, browser in browsers.items()} == {302}
    assert {log_in(Client(), person.username, at=f"198.51.100.{place}") for place, person in enumerate(people)} == {302}


def _wrong(way: tuple[str, str]) -> int:
    try:
        return log_in(Client(), way[0], "Summer2026!", way[1])
    finally:
        connection.close()


def test_nobody_is_asked_after_the_guard() -> None:
    """What it does not let in, Django's own backend would: it stands behind for sessions of earlier versions."""
    assert settings.AUTHENTICATION_BACKENDS[0] == "console.entrance.guard.Guard"
    tries(10)
    answer = Client().post("/login", {"username": "ana", "password": PASSWORD}, REMOTE_ADDR=FAR)
    assert answer.status_code == 429


def test_nobody_says_by_a_header_from_where_they_come() -> None:
    """Only what proxies say that are named counts (fleetremote/front/addresses.py), which is settled by then."""
    told = [
        Client(headers={"X-Forwarded-For": f"203.0.113.{each}", "X-Real-IP": f"203.0.113.{each}"})
        .post("/login", {"username": "ana", "password": "wrong"}, REMOTE_ADDR=FAR)
        .status_code
        for each in range(11)
    ]
    assert told == [200] * 10 + [429]


def test_while_redis_is_away_people_log_in_and_tries_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleets.storage.redis._paused_until", float("inf"))
    assert log_in(Client(), "ana") == 302
    assert tries(11) == [200] * 10 + [429]
