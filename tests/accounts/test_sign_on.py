"""Single sign-on against a real provider over HTTP: honest, hostile, and somebody who has two."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from console.accounts import letters
from fleets.models import AuditEntry
from fleets.people.giving import Grant
from fleets.people.invitations import invite
from tests.accounts.authenticator import log_in, set_up_app
from tests.accounts.provider import CLIENT_ID, Key, Provider, part
from tests.world import PASSWORD, make_fleet, make_person

pytestmark = pytest.mark.django_db

START, BACK = "/login/single-sign-on", "/login/single-sign-on/back"


def begin(browser: Client, **form: str) -> str:
    """Where the login leads on to."""
    answer = browser.post(START, form)
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


def at_provider(address: str) -> str:
    """Where the provider leads back to, as the browser asks for it here."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_on(browser: Client | None = None, **form: str) -> tuple[Client, Any]:
    """All the way; gives the browser and the answer to the way back."""
    browser = browser or Client()
    return browser, browser.get(at_provider(begin(browser, **form)))


def is_in(browser: Client) -> bool:
    return bool(browser.get("/").status_code == 200)


@pytest.fixture
def ada() -> Any:
    return make_person("ada", make_fleet(), email="Ada@example.com")


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


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {name: value for name, value in claims.items() if name not in names}


def with_(**told: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | told


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another issuer": with_(iss="https://evil.example"),
    "another client's": with_(aud="another"),
    "several clients', none of which asked": with_(aud=[CLIENT_ID, "another"]),
    "another asked": with_(azp="another"),
    "ended": with_(exp=1_000_000_000),
    "without an end": without("exp"),
    "of another log-in": with_(nonce="x" * 32),
    "of no log-in": without("nonce"),
    "of nobody": without("sub"),
    "of an empty name": with_(sub=""),
    "of a number": with_(sub=7),
    "of tomorrow": with_(iat=4_000_000_000, nbf=4_000_000_000),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_not_believed(ada: Any, provider: Provider, lie: str) -> None:
    provider.claims = LIES[lie]
    browser, answer = sign_on()
    assert answer.status_code == 403
    assert b"is not trusted" in answer.content
    assert not is_in(browser)
    assert not SocialAccount.objects.exists()


def unsigned(token: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def changed(token: str) -> str:
    header, claims, signature = token.split(".")
    return f"{header}.{claims[:-4]}AAAA.{signature}"


@pytest.mark.parametrize("forge", [unsigned, changed, lambda token: token.rsplit(".", 1)[0] + ".", lambda token: ""])
def test_a_token_without_the_provider_s_signature_is_not_believed(
    ada: Any, provider: Provider, forge: Callable[[str], str]
) -> None:
    provider.token = forge
    browser, answer = sign_on()
    assert answer.status_code == 403
    assert not is_in(browser)


def test_keys_that_are_not_the_provider_s_sign_nothing(ada: Any, provider: Provider) -> None:
    stranger = Key("stranger")
    # Under the name of a known key, under its own, and with the public key or the client's secret as a shared one.
    for header in (
        {"alg": "RS256", "kid": "first"},
        {"alg": "RS256", "kid": "stranger"},
        {"alg": "HS256", "kid": "first"},
    ):
        provider.key, provider.header = stranger, header
        assert sign_on()[1].status_code == 403
    # A new key of the provider is found without a restart.
    provider.published = [stranger]
    provider.header = {"alg": "RS256", "kid": "stranger"}
    assert is_in(sign_on()[0])


def test_an_address_counts_only_where_the_provider_has_verified_it(ada: Any, provider: Provider) -> None:
    """Even an admin's: whoever says that it is theirs is not believed."""
    ada.is_superuser = True
    ada.save()
    for mark in (False, None, "false", 1, [True]):
        provider.person = {"sub": "eve-1", "email": "ada@example.com", "email_verified": mark}
        browser, answer = sign_on()
        assert answer.status_code == 403, mark
        assert b"does not say that your e-mail address is yours" in answer.content
        assert not is_in(browser)
    provider.person = {"sub": "eve-1", "email": "ada@example.com"}
    assert sign_on()[1].status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("address", ["eve@example.com", "ada@example.com.evil.example", "ad\u0131@example.com", "", 7])
def test_nobody_else_gets_in(ada: Any, provider: Provider, address: Any) -> None:
    provider.person = {"sub": "eve-1", "email": address, "email_verified": True}
    browser, answer = sign_on()
    assert answer.status_code == 403
    assert not is_in(browser)


def test_letters_that_the_database_takes_for_one_are_two(provider: Provider) -> None:
    make_person("mike", email="mike@example.com")
    provider.person = {"sub": "eve-1", "email": "m\u0131ke@example.com", "email_verified": True}
    assert sign_on()[1].status_code == 403
    provider.person = {"sub": "eve-1", "email": "MIKE@example.com", "email_verified": True}
    assert is_in(sign_on()[0])


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


def test_another_provider_s_keys_are_other_people_s(ada: Any, provider: Provider, settings: Any) -> None:
    SocialAccount.objects.create(user=make_person("eve"), provider="https://former.example", uid="ada-1")
    browser, _answer = sign_on()
    assert browser.get("/account/second-factor").context["user"] == ada


def test_a_way_back_counts_once_in_the_browser_that_began(ada: Any, provider: Provider) -> None:
    browser = Client()
    back = at_provider(begin(browser))
    # Somebody is made to come back by another's code.
    victim = Client()
    answer = victim.get(back)
    assert answer.status_code == 403
    assert b"in another browser" in answer.content
    assert not is_in(victim)
    assert browser.get(back).status_code == 302
    browser.post("/logout")
    assert browser.get(back).status_code == 403
    # Nor does a code that was used, or made up, with a state of today.
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
    used = parse_qs(urlsplit(back).query)["code"][0]
    answer = browser.get(BACK, {"state": state, "code": used})
    assert answer.status_code == 403
    assert not is_in(browser)


def test_the_code_of_one_log_in_is_worth_nothing_in_another(ada: Any, provider: Provider) -> None:
    """Injected with a state of one's own: the verifier of PKCE, and the nonce, are those of the other one."""
    victims = at_provider(begin(Client()))
    code = parse_qs(urlsplit(victims).query)["code"][0]
    attacker = Client()
    state = parse_qs(urlsplit(begin(attacker)).query)["state"][0]
    assert attacker.get(BACK, {"state": state, "code": code}).status_code == 403
    assert not is_in(attacker)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, b"begun too long ago"),
        ({"state": "made-up", "code": "x"}, b"begun too long ago"),
        ({"state": "", "error": "access_denied"}, b"have not logged in at Example"),
        ({"state": "", "error": "server_error"}, b"did not say who you are"),
        ({"state": "", "code": ""}, b"did not say who you are"),
        ({"state": "", "code": "made-up"}, b"did not say who you are"),
        ({"state": "", "code": "x", "iss": "https://evil.example"}, b"is not trusted"),
    ],
)
def test_other_ways_back_are_refused_with_words(
    ada: Any, provider: Provider, query: dict[str, str], words: bytes
) -> None:
    browser = Client()
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
    told = {**query, **({"state": state} if query.get("state") == "" else {})}
    answer = browser.get(BACK, told)
    assert answer.status_code == 403
    assert words in answer.content
    assert not is_in(browser)


