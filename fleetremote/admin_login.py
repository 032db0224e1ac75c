"""The way into Django's admin is the entrance that everybody takes: its own login would ask for a password alone."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """To our login, and from there to where somebody wanted to. Who is logged in and not of the staff is told so."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    page = wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    if not request.user.is_staff:
        raise PermissionDenied(_("The administration is for the staff. Ask your admin."))
    return redirect(page)


@require_safe
@never_cache
def admin_password(request: HttpRequest) -> HttpResponse:
    """Everybody changes their own password at one place, where the tries are counted."""
    return redirect("change-password")
