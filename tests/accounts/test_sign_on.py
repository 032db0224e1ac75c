"""Single sign-on against a provider over real HTTP: who gets in, as whom, and with which second factor."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from console.accounts import letters
from console.entrance.limits import Limit
from console.sign_on import views
from fleets.models import AuditEntry
from fleets.people.giving import Grant
from fleets.people.invitations import invite
from tests.accounts.authenticator import log_in, set_up_app
from tests.accounts.provider import CLIENT_ID, Provider
from tests.accounts.signing_on import BACK, START, at_provider, begin, is_in, sign_on
from tests.world import PASSWORD, make_fleet, make_person

pytestmark = pytest.mark.django_db


def test_somebody_comes_in_by_their_address_once_and_by_their_key_from_then_on(ada: Any, provider: Provider) -> None:
    login = Client().get("/login").content.decode()
    assert "Continue with Example" in login
    browser, answer = sign_on(next="/fleets/nowhere")
    assert (answer.status_code, answer["Location"]) == (302, "/fleets/nowhere")
    assert is_in(browser)
    assert provider.faults == []
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.provider, account.extra_data) == (ada, "ada-1", provider.issuer, {})
    letters.all_gone()
    assert [message.subject for message in mail.outbox] == ["[FleetRemote] Single sign-on was connected"]
    # The address may change, and its mark may go: the key counts.
    provider.person = {"sub": "ada-1", "email": "other@example.com", "email_verified": False}
    assert is_in(sign_on()[0])
    assert {entry.document["what"] for entry in AuditEntry.objects.all()} == {"connected single sign-on", "logged in"}
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_what_is_asked_of_the_provider(ada: Any, provider: Provider) -> None:
    sign_on()
    sign_on()
    first, second = provider.asked
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["client_id"] == CLIENT_ID
    assert first["redirect_uri"].endswith(BACK)
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 32
        assert first[name] != second[name]
    # What is in the address of ours changes none of it.
    browser = Client()
    answer = browser.post(f"{START}?scope=offline_access&auth_params=nonce%3Dx&process=connect")
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    assert len(asked["nonce"][0]) >= 32


def test_who_begins_again_and_again_is_told_to_wait(
    ada: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a session; those who come in are not counted."""
    monkeypatch.setattr(views, "BEGUN", Limit("sign-on", 3, timedelta(minutes=15)))
    for _ in range(5):
        assert is_in(sign_on()[0])
    for _ in range(3):
        begin(Client())
    assert Client().post(START).status_code == 429
    assert is_in(log_in(ada))


def test_an_address_that_was_given_to_somebody_else_opens_nothing(ada: Any, provider: Provider) -> None:
    assert is_in(sign_on()[0])
    provider.person = {**provider.person, "sub": "ada-2"}
    browser, answer = sign_on()
    assert answer.status_code == 403
    assert b"another account of Example" in answer.content
    assert not is_in(browser)


def test_several_people_of_one_address_and_closed_accounts_are_refused(ada: Any, provider: Provider) -> None:
    other = make_person("other", email="ada@example.com")
    assert b"Several people here" in sign_on()[1].content
    other.delete()
    ada.is_active = False
    ada.save()
    assert b"was closed" in sign_on()[1].content
    ada.is_active = True
    ada.save()
    assert is_in(sign_on()[0])
    ada.is_active = False
    ada.save()
    assert b"was closed" in sign_on()[1].content


def test_a_provider_that_is_away_is_told(provider: Provider) -> None:
    provider.is_down = True
    answer = Client().post(START)
    assert answer.status_code == 503
    assert b"Try again in a minute" in answer.content


def test_one_that_logs_in_elsewhere_is_a_link(ada: Any, provider: Provider) -> None:
    elsewhere = provider.issuer.replace("127.0.0.1", "localhost")
    provider.discovery = {"authorization_endpoint": f"{elsewhere}/authorize"}
    browser = Client()
    assert begin(browser) == "/login/single-sign-on/on"
    page = browser.get("/login/single-sign-on/on").content.decode()
    link = page.split('class="button primary wide" href="')[1].split('"')[0].replace("&amp;", "&")
    assert link.startswith(elsewhere)
    browser.get(at_provider(link))
    assert is_in(browser)


