"""Who reads the database finds no key of a session: what it holds lets nobody in."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from console.entrance.sessions import SessionStore
from tests.dumped import dump, places_of
from tests.world import PASSWORD, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Client:
    """Logged in by the page."""
    make_person("ana")
    browser = Client()
    answer = browser.post("/login", {"username": "ana", "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200 or browser.get("/fleets").status_code == 200


def with_key(key: str) -> Client:
    browser = Client()
    browser.cookies["sessionid"] = key
    return browser


def test_the_key_of_the_cookie_lets_in_and_stands_nowhere(ana: Client) -> None:
    key = ana.cookies["sessionid"].value
    assert is_in(ana)
    assert is_in(with_key(key))
    assert places_of(key, dump()) == []


def test_what_the_database_has_is_no_key(ana: Client) -> None:
    kept = Session.objects.get()
    assert not is_in(with_key(kept.session_key))
    assert "_auth_user_id" in kept.get_decoded()


def test_it_ends_with_the_log_out_and_with_its_time(ana: Client) -> None:
    key = ana.cookies["sessionid"].value
    ana.post("/logout")
    assert not is_in(with_key(key))
    assert not Session.objects.exists()

    assert ana.post("/login", {"username": "ana", "password": PASSWORD}).status_code == 302
    Session.objects.update(expire_date=timezone.now())
    assert not is_in(ana)


def test_a_log_in_gets_another_key_than_was_brought(ana: Client) -> None:
    """Whoever has given somebody a key gets nothing by it."""
    brought = with_key("a-key-of-somebody-else-0123456789")
    brought.post("/login", {"username": "ana", "password": PASSWORD})
    assert brought.cookies["sessionid"].value != "a-key-of-somebody-else-0123456789"
    assert not is_in(with_key("a-key-of-somebody-else-0123456789"))


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_and_found_without_threads_too() -> None:
    @async_to_sync
    async def story() -> None:
        made = SessionStore()
        await made.aset("of", "ana")
        await made.asave()
        key = str(made.session_key)
        assert await SessionStore(key).aget("of") == "ana"
        assert await SessionStore().aexists(key)
        await SessionStore(key).adelete()
        assert not await SessionStore().aexists(key)
        assert await SessionStore(key).aload() == {}

    story()
