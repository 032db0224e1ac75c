"""A second factor over pages: set up, asked for at the log-in, asked for again, lost and taken away."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory

from console.accounts import letters, second_factor
from console.factors import changing
from console.factors.codes import FREE, try_code
from fleets.approvers import may_approve
from fleets.models import AuditEntry
from fleets.storage.encryption.rotation import encrypted_fields, rotate
from tests.accounts.authenticator import code_at, log_in, phone_of, recovery_codes, set_up_app
from tests.world import PASSWORD, make_fleet, make_person

pytestmark = pytest.mark.django_db

AGAIN, STEP, OWN = "/account/again", "/login/second-factor", "/account/second-factor"


def is_in(browser: Client) -> bool:
    return bool(browser.get("/").status_code == 200)


def make_ada(**values: Any) -> Any:
    return make_person("ada", make_fleet(), email="ada@example.com", **values)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """What programs read of the clock from now on."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)


def letters_told() -> list[str]:
    """Their subjects, in the order in which they went."""
    letters.all_gone()
    return [str(message.subject) for message in mail.outbox]


def test_a_password_alone_gets_nowhere_once_there_is_an_app() -> None:
    ada = make_ada()
    browser = log_in(ada)
    phone, codes = set_up_app(browser)
    assert len(codes) == 10
    assert is_in(browser)

    other = Client()
    answer = other.post("/login", {"username": "ada", "password": PASSWORD, "next": "/fleets/1"})
    assert answer["Location"] == STEP
    assert not is_in(other)
    assert other.get(STEP).status_code == 200
    assert other.post(STEP, {"passcode": phone.wrong()}).status_code == 200
    assert not is_in(other)
    assert other.post(STEP, {"passcode": phone.code()}).status_code == 303
    assert is_in(other)
    told = [entry.document["what"] for entry in AuditEntry.objects.order_by("pk")]
    assert "added a second factor" in told
    assert "failed to show the second factor" in told
    assert letters_told() == ["[FleetRemote] A second factor was added"]


def test_each_code_is_good_once_also_the_one_of_the_set_up() -> None:
    ada = make_ada()
    phone, codes = set_up_app(log_in(ada))
    used = code_at(phone.secret, phone.step * 30)
    assert not is_in(_with(log_in(ada), used))
    code = phone.code()
    assert is_in(_with(log_in(ada), code))
    assert not is_in(_with(log_in(ada), code))
    # An older one, of a step that has gone by, is none any more.
    assert not is_in(_with(log_in(ada), used))
    assert is_in(_with(log_in(ada), codes[0]))
    assert not is_in(_with(log_in(ada), codes[0]))
    assert is_in(_with(log_in(ada), codes[1].replace(" ", "")))


