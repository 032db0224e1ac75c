"""One's own sessions: shown with where they are from, and ended one by one or all, at once and for good."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client

from console.accounts.sessions import end_sessions, last_here, sessions_of
from console.entrance import visits
from console.models import Visit
from fleets.models import AuditEntry
from fleets.sight.looking import Sight, holding
from tests.world import PASSWORD, make_fleet, make_person

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return make_person("ana", make_fleet("Lyon"))


def logged_in(name: str = "ana", agent: str = FIREFOX, at: str = "192.0.2.7") -> Client:
    browser = Client(headers={"User-Agent": agent}, REMOTE_ADDR=at)
    assert browser.post("/login", {"username": name, "password": PASSWORD}).status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def page(browser: Client) -> str:
    return browser.get("/account").content.decode()


def test_the_page_shows_each_with_its_browser_and_address_and_which_one_this_is(ana: User) -> None:
    here, phone = logged_in(), logged_in(agent=PHONE, at="2001:db8::7")
    shown = page(here)
    assert shown.index("Firefox, Linux") < shown.index("Safari, iPhone")
    assert "192.0.2.7" in shown
    assert "2001:db8::7" in shown
    assert shown.count("This one") == 1
    assert page(phone).index("Safari, iPhone") < page(phone).index("Firefox, Linux")
    assert here.cookies["sessionid"].value not in shown


def test_one_is_ended_and_sees_nothing_more(ana: User) -> None:
    here, lost = logged_in(), logged_in(agent=PHONE)
    key = lost.cookies["sessionid"].value
    fleet = ana.memberships.get().fleet_id
    watching = Sight(key, ana.pk, fleet)
    assert holding([watching]) == {watching}
    visit = Visit.objects.get(browser=PHONE)
    answer = here.post(f"/account/sessions/{visit.pk}/end", follow=True)
    assert "That session has ended." in answer.content.decode()
    assert not is_in(lost)
    assert holding([watching]) == set()
    assert is_in(here)
    assert "iPhone" not in page(here)
    assert AuditEntry.objects.filter(subject=f"person {ana.pk}", who="ana", kind="operated").count() == 1
    assert "had ended already" in here.post(f"/account/sessions/{visit.pk}/end", follow=True).content.decode()


def test_nobody_ends_another_s(ana: User) -> None:
    make_person("bert")
    hers, his = logged_in(), logged_in("bert")
    visit = Visit.objects.get(user=ana)
    answer = his.post(f"/account/sessions/{visit.pk}/end", follow=True)
    assert "had ended already" in answer.content.decode()
    assert is_in(hers)
    assert "ana" not in page(his).replace("manage", "")


def test_all_others_end_also_those_that_nobody_has_written_down(ana: User) -> None:
    """Such as those of an earlier version."""
    here, others = logged_in(), [logged_in() for _ in range(2)]
    make_person("bert")
    his = logged_in("bert")
    newest = Visit.objects.filter(user=ana).latest("pk")
    Visit.objects.filter(pk=newest.pk).delete()
    answer = here.post("/account/sessions/end", follow=True)
    assert "2 sessions have ended." in answer.content.decode()
    assert [is_in(each) for each in (here, his, *others)] == [True, True, False, False]
    assert end_sessions(ana) == 1
    assert not is_in(here)
    assert is_in(his)


def test_a_session_without_a_row_gets_one_when_it_is_used(ana: User) -> None:
    browser = logged_in()
    Visit.objects.all().delete()
    visits.WRITTEN.__init__()  # type: ignore[misc]
    assert is_in(browser)
    (visit,) = sessions_of(ana)
    assert (visit.browser, visit.address) == (FIREFOX, "192.0.2.7")


def test_it_is_written_every_few_minutes_and_not_with_each_page(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = logged_in()
    before = Visit.objects.get()
    is_in(browser)
    assert Visit.objects.get().seen == before.seen
    monkeypatch.setattr(visits, "EVERY", 0.0)
    browser.get("/", REMOTE_ADDR="192.0.2.99")
    after = Visit.objects.get()
    assert (after.seen > before.seen, after.since, after.address) == (True, before.since, "192.0.2.99")
    assert last_here([ana.pk]) == {ana.pk: after.seen}


def test_who_asks_the_api_or_nothing_of_the_session_is_no_visit(ana: User) -> None:
    Client().get("/healthz")
    Client().get("/login")
    assert not Visit.objects.exists()


def test_an_ended_session_does_not_come_back_with_what_was_under_way(ana: User) -> None:
    browser = logged_in()
    session = browser.session
    session["something"] = 1
    end_sessions(ana)
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_a_log_out_leaves_when_one_was_here_last_and_no_session(ana: User) -> None:
    browser: Any = logged_in()
    browser.post("/logout")
    assert sessions_of(ana) == []
    assert set(last_here([ana.pk, 0])) == {ana.pk}
