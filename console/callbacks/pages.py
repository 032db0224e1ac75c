"""Whose callbacks a person sees, and who may change them."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy

from callbacks.models import Callback
from console.requests import PageRequest
from fleets.access import fleets_of, may_command
from fleets.models import Fleet

NO_RIGHT = gettext_lazy(
    "You may look at the callbacks of this fleet but not change them. "
    "Ask whoever manages your rights to make you a manager."
)


def find_fleet(request: PageRequest, fleet_id: str) -> Fleet:
    """The person's fleet; a 404 for another one."""
    return get_object_or_404(fleets_of(request.user), public_id=fleet_id)


def callbacks_of(fleet: Fleet) -> QuerySet[Callback]:
    return fleet.callbacks.filter(deleted_at__isnull=True)


def find_callback(request: PageRequest, fleet_id: str, callback_id: str) -> Callback:
    """The callback with its fleet, which is one of the person's; a 404 for another one."""
    rows = Callback.objects.filter(fleet__in=fleets_of(request.user), deleted_at__isnull=True).select_related("fleet")
    return get_object_or_404(rows, fleet__public_id=fleet_id, public_id=callback_id)


def lock(callback: Callback) -> Callback:
    """The callback with its row locked, for a change inside the caller's transaction; a 404 when it is deleted."""
    return get_object_or_404(callbacks_of(callback.fleet).select_for_update(), pk=callback.pk)


def check_right(request: PageRequest, fleet: Fleet) -> None:
    """Let nobody pass but who may command the fleet's vehicles."""
    if not may_command(request.user, fleet):
        raise PermissionDenied(NO_RIGHT)


def to_callback(callback: Callback) -> HttpResponse:
    """To the callback's page, by GET whatever came before."""
    return see("callback", callback.fleet.public_id, callback.public_id)


def see(name: str, *parts: object) -> HttpResponse:
    response = redirect(name, *parts)
    response.status_code = 303
    return response
