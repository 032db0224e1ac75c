"""What is done to people on the pages of a fleet: invited, changed, removed, and confirmed by another."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.sessions import end_sessions
from console.people import letters
from console.people.forms import GrantForm, InviteForm
from console.people.inviting import send_again, send_new
from console.requests import PageRequest, person_page, see
from console.rights import check_admin, find_fleet
from console.vehicle_list.saved import views_of
from fleets.access import lasting, member_of
from fleets.models import Fleet, Invitation, Membership, SavedView
from fleets.people import confirming
from fleets.people.changing import NotChanged, change, remove, why_not_change
from fleets.people.giving import grant_of
from fleets.people.invitations import NotInvited, withdraw
from fleets.proposals import NotAllowed
from fleets.rights import Right, roles_with
from fleets.words.why import say


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_invitation(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """GET asks whom and to what; POST sends the link. Without a fleet it is an admin's, who may make admins."""
    fleet = _place(request, fleet_id)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        offered=_offered(request),
        fleet=fleet,
        views=_views(request, fleet),
        makes_admins=fleet is None,
    )
    if form.is_valid():
        try:
            send_new(request, form)
        except NotInvited as error:
            form.add_error(None, say(error.why))
        else:
            return _back(fleet)
    context = {"fleet": fleet, "form": form}
    return render(request, "people/invite.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def change_member(request: PageRequest, fleet_id: str, member_id: int) -> HttpResponse:
    """GET what somebody may do here; POST changes it, from that moment on."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_PEOPLE)
    member = _member(fleet, member_id)
    _check_below(request, member)
    now = grant_of(member, with_vehicles=True)
    form = GrantForm(
        request.POST if request.method == "POST" else None, fleets=[fleet], views=_views(request, fleet), now=now
    )
    if form.is_valid():
        try:
            changed = change(member, form.grant, request.user)
        except NotChanged as error:
            form.add_error(None, say(error.why))
        else:
            if changed.user_id != request.user.pk:
                letters.write_changed(changed, request.user)
            messages.success(request, gettext("Changed: it holds from now on."))
            return see("people", fleet.public_id)
    context = {"fleet": fleet, "member": member, "form": form}
    return render(request, "people/member.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def remove_member(request: PageRequest, fleet_id: str, member_id: int) -> HttpResponse:
    """GET asks once more; POST takes the fleet from the person, and ends their sessions and open pages at once."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_PEOPLE)
    member = _member(fleet, member_id)
    _check_below(request, member)
    if request.method != "POST":
        return render(request, "people/remove.html", {"fleet": fleet, "member": member})
    try:
        remove(member, request.user)
    except NotChanged as error:
        context = {"fleet": fleet, "member": member, "refused": say(error.why)}
        return render(request, "people/remove.html", context, status=409)
    if member.user_id == request.user.pk:
        messages.success(request, gettext("You have left %(fleet)s.") % {"fleet": fleet.name})
        return see("fleets")
    end_sessions(member.user)
    letters.write_removed(member.user, fleet, request.user)
    messages.success(request, gettext("%(name)s is removed.") % {"name": letters.called(member.user)})
    return see("people", fleet.public_id)


@require_POST
@person_page
def ask_confirmation(request: PageRequest, fleet_id: str, member_id: int) -> HttpResponse:
    """Ask those who approve here to confirm that a member is another person."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_PEOPLE)
    member = _member(fleet, member_id)
    try:
        confirming.ask_for(member.user, fleet, request.user)
    except NotAllowed as error:
        messages.warning(request, say(error.why))
    else:
        messages.success(request, gettext("Those who approve here are asked."))
    return see("people", fleet.public_id)


@require_POST
@person_page
def resend_invitation(request: PageRequest, invitation_id: str, fleet_id: str | None = None) -> HttpResponse:
    """Mail a new link, in place of the one before."""
    fleet = _place(request, fleet_id)
    row = get_object_or_404(_invitations(fleet), public_id=invitation_id)
    try:
        send_again(request, row)
    except NotInvited as error:
        messages.warning(request, say(error.why))
    return _back(fleet)


@require_POST
@person_page
def withdraw_invitation(request: PageRequest, invitation_id: str, fleet_id: str | None = None) -> HttpResponse:
    """Its link is worth nothing from now on, in none of its fleets."""
    fleet = _place(request, fleet_id)
    row = get_object_or_404(_invitations(fleet), public_id=invitation_id)
    try:
        withdraw(row, request.user)
    except NotInvited as error:
        messages.warning(request, say(error.why))
    else:
        messages.success(request, gettext("The invitation is withdrawn."))
    return _back(fleet)


def _place(request: PageRequest, fleet_id: str | None) -> Fleet | None:
    """The fleet, or all of them, which are an admin's."""
    if fleet_id is not None:
        return find_fleet(request, fleet_id, Right.CHANGE_PEOPLE)
    check_admin(request)
    return None


def _invitations(fleet: Fleet | None) -> QuerySet[Invitation]:
    rows = Invitation.objects.select_related("invited_by")
    return rows if fleet is None else rows.filter(fleets=fleet)


def _back(fleet: Fleet | None) -> HttpResponse:
    return see("people", fleet.public_id) if fleet is not None else see("people-of-all")


def _member(fleet: Fleet, member_id: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "fleet"), fleet=fleet, pk=member_id)


def _check_below(request: PageRequest, member: Membership) -> None:
    why = why_not_change(member, request.user)
    if why is not None:
        raise PermissionDenied(say(why))


def _offered(request: PageRequest) -> list[Fleet]:
    """The fleets whose people they may change."""
    if request.user.is_superuser:
        return list(Fleet.objects.order_by("name"))
    roles = roles_with(Right.CHANGE_PEOPLE)
    mine = lasting().filter(user=request.user, narrowed=False, role__in=roles)
    return list(Fleet.objects.filter(pk__in=mine.values("fleet")).order_by("name"))


def _views(request: PageRequest, fleet: Fleet | None) -> list[SavedView]:
    if fleet is None:
        return []
    return list(views_of(member_of(request.user, fleet.public_id)).order_by("name"))
