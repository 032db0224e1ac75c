"""Addresses of single sign-on: on to the provider, and back from it."""

import secrets
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import clear_authentication_records, perform_login, record_authentication
from allauth.account.models import Login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console.accounts.second_factor import FRESH, PROVIDER, has_second_factor
from console.entrance import typed
from console.entrance.limits import Counted, Limit, count, network_of, take_back
from console.factors.nexts import next_of
from console.people.invitations import accept_open, open_invitation
from console.requests import PageRequest, person_page
from console.sign_on import people, tokens
from console.sign_on.provider import client_of, provider, redeem
from console.sign_on.refusals import (
    ANSWER,
    CANCELLED,
    NOT_AGAIN,
    STATE,
    TOO_MANY,
    UNKNOWN,
    UNTRUSTED,
    Refused,
    words_of,
)
from fleets.audit.entering import sign_on_refused
from fleets.people.invitations import NotInvited

BEGUN = Limit("sign-on", 300, timedelta(minutes=15))
"""Log-ins that are begun from one address, each of which is a session, and that lead to none."""

_OF = "sign-on"
_ONWARD = "sign_on_onward"


@require_POST
@never_cache
def sign_on(request: HttpRequest) -> HttpResponse:
    """From the login to the provider."""
    _check_is_there()
    if sealed := request.POST.get(typed.KEY, ""):
        request.session[typed.SEALED] = sealed[: typed.MOST_SEALED]
    return _begun(request, next_of(request))


@require_POST
@person_page
def sign_on_again(request: PageRequest) -> HttpResponse:
    """To the provider once more, which is to ask who it is: for what is dangerous."""
    _check_is_there()
    if not people.has_account(request.user):
        raise Http404
    return _begun(request, next_of(request), again=request.user.pk, prompt="login", max_age="0")


@require_safe
@never_cache
def onward(request: HttpRequest) -> HttpResponse:
    """A link to a provider that logs people in at another origin than its own: no form may lead there."""
    _check_is_there()
    place = request.session.get(_ONWARD)
    if not place:
        return redirect("login")
    return render(request, "sign_on/onward.html", {"place": place, "provider": settings.OIDC_NAME})


@require_safe
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code."""
    _check_is_there()
    if request.method == "HEAD":
        return HttpResponse()
    try:
        state = _state(request)
        claims = _claims(request, state)
        return _again(request, state, claims) if state.get("again") else _let_in(request, state, claims)
    except Refused as refused:
        sign_on_refused(request, refused.code)
        return _refusal(request, refused, 403)


def _refusal(request: HttpRequest, refused: Refused, status: int) -> HttpResponse:
    context = {"words": words_of(refused.code), "provider": settings.OIDC_NAME}
    return render(request, "sign_on/refused.html", context, status=status)


def _begun(request: HttpRequest, onward_to: str, again: int = 0, **asked: str) -> HttpResponse:
    if count(_begun_at(request)).is_over:
        return _refusal(request, Refused(TOO_MANY), 429)
    try:
        place = provider()
    except Refused as refused:
        return _refusal(request, refused, 503)
    nonce, challenge = secrets.token_urlsafe(24), generate_code_challenge()
    verifier = challenge.pop("code_verifier")
    kept = {"nonce": nonce, "verifier": verifier, "next": onward_to, "again": again}
    client = client_of(request, place, _callback_url())
    client.state = statekit.stash_state(request, provider_id=_OF, state=kept, state_id=secrets.token_urlsafe(24))
    params = {**challenge, "nonce": nonce, **asked}
    address = client.get_redirect_url(place.authorization_endpoint, ["openid", "email", "profile"], params)
    if place.is_elsewhere:
        request.session[_ONWARD] = address
        return HttpResponseRedirect(reverse("sign-on-onward"), status=303)
    return HttpResponseRedirect(address, status=303)


def _begun_at(request: HttpRequest) -> Counted:
    return BEGUN.of(network_of(str(request.META.get("REMOTE_ADDR") or "")))


def _state(request: HttpRequest) -> dict[str, Any]:
    """What was kept as it began in this session; once. Raises Refused."""
    state: dict[str, Any] | None = statekit.unstash_state(
        request, provider_id=_OF, state_id=request.GET.get("state", "")
    )
    if state is None:
        raise Refused(STATE)
    # RFC 9207: which provider answers.
    if request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise Refused(UNTRUSTED)
    if request.GET.get("error") == "access_denied":
        raise Refused(CANCELLED)
    if "error" in request.GET or not request.GET.get("code"):
        raise Refused(ANSWER)
    return state


def _claims(request: HttpRequest, state: dict[str, Any]) -> tokens.Claims:
    place = provider()
    client = client_of(request, place, _callback_url())
    return tokens.read(place, redeem(client, request.GET["code"], state["verifier"]), state["nonce"])


def _let_in(request: HttpRequest, state: dict[str, Any], claims: tokens.Claims) -> HttpResponse:
    """Through the steps of the log-in: a second factor is asked for, unless the provider is trusted with it."""
    is_known = people.is_known(claims)
    user, was_invited = _person(request, claims)
    if was_invited and state["next"] == reverse("invitation"):
        # It is over now.
        state["next"] = ""
    take_back([_begun_at(request)])
    if request.user.is_authenticated:
        logout(request)
    clear_authentication_records(request)
    # The first time it is the address that says who it is: a second factor of ours is then asked for in any case.
    _record(request, user, claims, counts=is_known or not has_second_factor(user))
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=state["next"] or None))
    return response


def _person(request: HttpRequest, claims: tokens.Claims) -> tuple[User, bool]:
    """Somebody who has an account, or has opened an invitation in this browser, which they have accepted with that."""
    try:
        return people.person_of(claims), False
    except Refused as refused:
        if refused.code != UNKNOWN or open_invitation(request) is None:
            raise
    try:
        return accept_open(request, lambda: people.make_invited(claims)), True
    except NotInvited:
        raise Refused(UNKNOWN) from None


def _again(request: HttpRequest, state: dict[str, Any], claims: tokens.Claims) -> HttpResponse:
    """The person who is logged in has just logged in at the provider, too."""
    user = request.user
    is_they = user.pk == state["again"] and isinstance(user, User) and people.is_of(user, claims)
    if not is_they or not tokens.is_new(claims, FRESH):
        raise Refused(NOT_AGAIN)
    _record(request, user, claims, counts=True)
    return HttpResponseRedirect(state["next"] or reverse("second-factor"), status=303)


def _record(request: HttpRequest, user: Any, claims: tokens.Claims, *, counts: bool) -> None:
    """What was shown at the provider; whether its second factor `counts`, where the settings trust it."""
    record_authentication(request, user, "socialaccount", provider=settings.OIDC_ISSUER)
    if counts and tokens.has_second_factor(claims):
        record_authentication(request, user, "mfa", type=PROVIDER)


def _check_is_there() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def _callback_url() -> str:
    """As it is registered at the provider, whatever host this was asked at."""
    return f"{settings.PUBLIC_URL}{reverse('sign-on-callback')}"