def test_of_two_who_set_up_the_first_one_at_once_the_second_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sessions have shown the password alone; when the second is at it, that is not enough any more."""
    ada = make_ada()
    first, second = log_in(ada), log_in(ada)
    phone = phone_of(second)
    add_app = changing.add_app

    def first_comes_first(*given: Any) -> None:
        monkeypatch.undo()
        set_up_app(first)
        add_app(*given)

    monkeypatch.setattr(changing, "add_app", first_comes_first)
    assert second.post("/account/second-factor/app", {"passcode": phone.code()})["Location"] == "/account/second-factor"
    assert not is_in(second)
    assert is_in(first)
    assert Authenticator.objects.filter(user=ada, type="totp").count() == 1


def _with(browser: Client, code: str) -> Client:
    browser.post(STEP, {"passcode": code})
    return browser


def test_who_guesses_waits_longer_and_longer_and_the_owner_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make_ada()
    phone, codes = set_up_app(log_in(ada))
    letters_told()
    mail.outbox.clear()
    guesser = log_in(ada)
    for _ in range(FREE + 1):
        guesser.post(STEP, {"passcode": phone.wrong()})
    assert b"Try again in" in guesser.post(STEP, {"passcode": codes[0]}).content
    assert not is_in(guesser)
    assert letters_told() == ["[FleetRemote] Wrong codes for your account"]
    # Not for good: after the pause the right one is right.
    later(monkeypatch, 31)
    guesser.post(STEP, {"passcode": phone.wrong()})
    assert b"Try again in 1 minute" in guesser.post(STEP, {"passcode": phone.wrong()}).content
    later(monkeypatch, 61)
    assert is_in(_with(guesser, codes[0]))
    assert len(letters_told()) == 2


def test_the_secrets_are_nowhere_in_clear_and_rotate() -> None:
    ada = make_ada()
    browser = log_in(ada)
    browser.get(OWN + "/app")
    session = Session.objects.get()
    phone, codes = set_up_app(browser)
    assert phone.secret not in str(session.get_decoded())
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert phone.secret not in kept
    assert not any(code.replace(" ", "") in kept for code in codes)
    fields = [(model, field) for model, field in encrypted_fields() if model is Authenticator]
    assert [rotate(model, field, write=False).rows for model, field in fields] == [2]


def test_secrets_are_put_under_the_first_key(settings: Any) -> None:
    ada = make_ada()
    phone, _codes = set_up_app(log_in(ada))
    settings.FIELD_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldzA=", *settings.FIELD_KEYS]
    call_command("rotate_keys")
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert is_in(_with(log_in(ada), phone.code()))


def test_recovery_codes_are_shown_once_and_new_ones_replace_them() -> None:
    ada = make_ada()
    browser = log_in(ada)
    _phone, codes = set_up_app(browser)
    assert recovery_codes(browser) == []
    browser.post(OWN + "/codes")
    fresh = recovery_codes(browser)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert not is_in(_with(log_in(ada), codes[0]))
    assert is_in(_with(log_in(ada), fresh[0]))
    assert "[FleetRemote] A recovery code was used" in letters_told()


def test_factors_are_changed_only_by_who_has_just_shown_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make_ada()
    browser = log_in(ada)
    later(monkeypatch, 301)
    # Without one it is the password.
    answer = browser.get(OWN + "/app")
    assert answer["Location"].startswith(AGAIN)
    assert browser.post(answer["Location"], {"password": "another"}).status_code == 422
    assert browser.post(answer["Location"], {"password": PASSWORD})["Location"] == OWN + "/app"
    phone, _codes = set_up_app(browser)
    later(monkeypatch, 301)
    removal = f"{OWN}/{Authenticator.objects.get(type='totp').pk}/remove"
    for page in (removal, OWN + "/codes"):
        assert browser.post(page)["Location"].startswith(AGAIN)
    # From now on the password does not do.
    assert browser.post(AGAIN, {"password": PASSWORD}).status_code == 200
    assert browser.post(removal)["Location"].startswith(AGAIN)
    assert browser.post(AGAIN, {"passcode": phone.code(), "next": removal})["Location"] == removal
    browser.post(removal)
    assert not Authenticator.objects.exists()
    assert is_in(log_in(ada))


def test_the_address_by_which_single_sign_on_goes_is_changed_with_the_factor_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = log_in(make_ada())
    assert browser.get("/account/address").status_code == 200
    set_up_app(browser)
    later(monkeypatch, 301)
    answer = browser.post("/account/address", {"email": "eve@example.com", "old_password": PASSWORD})
    assert answer["Location"].startswith(AGAIN)


def test_nobody_is_led_elsewhere() -> None:
    browser = log_in(make_ada())
    for place in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert browser.post(AGAIN, {"password": PASSWORD, "next": place})["Location"] == OWN


def test_another_person_s_factor_is_not_there() -> None:
    ada, eve = make_ada(), make_person("eve")
    set_up_app(log_in(ada))
    browser = log_in(eve)
    factor = Authenticator.objects.get(type="totp")
    assert browser.post(f"{OWN}/{factor.pk}/remove").status_code == 404
    # Recovery codes go with the last factor, and are none by themselves.
    codes = Authenticator.objects.get(type="recovery_codes")
    assert log_in(ada).get(f"{OWN}/{codes.pk}/remove").status_code == 302


def test_a_password_that_was_changed_meanwhile_ends_the_log_in() -> None:
    ada = make_ada()
    phone, _codes = set_up_app(log_in(ada))
    begun = log_in(ada)
    ada.set_password("another-long-one")
    ada.save()
    assert begun.post(STEP, {"passcode": phone.code()})["Location"] == "/login"
    assert not is_in(begun)


def test_an_admin_takes_a_lost_factor_away_and_everybody_else_does_not() -> None:
    ada, root = make_ada(), make_person("root", is_superuser=True)
    of_ada = log_in(ada)
    set_up_app(of_ada)
    page = f"/people/{ada.pk}/second-factor"
    manager = log_in(make_person("manager", make_fleet("Nantes")))
    assert manager.post(page).status_code == 404
    browser = log_in(root)
    lyon = ada.memberships.get().fleet
    assert may_approve(ada, lyon)
    assert browser.post(f"/people/{root.pk}/second-factor").status_code == 404
    assert browser.get(page).status_code == 200
    assert browser.post(page).status_code == 303
    assert not Authenticator.objects.exists()
    assert not is_in(of_ada)
    # Whoever is at work under that name from now on is no second person by that alone.
    assert not may_approve(ada, lyon)
    assert "[FleetRemote] Your second factor was taken away" in letters_told()
    entry = AuditEntry.objects.get(document__what="took away the second factor of a person")
    assert entry.who == "root"


def test_what_needs_a_fresh_factor_leads_there_and_back(monkeypatch: pytest.MonkeyPatch, rf: RequestFactory) -> None:
    """As break-glass asks for it (console/accounts/second_factor.py): set up is not shown, which lasts 5 minutes."""
    ada = make_ada()
    browser = log_in(ada)

    def asked(next_url: str = "/here") -> tuple[bool, str]:
        request = rf.get("/")
        request.user, request.session = ada, browser.session
        return second_factor.is_fresh(request), second_factor.ask_again(request, next_url)["Location"]

    assert asked() == (False, "/account/second-factor?next=%2Fhere")
    assert b"What you wanted to do needs a second factor" in browser.get(asked()[1]).content
    phone, codes = set_up_app(browser)
    assert asked() == (False, "/account/again?next=%2Fhere")
    assert browser.post(asked()[1], {"passcode": phone.code()})["Location"] == "/here"
    assert asked()[0]
    later(monkeypatch, 301)
    assert not asked()[0]
    # A recovery code does as well, and the factor of the log-in counts as shown.
    browser.post(AGAIN, {"passcode": codes[3]})
    assert asked()[0]


def test_a_command_helps_the_last_admin() -> None:
    root = make_person("root", is_superuser=True, email="root@example.com")
    browser = log_in(root)
    set_up_app(browser)
    call_command("take_second_factor", "root")
    assert not is_in(browser)
    assert is_in(log_in(root))
    for name in ("root", "nobody"):
        with pytest.raises(CommandError):
            call_command("take_second_factor", name)


def test_the_first_factor_ends_other_sessions_and_the_next_ones_don_t() -> None:
    """None of them has shown it."""
    ada = make_ada()
    other, browser = log_in(ada), log_in(ada)
    phone, _codes = set_up_app(browser)
    assert not is_in(other)
    assert is_in(browser)
    second = _with(log_in(ada), phone.code())
    browser.post(OWN + "/codes")
    assert is_in(second)


@pytest.mark.django_db(transaction=True)
def test_one_code_in_many_requests_at_once_is_good_once() -> None:
    ada = make_ada()
    phone, codes = set_up_app(log_in(ada))
    for code in (phone.code(), codes[0]):
        with ThreadPoolExecutor(4) as threads:
            tried = list(threads.map(in_thread, [ada] * 4, [code] * 4))
        assert sum(tried) == 1


def in_thread(user: Any, code: str) -> bool:
    try:
        return try_code(user, code).factor is not None
    finally:
        connection.close()


def test_an_admin_with_a_factor_shows_it_before_taking_another_s(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, root = make_ada(), make_person("root", is_superuser=True)
    set_up_app(log_in(ada))
    browser = log_in(root)
    phone, _codes = set_up_app(browser)
    later(monkeypatch, 301)
    page = f"/people/{ada.pk}/second-factor"
    assert browser.post(page)["Location"].startswith(AGAIN)
    assert Authenticator.objects.filter(user=ada).exists()
    browser.post(AGAIN, {"passcode": phone.code()})
    assert browser.post(page).status_code == 303
    assert not Authenticator.objects.filter(user=ada).exists()


def test_what_is_no_passkey_is_refused_with_words() -> None:
    ada = make_ada()
    browser = log_in(ada)
    page = OWN + "/passkey"
    assert browser.get(page, HTTP_HOST="127.0.0.1")["Location"] == OWN
    assert b"localhost only" in browser.get(OWN, HTTP_HOST="127.0.0.1").content
    assert browser.get(page, HTTP_HOST="localhost").status_code == 200
    for credential in (
        "",
        "null",
        "[]",
        '{"id": 1}',
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
        "{",
    ):
        answer = browser.post(page, {"label": "key", "credential": credential}, HTTP_HOST="localhost")
        assert answer.status_code == 422, credential
        assert browser.post(AGAIN, {"credential": credential}, HTTP_HOST="localhost").status_code in (200, 422)
