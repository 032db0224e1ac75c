"""Single sign-on where the provider lies, or somebody between, or whoever comes back from it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.test import Client

from console.sign_on import adapter
from console.sign_on.provider import _kept
from tests.accounts.provider import CLIENT_ID, Key, Provider, part
from tests.accounts.signing_on import BACK, START, at_provider, begin, is_in, sign_on
from tests.long_form import LONG, draw
from tests.world import make_person

pytestmark = pytest.mark.django_db


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
    "of a name that nobody has": with_(sub="ada\0"),
    "without an end that is a time": with_(exp=float("inf")),
    "of tomorrow": with_(iat=4_000_000_000, nbf=4_000_000_000),
}


def test_a_token_that_says_something_else_is_not_believed(ada: Any, provider: Provider) -> None:
    for lie in LIES if LONG else draw.sample(sorted(LIES), 6):
        provider.claims = LIES[lie]
        browser, answer = sign_on()
        assert (answer.status_code, b"is not trusted" in answer.content) == (403, True), lie
        assert not is_in(browser)
    assert not SocialAccount.objects.exists()


def unsigned(token: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def changed(token: str) -> str:
    header, claims, signature = token.split(".")
    return f"{header}.{claims[:-4]}AAAA.{signature}"


def test_a_token_without_the_provider_s_signature_is_not_believed(ada: Any, provider: Provider) -> None:
    for forge in (unsigned, changed, lambda token: token.rsplit(".", 1)[0] + ".", lambda token: ""):
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


def test_nobody_else_gets_in(ada: Any, provider: Provider) -> None:
    of_eve = ("eve@example.com", "ada@example.com\0", "ada@example.com.evil.example", "ad\u0131@example.com", "", 7)
    for address in of_eve:
        provider.person = {"sub": "eve-1", "email": address, "email_verified": True}
        browser, answer = sign_on()
        assert answer.status_code == 403, address
        assert not is_in(browser)


def test_letters_that_the_database_takes_for_one_are_two(provider: Provider) -> None:
    make_person("mike", email="mike@example.com")
    provider.person = {"sub": "eve-1", "email": "m\u0131ke@example.com", "email_verified": True}
    assert sign_on()[1].status_code == 403
    provider.person = {"sub": "eve-1", "email": "MIKE@example.com", "email_verified": True}
    assert is_in(sign_on()[0])


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


WAYS_BACK: list[tuple[dict[str, str], bytes]] = [
    ({}, b"begun too long ago"),
    ({"state": "made-up", "code": "x"}, b"begun too long ago"),
    ({"error": "access_denied"}, b"have not logged in at Example"),
    ({"error": "server_error"}, b"did not say who you are"),
    ({"code": ""}, b"did not say who you are"),
    ({"code": "made-up"}, b"did not say who you are"),
    ({"code": "x", "iss": "https://evil.example"}, b"is not trusted"),
]


def test_other_ways_back_are_refused_with_words(ada: Any, provider: Provider) -> None:
    for told, words in WAYS_BACK:
        browser = Client()
        state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
        answer = browser.get(BACK, {"state": state, **told} if told else {})
        assert (answer.status_code, words in answer.content) == (403, True), told
        assert not is_in(browser)


def test_a_provider_that_is_away_or_another_one_is_told(provider: Provider) -> None:
    provider.discovery = {"issuer": "https://evil.example"}
    assert Client().post(START).status_code == 503


def test_an_answer_without_end_is_read_no_further(
    ada: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.discovery = {"padding": "x" * adapter.LONGEST}
    assert Client().post(START).status_code == 503
    provider.discovery = {}
    browser = Client()
    back = at_provider(begin(browser))
    provider.claims = with_(padding="x" * adapter.LONGEST)
    assert browser.get(back).status_code == 403
    provider.claims = with_()
    assert is_in(sign_on()[0])
    # Nor for longer than that, though something comes all the time.
    _kept.clear()
    monkeypatch.setattr(adapter, "SECONDS", 0)
    answer = Client().post(START)
    assert (answer.status_code, b"be reached at the moment" in answer.content) == (503, True)


def test_what_is_no_document_says_nothing(ada: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for told in ("[" * 100_000, '["access_token"]', "7", "", "\ufeff{}"):
        browser = Client()
        back = at_provider(begin(browser))
        monkeypatch.setattr(Provider, "redeem", lambda self, *_, told=told: (200, told))
        answer = browser.get(back)
        assert (answer.status_code, b"did not say who you are" in answer.content) == (403, True), told[:20]


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
