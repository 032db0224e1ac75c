"""Pages on which a second factor is asked for: at a log-in, and once more for what is dangerous."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from console.accounts.second_factor import has_second_factor
from console.factors import changing, passkeys, told
from console.factors.codes import FREE, Tried
from console.factors.forms import CodeForm, PasskeyForm, PasswordForm
from console.factors.nexts import next_of
from console.factors.stage import SecondFactorStage
from console.requests import PageRequest, person_page, see
from console.sign_on.people import has_account
from fleets.audit.entering import factor_failed

_FORM = ["GET", "HEAD", "POST"]


@sensitive_post_parameters()
@require_http_methods(_FORM)
@login_stage_required(stage=SecondFactorStage.key, redirect_urlname="login")
def second_step(request: HttpRequest) -> HttpResponse:
    """GET asks somebody who has shown their password, or comes from single sign-on; POST lets them in."""
    stage: SecondFactorStage = vars(request)["_login_stage"]
    user = stage.login.user
    if not _is_still_good(stage, user) or not has_second_factor(user):
        clear_login(request)
        return redirect("login")
    forms = _forms(request, user)
    factor = _shown(request, user, forms)
    if factor is None:
        context = _ways(request, user, forms) | {"name": user.get_username()}
        return render(request, "factors/second_step.html", context)
    changing.used(request, factor, again=False)
    response: HttpResponse = stage.exit()
    response.status_code = 303 if response.status_code == 302 else response.status_code
    return response


@sensitive_post_parameters()
@require_http_methods(_FORM)
@person_page
def ask_again(request: PageRequest) -> HttpResponse:
    """GET asks for a second factor, of whoever has none for the password; POST leads on where it is right."""
    needs_factor = has_second_factor(request.user)
    forms = _forms(request, request.user) if needs_factor else {}
    if not needs_factor and request.user.has_usable_password():
        forms["password"] = PasswordForm(request.POST if "password" in request.POST else None, request=request)
    password = forms.get("password")
    if password is not None and password.is_bound and password.is_valid():
        record_authentication(request, request.user, "password", reauthenticated=True)
        return _onward(request)
    factor = _shown(request, request.user, forms)
    if factor is not None:
        changing.used(request, factor, again=True)
        return _onward(request)
    context = _ways(request, request.user, forms) | {
        "next": next_of(request),
        "needs_factor": needs_factor,
        "can_sign_on": has_account(request.user) and (settings.OIDC_SECOND_FACTOR or not needs_factor),
        "provider": settings.OIDC_NAME,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "factors/ask_again.html", context, status=status)


def _forms(request: HttpRequest, user: User) -> dict[str, Any]:
    """For a code, and for a passkey where the browser has them; the one that was sent is filled."""
    forms: dict[str, Any] = {"code": CodeForm(request.POST if "passcode" in request.POST else None, user=user)}
    if passkeys.are_possible(request) and passkeys.has_some(user):
        forms["passkey"] = PasskeyForm(request.POST if "credential" in request.POST else None, user=user)
    return forms


def _shown(request: HttpRequest, user: User, forms: dict[str, Any]) -> Authenticator | None:
    """The factor that was shown, None where none was, or a wrong one."""
    code, key = forms.get("code"), forms.get("passkey")
    if key is not None and key.is_bound and key.is_valid():
        return key.factor
    if code is not None and code.is_bound:
        if code.is_valid():
            return code.tried.factor
        _tell_of(request, user, code.tried)
    return None


def _tell_of(request: HttpRequest, user: User, tried: Tried) -> None:
    factor_failed(request, user)
    # Once: when the first pause begins.
    if tried.wrong == FREE + 1:
        told.wrong_codes(user, tried.wrong)


def _ways(request: HttpRequest, user: User, forms: dict[str, Any]) -> dict[str, Any]:
    """For the template; a new challenge stands in the session after it."""
    options = passkeys.options_to_show(user) if "passkey" in forms else None
    has_keys = "passkey" not in forms and passkeys.has_some(user)
    hint = gettext("You have a passkey, which browsers show only at https addresses and at localhost.")
    return {"forms": forms, "options": options, "hint": hint if has_keys else ""}


def _is_still_good(stage: SecondFactorStage, user: User) -> bool:
    """Whether nothing has become of the account since the password was shown."""
    now = user.get_session_auth_hash()
    return user.is_active and constant_time_compare(str(stage.state.get("session_hash", "")), now)


def _onward(request: HttpRequest) -> HttpResponse:
    onward = next_of(request)
    return HttpResponseRedirect(onward, status=303) if onward else see("second-factor")