def test_who_has_a_second_factor_shows_it_after_the_provider_too(ada: Any, provider: Provider, settings: Any) -> None:
    phone, _codes = set_up_app(log_in(ada))
    provider.person["amr"] = ["pwd", "otp", "mfa"]
    browser, answer = sign_on()
    # Whatever the provider says: nobody has said that it is trusted with that.
    assert answer["Location"] == "/login/second-factor"
    assert not is_in(browser)
    browser.post("/login/second-factor", {"passcode": phone.code()})
    assert is_in(browser)
    settings.OIDC_SECOND_FACTOR = True
    assert is_in(sign_on()[0])
    # Not the first time: whoever has the address there may be somebody else.
    SocialAccount.objects.all().delete()
    assert not is_in(sign_on()[0])
    provider.person["amr"] = ["pwd"]
    assert not is_in(sign_on()[0])
    # The provider's word counts for the log-in that it was said in, not for one with a password after it.
    provider.person["amr"] = ["mfa"]
    browser = sign_on()[0]
    browser.post("/logout")
    assert not is_in(log_in(ada, browser))


def test_a_role_that_needs_a_factor_has_the_provider_s_where_it_is_trusted(
    ada: Any, provider: Provider, settings: Any
) -> None:
    settings.SECOND_FACTOR_ROLES = ["manager"]
    provider.person["amr"] = ["mfa"]
    assert not is_in(sign_on()[0])
    settings.OIDC_SECOND_FACTOR = True
    assert is_in(sign_on()[0])


def test_the_provider_asks_again_who_it_is(ada: Any, provider: Provider, settings: Any) -> None:
    """For who has no password here, or has their second factor there."""
    settings.OIDC_SECOND_FACTOR = True
    browser, _answer = sign_on()
    again = "/account/again/single-sign-on"
    answer = browser.post(again, {"next": "/account/second-factor/app"})
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert browser.get(at_provider(answer["Location"]))["Location"] == "/account/second-factor/app"
    # Not by a log-in of this morning, nor by another's.
    provider.authenticated_at = 1_000_000_000
    assert browser.get(at_provider(browser.post(again)["Location"])).status_code == 403
    provider.authenticated_at, provider.person = None, {**provider.person, "sub": "eve-1"}
    assert browser.get(at_provider(browser.post(again)["Location"])).status_code == 403
    assert is_in(browser)
    assert log_in(make_person("eve")).post(again).status_code == 404
    assert not Authenticator.objects.exists()


def test_an_invitation_is_accepted_by_single_sign_on(provider: Provider) -> None:
    lyon, boss = make_fleet(), make_person("boss", is_superuser=True)
    _row, token = invite(boss, "new@example.com", [lyon], Grant(role="viewer"), "en")
    provider.person = {"sub": "new-1", "email": "new@example.com", "email_verified": False, "given_name": "Nia"}
    assert sign_on()[1].status_code == 403
    browser = Client()
    browser.get(f"/invitation/{token}")
    assert b"Continue with Example" in browser.get("/invitation").content
    # Not even then by an address that is nobody's.
    assert sign_on(browser)[1].status_code == 403
    provider.person["email_verified"] = True
    answer = sign_on(browser, next="/invitation")[1]
    assert (answer.status_code, answer["Location"]) == (302, "/"), "the page of the invitation is over"
    assert is_in(browser)
    user = User.objects.get(email="new@example.com")
    assert (user.username, user.first_name, user.has_usable_password()) == ("new@example.com", "Nia", False)
    assert user.memberships.get().fleet == lyon
    assert browser.get("/account/second-factor/app").status_code == 200, "they have just shown who they are"
    # The link is used up; they come in by the provider from now on, and nobody else does.
    assert is_in(sign_on()[0])
    provider.person = {"sub": "eve-1", "email": "eve@example.com", "email_verified": True}
    other = Client()
    other.get(f"/invitation/{token}")
    assert sign_on(other)[1].status_code == 403


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"name": "Nia Blanc"}, ("Nia Blanc", "")),
        ({"name": "Nia Blanc", "given_name": "Nia", "family_name": "Blanc"}, ("Nia", "Blanc")),
        ({"name": "Nia\0"}, ("", "")),
    ],
)
def test_whoever_is_invited_is_called_as_the_provider_says(
    provider: Provider, told: dict[str, str], kept: tuple[str, str]
) -> None:
    _row, token = invite(
        make_person("boss", is_superuser=True), "new@example.com", [make_fleet()], Grant(role="viewer"), "en"
    )
    provider.person = {"sub": "new-1", "email": "new@example.com", "email_verified": True, **told}
    browser = Client()
    browser.get(f"/invitation/{token}")
    assert is_in(sign_on(browser)[0])
    user = User.objects.get(email="new@example.com")
    assert (user.first_name, user.last_name) == kept
