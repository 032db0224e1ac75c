"""Where somebody wanted to go before they were asked for something: an address of ours, and no other."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

NEXT = "next"


def next_of(request: HttpRequest) -> str:
    """The page that the form or the address names; empty where it is none of ours."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return asked if is_ours(asked) else ""


def is_ours(address: str) -> bool:
    """Whether it leads to a page here, wherever a browser is told it."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def to_page(name: str, onward: str = "") -> HttpResponse:
    """To the page of this name, which leads on from there."""
    more = f"?{urlencode({NEXT: onward})}" if onward else ""
    return HttpResponseRedirect(f"{reverse(name)}{more}", status=303)
