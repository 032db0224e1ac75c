"""Pages: the accounts at the manufacturer's cloud, how each is connected, and what each step came to."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from connections.models import Connection
from console.connections.calendar import end_rows
from console.connections.pages import described, fleets_form, listed, step_rows, vehicles_to_try
from console.requests import PageRequest, person_fragment, person_page
from console.rights import check_admin
from fleets.reach import cannot_call_back
from fleets.tokens.state import token_state
from remotes.registration.facts import registrations


@require_safe
@person_page
def connections(request: PageRequest) -> HttpResponse:
    """All accounts: those that are connected, and those on the way."""
    check_admin(request)
    return render(
        request, "connections/connections.html", {"rows": listed(), "ends": end_rows(), "now": timezone.now()}
    )


@require_safe
@person_page
def connection(request: PageRequest, connection_id: str) -> HttpResponse:
    """One account: its steps, its credentials, its fleets."""
    return render(request, "connections/connection.html", context_of(find(request, connection_id)))


@require_safe
@person_fragment
def connection_news(request: PageRequest, connection_id: str) -> HttpResponse:
    """The part of the page that changes while the connection is made."""
    return render(request, "connections/news.html", context_of(find(request, connection_id)))


def find(request: PageRequest, connection_id: str) -> Connection:
    """The connection; for admins only."""
    check_admin(request)
    rows = Connection.objects.select_related("gateway", "gateway__former", "gateway__last_sync")
    return get_object_or_404(rows, public_id=connection_id)


def context_of(found: Connection, **more: Any) -> dict[str, Any]:
    """What the page shows."""
    used = found if found.is_draft or found.gateway is None else found.gateway
    former = getattr(found.gateway, "former", None)
    context: dict[str, Any] = {
        "connection": found,
        "steps": step_rows(found),
        "account": used,
        "identity": described(used.certificate),
        "former_identity": described(former.certificate) if former else None,
        "now": timezone.now(),
    }
    if found.state == Connection.State.CHOOSING:
        context["form"] = fleets_form(found)
    elif found.gateway is not None and found.state != Connection.State.RUNNING:
        context["vehicles"] = vehicles_to_try(found)
    if found.gateway is not None:
        context["registrations"] = registrations(found.gateway.pk)
        context["is_untold"] = cannot_call_back(found.gateway)
        context["token"] = token_state(found.gateway)
        context["last_sync"] = getattr(found.gateway, "last_sync", None)
    return context | more
