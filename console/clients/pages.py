"""Which API clients a person sees and changes."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from console.requests import PageRequest, see
from fleets.models import ApiClient
from fleets.programs.people import clients_of, may_change


def find_client(request: PageRequest, client_id: str) -> ApiClient:
    """A client that uses one of the fleets whose API clients the person may change; a 404 for another one."""
    return get_object_or_404(clients_of(request.user).select_related("owner"), public_id=client_id)


def client_to_change(request: PageRequest, client_id: str) -> ApiClient:
    """The same with its row locked, for a change inside the caller's transaction; a 403 where the person may not change
    the API clients of all its fleets.
    """
    client = get_object_or_404(clients_of(request.user).select_for_update(of=("self",)), public_id=client_id)
    if not may_change(request.user, client):
        raise PermissionDenied(
            gettext(
                "This API client uses other fleets too. Only who may change the API clients of all of them can do this."
            )
        )
    return client


def to_client(client: ApiClient) -> HttpResponse:
    """To the client's page, by GET whatever came before."""
    return see("client", client.public_id)
