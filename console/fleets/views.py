"""Pages: the fleets."""

from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.connections.calendar import nearest_end
from console.requests import PageRequest, person_page
from fleets.access import fleets_of, lasting
from fleets.models import Fleet, LastSync, LeftOut
from fleets.rights import Right, roles_with


@require_safe
@person_page
def fleets(request: PageRequest) -> HttpResponse:
    """The fleets that the person sees, and for admins what a sync has left out and what ends soon."""
    context = {
        "fleets": _fleets(request.user),
        "syncs": _syncs() if request.user.is_superuser else [],
        "nearest": nearest_end() if request.user.is_superuser else None,
        "now": timezone.now(),
    }
    return render(request, "fleets/fleets.html", context)


def _fleets(user: User) -> QuerySet[Fleet]:
    """With the number of vehicles, and for its managers of those that are left out (null for none)."""
    left_out = LeftOut.objects.filter(fleet=OuterRef("pk"))
    if not user.is_superuser:
        theirs = lasting().filter(user=user, narrowed=False, role__in=roles_with(Right.CHANGE_VEHICLES))
        left_out = left_out.filter(fleet__in=theirs.values("fleet"))
    number = left_out.order_by().values("fleet").annotate(number=Count("pk")).values("number")
    return fleets_of(user).annotate(
        vehicle_count=Count("vehicles"), left_out_count=Subquery(number, output_field=IntegerField())
    )


def _syncs() -> QuerySet[LastSync]:
    return LastSync.objects.filter(left_out__gt=0).select_related("gateway").order_by("gateway__name")
