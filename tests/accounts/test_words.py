"""Pages of second factors and single sign-on have no English left for who reads none, nor do their mails."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import translation

from console.accounts import letters
from console.sign_on.refusals import WORDS, words_of
from tests.accounts.authenticator import log_in, set_up_app
from tests.console.pseudo import left_over, put_in_brackets
from tests.world import PASSWORD, make_fleet, make_person

pytestmark = pytest.mark.django_db

OWN, AGAIN, STEP = "/account/second-factor", "/account/again", "/login/second-factor"
NAMES = ("ada", "127.0.0.1", "localhost", "testserver", "FleetRemote", "English", "Français")


def test_all_of_it_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_brackets(monkeypatch)
    ada, root = make_person("ada", make_fleet("ada"), email="ada@example.com"), make_person("root", is_superuser=True)
    browser = Client(HTTP_HOST="localhost")
    browser.cookies["fleetremote_language"] = "fr"

    def left(path: str, **form: str) -> list[str]:
        answer = browser.post(path, form) if form else browser.get(path)
        assert answer.status_code in (200, 422), (path, answer)
        page = answer.content.decode()
        return left_over(page, (*NAMES, *shown))

    shown: list[str] = []
    log_in(ada, browser)
    phone, codes = set_up_app(browser)
    factor = Authenticator.objects.get(type="totp").pk
    for path in (OWN, AGAIN, f"{OWN}/codes", f"{OWN}/passkey", f"{OWN}/{factor}/remove"):
        assert left(path) == [], path
    assert left(AGAIN, passcode=phone.wrong()) == []
    browser.post("/logout")
    log_in(ada, browser)
    assert left(STEP) == []
    for _ in range(7):
        wrong = left(STEP, passcode=phone.wrong())
    assert wrong == []
    browser.post("/logout")
    log_in(root, browser)
    shown = ["root"]
    assert left(f"/people/{ada.pk}/second-factor") == []
    browser.post(f"/people/{ada.pk}/second-factor")
    assert left(f"{OWN}/app", passcode="1")[1:] == []
    assert len(codes) == 10
    letters.all_gone()
    assert all("⟦" in message.body.split("\n")[0] for message in mail.outbox)


def test_why_somebody_was_refused_is_said_in_french() -> None:
    with translation.override("fr"):
        french = {code: words_of(code) for code in WORDS}
    with translation.override("en"):
        assert not {code for code, words in french.items() if words == words_of(code)}


def test_a_password_that_is_asked_for_again_is_told_apart_in_french() -> None:
    browser = Client()
    browser.force_login(make_person("ada"))
    browser.cookies["fleetremote_language"] = "fr"
    assert "Est-ce bien vous" in browser.get(AGAIN).content.decode()
    assert "Ce n’est pas votre mot de passe" in browser.post(AGAIN, {"password": "x"}).content.decode()
    assert browser.post(AGAIN, {"password": PASSWORD}).status_code == 303
