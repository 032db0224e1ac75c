"""Pages: one's own second factors."""

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from console.accounts.second_factor import ask_who, has_shown, may_change, must_have
from console.factors import changing, passkeys
from console.factors.forms import AppForm, NewPasskeyForm
from console.factors.nexts import next_of, to_page
from console.requests import PageRequest, person_page, see

Type = Authenticator.Type
_FORM = ["GET", "HEAD", "POST"]


@require_safe
@person_page
def second_factor(request: PageRequest) -> HttpResponse:
    """What the person has, and how to add to it."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"))
    codes = next((each for each in factors if each.type == Type.RECOVERY_CODES), None)
    keys = [each for each in factors if each.type == Type.WEBAUTHN]
    app = next((each for each in factors if each.type == Type.TOTP), None)
    needs = must_have(request.user)
    context = {
        "app": app,
        "keys": keys,
        "is_only": len(keys) + (app is not None) == 1,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "codes": codes,
        "needs": needs,
        "is_stopped": needs and not has_shown(request),
        "has_some": bool(keys or app),
        "has_passkeys": passkeys.are_possible(request),
        "next": next_of(request),
    }
    return render(request, "factors/factors.html", context)


@sensitive_post_parameters()
@require_http_methods(_FORM)
@person_page
def app(request: PageRequest) -> HttpResponse:
    """GET shows the secret to an app, once it is surely the person; POST takes the first code of it."""
    if not may_change(request):
        return ask_who(request, request.get_full_path())
    if Authenticator.objects.filter(user=request.user, type=Type.TOTP).exists():
        return see("second-factor")
    form = AppForm(request.POST if request.method == "POST" else None, request=request)
    if not form.is_valid():
        adapter = get_adapter()
        url = adapter.build_totp_url(request.user, form.secret)
        picture = base64.b64encode(adapter.build_totp_svg(url).encode()).decode()
        parts = " ".join(form.secret[start : start + 4] for start in range(0, len(form.secret), 4))
        context = {"form": form, "picture": picture, "secret": parts, "url": url, "next": next_of(request)}
        return render(request, "factors/app.html", context, status=422 if form.errors else 200)
    try:
        changing.add_app(request, form)
    except changing.NotNow:
        return see("second-factor")
    return _added(request, gettext("The app is set up: from now on you log in with a code of it, too."))


@require_http_methods(_FORM)
@person_page
def passkey(request: PageRequest) -> HttpResponse:
    """GET asks the browser for a new key, once it is surely the person; POST takes it."""
    if not may_change(request):
        return ask_who(request, request.get_full_path())
    if not passkeys.are_possible(request):
        return see("second-factor")
    form = NewPasskeyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "options": passkeys.options_to_make(request.user), "next": next_of(request)}
        return render(request, "factors/passkey.html", context, status=422 if form.errors else 200)
    try:
        changing.add_passkey(request, form.cleaned_data["label"], form.cleaned_data["credential"])
    except changing.NotNow:
        return see("second-factor")
    return _added(request, gettext("The passkey is set up: from now on you log in with it, too."))


@require_http_methods(_FORM)
@person_page
def recovery_codes(request: PageRequest) -> HttpResponse:
    """GET shows them once, after they were made; POST makes new ones."""
    if not may_change(request):
        return ask_who(request, request.get_full_path())
    row = Authenticator.objects.filter(user=request.user, type=Type.RECOVERY_CODES).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        changing.new_codes(request)
        return see("recovery-codes")
    codes = row.wrap()
    is_first = not codes.did_view
    if is_first and request.method == "GET":
        codes.mark_as_viewed()
    left = codes.get_unused_codes()
    shown = [f"{code[:5]} {code[5:]}" for code in left] if is_first else []
    context = {"shown": shown, "left": len(left), "next": next_of(request)}
    return render(request, "factors/codes.html", context)


@require_http_methods(_FORM)
@person_page
def remove_factor(request: PageRequest, factor_id: int) -> HttpResponse:
    """GET asks whether; POST removes it, but for the last one of somebody who must have one."""
    factor = get_object_or_404(Authenticator, user=request.user, pk=factor_id, type__in=[Type.TOTP, Type.WEBAUTHN])
    if not may_change(request):
        return ask_who(request, request.get_full_path())
    is_last = changing.is_last(factor)
    if is_last and must_have(request.user):
        messages.error(request, gettext("Your role needs a second factor: add another one before you remove this one."))
        return see("second-factor")
    if request.method != "POST":
        return render(request, "factors/remove.html", {"factor": factor, "is_last": is_last})
    changing.remove(request, factor)
    messages.success(request, gettext("The second factor is removed."))
    return see("second-factor")


def _added(request: PageRequest, words: str) -> HttpResponse:
    """On to the recovery codes, where these were made along with it, else to where the person wanted to go."""
    messages.success(request, words)
    codes: Any = Authenticator.objects.filter(user=request.user, type=Type.RECOVERY_CODES).first()
    if codes is not None and not codes.wrap().did_view:
        return to_page("recovery-codes", next_of(request))
    return see(next_of(request) or "second-factor")
