"""Whose callbacks a person sees."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from callbacks.models import Callback
from console.requests import PageRequest, see
from console.rights import find_fleet, find_in_fleet
from fleets.models import Fleet
from fleets.rights import Right


def callbacks_of(fleet: Fleet) -> QuerySet[Callback]:
    return fleet.callbacks.filter(deleted_at__isnull=True)


def find_callback(request: PageRequest, fleet_id: str, callback_id: str, right: Right = Right.LOOK_ALL) -> Callback:
    """The callback with its fleet, which is one of the person's; a 404 for another one, a 403 without the right."""
    rows = Callback.objects.filter(deleted_at__isnull=True).select_related("created_by")
    return find_in_fleet(request, rows, find_fleet(request, fleet_id, Right.LOOK_ALL), callback_id, right)


def no_channel(callback: Callback) -> Callback:
    """The callback; a 404 for a channel's, which its client changes over the API, for all its fleets at once."""
    if callback.channel_id is not None:
        raise Http404
    return callback


def lock(callback: Callback) -> Callback:
    """The callback with its row locked, for a change inside the caller's transaction; a 404 when it is deleted."""
    return get_object_or_404(callbacks_of(callback.fleet).select_for_update(), pk=callback.pk)


def to_callback(callback: Callback) -> HttpResponse:
    """To the callback's page, by GET whatever came before."""
    return see("callback", callback.fleet.public_id, callback.public_id)
