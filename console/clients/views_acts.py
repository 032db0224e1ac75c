"""What is done with API clients: made, changed, handed on, ended; their passwords made and ended."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from console.clients.forms import ClientForm, NewClientForm, OwnerForm, SecretForm
from console.clients.listing import page_of
from console.clients.pages import client_to_change, to_client
from console.requests import PageRequest, person_page
from console.rights import find_fleet
from fleets.models import ApiClient, Fleet
from fleets.programs import secrets
from fleets.programs.giving import covers, gift_of, held_by
from fleets.programs.people import may_hand_on
from fleets.programs.trust import end_all
from fleets.rights import Right
from fleets.storage import clock
from fleets.storage.ids import new_public_id

# Good passwords of one client: one is used, one takes over, and some more for many servers.
MOST_PASSWORDS = 20
# Clients of one fleet.
MOST_CLIENTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_client(request: PageRequest, fleet_id: str) -> HttpResponse:
    """A form for a new client; its maker owns it, and is shown its first password."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_CLIENTS)
    data = request.POST if request.method == "POST" else None
    form = NewClientForm(data, user=request.user, initial={"fleets": [fleet.pk]})
    if form.is_bound and form.is_valid():
        _check_room(form, form.cleaned_data["fleets"])
    if form.is_bound and form.is_valid() and _is_there(form.cleaned_data):
        form.add_error("name", gettext("There is an API client of this name already."))
    if not form.is_valid():
        context = {"fleet": fleet, "form": form}
        return render(request, "clients/form.html", context, status=422 if form.is_bound else 200)
    with transaction.atomic():
        name = slugify(form.cleaned_data["name"])[:40] or "service"
        client = ApiClient(client_id=new_public_id(), username=name, owner=request.user)
        client.make_known_to(request.user)
        form.save(client)
        secret = _make_secret(request, client, form)
    return _shown(request, client, secret)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@transaction.atomic
def edit_client(request: PageRequest, client_id: str) -> HttpResponse:
    """What a client may, and its name."""
    client = client_to_change(request, client_id)
    form = ClientForm(request.POST if request.method == "POST" else None, user=request.user, client=client)
    if form.is_bound and form.is_valid():
        _check_room(form, form.cleaned_data["fleets"].exclude(api_clients=client))
    if not form.is_valid():
        context = {"client": client, "form": form}
        return render(request, "clients/form.html", context, status=422 if form.is_bound else 200)
    was_bound_to, keeps = client.certificate_fingerprint, None
    form.save(client)
    if client.certificate_fingerprint == was_bound_to:
        keeps = client.fleets.values_list("pk", flat=True)
    if end_all(client, request.user, outside=keeps):
        messages.warning(request, gettext("What it was trusted with has ended: it is not what two people agreed on."))
    messages.success(request, gettext("Saved. It holds from now on."))
    return to_client(client)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@transaction.atomic
def hand_on_client(request: PageRequest, client_id: str) -> HttpResponse:
    """Say who owns a client. Former owners stay among those who may know its passwords."""
    client = client_to_change(request, client_id)
    if not may_hand_on(request.user, client):
        raise PermissionDenied(gettext("Only its owner or an admin can say who owns this API client."))
    form = OwnerForm(request.POST if request.method == "POST" else None, client=client)
    if not form.is_valid():
        context = {"client": client, "form": form}
        return render(request, "clients/owner.html", context, status=422 if form.is_bound else 200)
    if client.owner is not None:
        client.make_known_to(client.owner)
    client.owner = form.cleaned_data["owner"]
    client.make_known_to(form.cleaned_data["owner"])
    client.save(update_fields=["owner", "known_to"])
    messages.success(request, gettext("%(owner)s owns it now.") % {"owner": client.owner})
    return to_client(client)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@transaction.atomic
def end_client(request: PageRequest, client_id: str) -> HttpResponse:
    """GET asks whether it is meant; POST ends it at once, its tokens with it."""
    client = client_to_change(request, client_id)
    if request.method != "POST":
        return render(request, "clients/end.html", {"client": client})
    client.active = False
    client.save(update_fields=["active"])
    end_all(client, request.user)
    messages.success(
        request, gettext("%(client)s is ended: nothing that it sends is taken any more.") % {"client": client}
    )
    return to_client(client)


