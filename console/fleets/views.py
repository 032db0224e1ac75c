"""Pages: the fleets."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.connections.calendar import nearest_end
from console.requests import PageRequest, person_page
from fleets.access import fleets_of, fleets_where, vehicles_of
from fleets.models import Fleet, LastSync, LeftOut
from fleets.rights import Right


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
    """Whether the person sees all of it, with the number of vehicles that they see and, where they change vehicles, of
    those that are left out; null stands for none.
    """
    left_out = LeftOut.objects.filter(fleet__in=fleets_where(user, Right.CHANGE_VEHICLES), fleet=OuterRef("pk"))
    seen = vehicles_of(user).filter(fleet=OuterRef("pk"))
    return fleets_of(user).annotate(
        sees_all=Exists(fleets_where(user, Right.LOOK_ALL).filter(pk=OuterRef("pk"))),
        vehicle_count=Coalesce(_number_of(seen), 0),
        left_out_count=_number_of(left_out),
    )


def _number_of(rows: QuerySet[Any]) -> Subquery:
    number = rows.order_by().values("fleet").annotate(number=Count("pk")).values("number")
    return Subquery(number, output_field=IntegerField())


def _syncs() -> QuerySet[LastSync]:
    return LastSync.objects.filter(left_out__gt=0).select_related("gateway").order_by("gateway__name")