def test_a_provider_that_is_away_or_another_one_is_told(provider: Provider) -> None:
    provider.discovery = {"issuer": "https://evil.example"}
    assert Client().post(START).status_code == 503


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


def test_the_address_may_come_from_userinfo_of_the_same_person(ada: Any, provider: Provider) -> None:
    provider.claims = without("email", "email_verified")
    provider.userinfo = {"sub": "eve-1", "email": "ada@example.com", "email_verified": True}
    assert sign_on()[1].status_code == 403
    provider.userinfo = {**provider.userinfo, "sub": "ada-1"}
    assert is_in(sign_on()[0])


def test_rows_of_the_library_name_no_provider(ada: Any, provider: Provider, settings: Any) -> None:
    SocialApp.objects.create(provider="openid_connect", provider_id="evil", name="evil", client_id="x", secret="x")
    assert "evil" not in Client().get("/login").content.decode()
    settings.OIDC_ISSUER = ""
    assert "single-sign-on" not in Client().get("/login").content.decode()
    for method, path in (("post", START), ("get", BACK), ("get", f"{START}/on")):
        assert getattr(Client(), method)(path).status_code == 404


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
    assert is_in(sign_on(browser)[0])
    user = User.objects.get(email="new@example.com")
    assert (user.username, user.first_name, user.has_usable_password()) == ("new@example.com", "Nia", False)
    assert user.memberships.get().fleet == lyon
    # The link is used up; they come in by the provider from now on, and nobody else does.
    assert is_in(sign_on()[0])
    provider.person = {"sub": "eve-1", "email": "eve@example.com", "email_verified": True}
    other = Client()
    other.get(f"/invitation/{token}")
    assert sign_on(other)[1].status_code == 403
