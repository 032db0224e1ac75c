"""What somebody had typed into a form when their session had ended: kept until they are back at the form.

Nothing of it is sent by itself. It goes sealed through the form of the login, and from there into the new session until
its page is shown. Secrets are not kept, nor files; and nobody but who has typed it sees it again.
"""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

Fields = list[tuple[str, str]]

SALT = "console.entrance.typed"
# In the session, and in the form of the login.
KEY = "typed"
# In the session, between the steps of the log-in.
SEALED = "typed_sealed"
# Characters of all names and values; more than that is no typing.
MOST = 20_000
# Characters of what is sealed: the login's form, in which it comes back, is read up to 64 KiB.
MOST_SEALED = 40_000
# Seconds in which somebody logs in again.
SECONDS = 3600

# Of forms that nobody types into, and what is behind a button.
_NO_TYPING = {"csrfmiddlewaretoken", "next", "draft", "confirmed", "command", "which", "token", "page", "typed", "zone"}
SECRET = re.compile(
    r"pass|secret|credential|private|cert|pem|bundle|identity|proxy|authori[sz]|cookie|token(?!_url)|^key\d*$|^value\d*$",
    re.IGNORECASE,
)


def may_be_kept(name: str) -> bool:
    """Whether a field of this name is typed, and no secret."""
    return name not in _NO_TYPING and not SECRET.search(name)


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the browser know, in a way that tells nobody who, whose pages it shows."""
    person = _person(request.user.pk)
    if request.COOKIES.get(_cookie()) != person:
        response.set_cookie(
            _cookie(), person, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax", path="/"
        )


def log_in_again(request: HttpRequest) -> HttpResponse:
    """The login, which leads on to where the form is, and to what was typed there."""
    page, fields = _sent(request)
    sealed = _seal(request, page, fields)
    if not sealed:
        return redirect_to_login(page)
    context = {"form": AuthenticationForm(request), "next": page, "typed": sealed, "has_admin": True}
    return render(request, "registration/login.html", context, status=401)


def hand_over(request: HttpRequest, sealed: str) -> None:
    """What was typed goes into the session of who has logged in, if it is the same person."""
    try:
        kept = signing.loads(sealed, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return
    if constant_time_compare(kept["person"], _person(request.user.pk)):
        request.session[KEY] = {"page": kept["page"], "fields": kept["fields"]}


def keep(request: HttpRequest) -> str:
    """The same for who is logged in, in another tab perhaps; gives the form's page."""
    page, fields = _sent(request)
    if fields and constant_time_compare(request.COOKIES.get(_cookie(), ""), _person(request.user.pk)):
        request.session[KEY] = {"page": page, "fields": fields}
    return page


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of our own has sent this, as the browser says: no other site puts words into our forms."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site:
        return site == "same-origin"
    return origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS


def context(request: HttpRequest) -> dict[str, Any]:
    """For templates: `typed`, the fields of the page that is shown, once."""
    return {"typed": SimpleLazyObject(lambda: _shown(request))}


def _shown(request: HttpRequest) -> Fields:
    session = getattr(request, "session", None)
    kept = session.get(KEY) if session is not None and request.method == "GET" else None
    if session is None or not kept or kept["page"] != request.get_full_path():
        return []
    del session[KEY]
    return [(str(name), str(value)) for name, value in kept["fields"]]


def _sent(request: HttpRequest) -> tuple[str, Fields]:
    """The page of the form that was sent, and its fields. Our scripts tell both; else the browser tells the page."""
    try:
        posted = request.POST
    except (MultiPartParserError, RequestDataTooBig, BadRequest):
        return _safe(request, ""), []
    page, told = _safe(request, posted.get("page", "")), posted.get("typed")
    try:
        sent = json.loads(told) if told else [(name, value) for name, values in posted.lists() for value in values]
        return page, _kept((str(name), str(value)) for name, value in sent)
    except (ValueError, TypeError, RecursionError):
        return page, []


def _kept(sent: Iterable[tuple[str, str]]) -> Fields:
    fields = [(name, value) for name, value in sent if value and may_be_kept(name)]
    return fields if sum(len(name) + len(value) for name, value in fields) <= MOST else []


def _safe(request: HttpRequest, page: str) -> str:
    """A page of ours, else where the request was sent to."""
    if not page:
        referer = urlsplit(request.headers.get("Referer", ""))
        if referer.netloc == request.get_host():
            page = referer._replace(scheme="", netloc="", fragment="").geturl()
    fits = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if fits else "/" if request.path == reverse("keep-typed") else request.get_full_path()


def _seal(request: HttpRequest, page: str, fields: Fields) -> str:
    person = request.COOKIES.get(_cookie(), "")
    if not fields or not person:
        return ""
    sealed = signing.dumps({"person": person, "page": page, "fields": fields}, salt=SALT, compress=True)
    return sealed if len(sealed) <= MOST_SEALED else ""


def _person(pk: Any) -> str:
    return salted_hmac(SALT, str(pk)).hexdigest()[:32]


def _cookie() -> str:
    return settings.SESSION_COOKIE_NAME.replace("sessionid", "person")