@require_POST
@person_page
@transaction.atomic
def resume_client(request: PageRequest, client_id: str) -> HttpResponse:
    """Let a client in again that was ended."""
    client = client_to_change(request, client_id)
    client.active = True
    client.save(update_fields=["active"])
    messages.success(request, gettext("%(client)s may send again.") % {"client": client})
    return to_client(client)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@transaction.atomic
def new_secret(request: PageRequest, client_id: str) -> HttpResponse:
    """A further password, for who could give the client all that it has: they could use it themselves."""
    client = client_to_change(request, client_id)
    _check_covers(request, client)
    form = SecretForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _good(client) >= MOST_PASSWORDS:
        words = gettext("It has %(number)d passwords that are good. End one of them first.")
        form.add_error(None, words % {"number": MOST_PASSWORDS})
    # Without this a page with a new password made another one when it is loaded again.
    if form.is_bound and form.is_valid() and _has_named(client, form.cleaned_data["secret_name"]):
        words = gettext("It has a password of this name already. Give it another name, or end that one first.")
        form.add_error("secret_name", words)
    if not form.is_valid():
        is_trusted = client.trusts.filter(ended_at=None).exists()
        context = {"client": client, "form": form, "is_trusted": is_trusted}
        return render(request, "clients/new_secret.html", context, status=422 if form.is_bound else 200)
    return _shown(request, client, _make_secret(request, client, form))


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@transaction.atomic
def end_secret(request: PageRequest, client_id: str, secret_id: int) -> HttpResponse:
    """GET asks whether it is meant; POST ends a password at once, and the tokens that it was given."""
    client = client_to_change(request, client_id)
    secret = get_object_or_404(client.secrets.select_for_update(), pk=secret_id)
    if secret.ended_at is not None:
        raise Http404
    if request.method != "POST":
        others = _good(client) - (0 if secret.is_over(clock.now()) else 1)
        return render(request, "clients/end_secret.html", {"client": client, "secret": secret, "others": others})
    secrets.end(secret)
    messages.success(request, gettext("The password is ended: nobody gets in with it any more."))
    return to_client(client)


def _check_room(form: ClientForm, fleets: QuerySet[Fleet]) -> None:
    """Whether each of these fleets has room for one client more."""
    counted = Fleet.objects.filter(pk__in=fleets).annotate(number=Count("api_clients"))
    if counted.filter(number__gte=MOST_CLIENTS).exists():
        words = gettext("A fleet has %(number)d API clients at the most: those that have ended count, too.")
        form.add_error("fleets", words % {"number": MOST_CLIENTS})


def _is_there(given: dict[str, Any]) -> bool:
    """Whether one of these fleets has an active client of that name: a page loaded again makes no other."""
    others = ApiClient.objects.filter(active=True, name__iexact=given["name"])
    return others.filter(fleets__in=given["fleets"]).exists()


def _has_named(client: ApiClient, name: str) -> bool:
    now = clock.now()
    return any(not secret.is_over(now) for secret in client.secrets.filter(ended_at=None, name__iexact=name))


def _make_secret(request: PageRequest, client: ApiClient, form: SecretForm) -> str:
    until = gift_of(request.user, held_by(client).fleets).until
    name, ends_at = form.cleaned_data["secret_name"], form.ends_at(until)
    return client.new_secret(name, by=request.user, ends_at=ends_at)


def _check_covers(request: PageRequest, client: ApiClient) -> None:
    held = held_by(client)
    if not covers(gift_of(request.user, held.fleets), held):
        raise PermissionDenied(
            gettext("This API client may do more than you may, so that you can't make a password of it.")
        )


def _good(client: ApiClient) -> int:
    """How many of its passwords are good."""
    now = clock.now()
    return sum(not secret.is_over(now) for secret in client.secrets.filter(ended_at=None))


def _shown(request: PageRequest, client: ApiClient, secret: str) -> HttpResponse:
    """The client's page with the new password, which stands nowhere else: not even in the session."""
    context: dict[str, Any] = page_of(request.user, client) | {"shown": secret}
    return render(request, "clients/client.html", context)
