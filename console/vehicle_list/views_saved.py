"""Pages: saved views of the list of vehicles, made, named, changed, deleted, and chosen to open with."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from console.requests import PageRequest, person_page
from console.rights import REFUSALS, find_member
from console.vehicle_list import saved
from console.vehicle_list.forms import ListForm, ViewForm
from console.vehicle_list.queries import ALL, query_of
from fleets.models import Membership, SavedView
from fleets.rights import Right


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_view(request: PageRequest, fleet_id: str) -> HttpResponse:
    """Save what the query string of the address asks for under a name."""
    member = find_member(request, fleet_id)
    query = _readable(member, request.GET.urlencode())
    if saved.has_too_many(member.fleet, request.user):
        messages.warning(request, _("You have %(most)d views in this fleet: delete one first.") % {"most": saved.MOST})
        return _to_list(member, query)
    view = SavedView(fleet=member.fleet, owner=request.user, query=query)
    form = ViewForm(request.POST or None, instance=view, may_share=member.may(Right.SHARE_VIEWS))
    if form.is_valid():
        with transaction.atomic():
            saved_view = form.save()
        return _to_view(member, saved_view)
    return _form(request, member, form)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def edit_view(request: PageRequest, fleet_id: str, view_id: str) -> HttpResponse:
    """Rename a view, or share it."""
    member, view = _mine(request, fleet_id, view_id)
    # Whose owner is gone belongs to who looks after it, or nobody would see it once it is not shared any more.
    view.owner = view.owner or request.user
    form = ViewForm(request.POST or None, instance=view, may_share=member.may(Right.SHARE_VIEWS))
    if form.is_valid():
        with transaction.atomic():
            saved_view = form.save()
        return _to_view(member, saved_view)
    return _form(request, member, form)


@require_POST
@person_page
def change_view(request: PageRequest, fleet_id: str, view_id: str) -> HttpResponse:
    """Save another `query` under the view's name."""
    member, view = _mine(request, fleet_id, view_id)
    view.query = _readable(member, request.POST.get("query", ""))
    with transaction.atomic():
        view.save(update_fields=["query", "updated_at"])
    messages.success(request, _("The view was changed."))
    return _to_view(member, view)


@require_POST
@person_page
def delete_view(request: PageRequest, fleet_id: str, view_id: str) -> HttpResponse:
    member, view = _mine(request, fleet_id, view_id)
    try:
        view.delete()
    except ProtectedError:
        messages.warning(request, _("This view is in use, so it can't be deleted."))
        return _to_view(member, view)
    messages.success(request, _("The view was deleted."))
    return _see(f"{reverse('vehicles', args=[fleet_id])}?view={ALL}")


@require_POST
@person_page
def open_with_view(request: PageRequest, fleet_id: str, view_id: str) -> HttpResponse:
    """Let the list open with this view from now on, or with all vehicles again where it did so."""
    member = find_member(request, fleet_id)
    view = get_object_or_404(saved.views_of(member), public_id=view_id)
    chosen = None if member.default_view_id == view.pk else view
    # Never the whole row: an admin's has their role for this request only, and may not be in the database at all.
    if not Membership.objects.filter(user=request.user, fleet=member.fleet).update(default_view=chosen):
        messages.warning(request, _("You are no member of this fleet, so no list is kept for you."))
    return _to_view(member, view)


def _mine(request: PageRequest, fleet_id: str, view_id: str) -> tuple[Membership, SavedView]:
    """The view that the person may change."""
    member = find_member(request, fleet_id)
    view = get_object_or_404(saved.views_of(member), public_id=view_id)
    view.fleet = member.fleet
    if not saved.may_change(member, view):
        raise PermissionDenied(REFUSALS[Right.SHARE_VIEWS])
    return member, view


def _readable(member: Membership, query: str) -> str:
    """The query in its one form; what can't be read of it is left out."""
    form = ListForm(QueryDict(query), fleet=member.fleet)
    form.is_valid()
    return query_of(form.cleaned_data)


def _form(request: PageRequest, member: Membership, form: ViewForm) -> HttpResponse:
    context = {"fleet": member.fleet, "form": form, "view": form.instance}
    return render(request, "vehicle_list/view_form.html", context, status=422 if form.errors else 200)


def _to_list(member: Membership, query: str) -> HttpResponse:
    return _see(f"{reverse('vehicles', args=[member.fleet.public_id])}?{query}")


def _to_view(member: Membership, view: SavedView) -> HttpResponse:
    return _to_list(member, f"view={view.public_id}")


def _see(address: str) -> HttpResponse:
    response = redirect(address)
    response.status_code = 303
    return response
