"""Pages: the map of a fleet, and of all fleets that the person sees, with the list, and what is chosen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from console.fleet_map.chosen import chosen_of, read_keys
from console.fleet_map.listing import page_of
from console.fleet_map.picture import Picture
from console.fleet_map.scope import Scope, scope_of, tell_look
from console.requests import PageRequest, person_fragment, person_page, wants_fragment
from fleets.audit.entries import Origin, person
from fleets.audit.looking import saw_position
from fleets.rights import Right
from remotes.finding.marks import marks_of, own_words, with_stolen_said_at


@require_safe
@person_page
def fleet_map(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """The map with its list; htmx gets the list while the person types and chooses, or its next rows."""
    is_whole = not wants_fragment(request)
    scope = scope_of(request, fleet_id, request.GET, with_models=is_whole)
    picture, is_placeless = scope.picture(), request.GET.get("without") == "yes"
    after = str(scope.form.cleaned_data.get("after", ""))
    context = _figures(scope, picture) | {
        "asked": scope.asked,
        "form": scope.form,
        "page": page_of(scope, picture, after, placeless=is_placeless),
        "is_placeless": is_placeless,
        "is_fragment": not is_whole,
        "list_url": _path(scope),
        "on_map": True,
        "now": timezone.now(),
        "may_command": bool(scope.fleet and scope.fleet.own_member and scope.fleet.own_member.may(Right.SEND_MANY)),
    }
    tell_look(request, scope)
    if is_whole:
        return render(request, "fleet_map/map.html", context)
    if after:
        return render(request, "fleet_map/rows.html", context)
    response = render(request, "fleet_map/list.html", context)
    response["HX-Replace-Url"] = scope.url("fleet-map", "map-of-all")
    return response


@require_safe
@person_fragment
def map_news(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """How many stand how, and by which version the map knows whether to fetch the positions anew."""
    scope = scope_of(request, fleet_id, request.GET)
    return render(request, "fleet_map/news.html", _figures(scope, scope.picture()))


@require_safe
@person_fragment
def map_positions(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """Where the vehicles are and how they stand, packed (picture.py)."""
    scope = scope_of(request, fleet_id, request.GET)
    picture = scope.picture()
    tell_look(request, scope)
    return HttpResponse(picture.packed, content_type="application/octet-stream", headers={"ETag": picture.version})


@require_POST
@person_fragment
def map_chosen(request: PageRequest, fleet_id: str | None = None) -> HttpResponse:
    """What is known of the vehicles that were chosen, by their `keys`, and what they can be sent."""
    scope = scope_of(request, fleet_id, request.GET)
    chosen = chosen_of(request.user, scope, read_keys(request.POST.get("keys", "")))
    context: dict[str, Any] = {"chosen": chosen, "fleet": scope.fleet, "now": timezone.now()}
    vehicle, spot = chosen.only_one, chosen.spot
    if vehicle is not None:
        told = with_stolen_said_at(scope.all_seen.filter(pk=vehicle.pk)).only("pk").get()
        marks = marks_of(vehicle, own_words(vehicle), vars(told)["stolen_said_at"], timezone.now())
        context |= {"vehicle": vehicle, "spot": spot, "marks": marks, "is_sighted": vehicle.fleet_id in scope.sighted}
        if spot is not None and spot.has_place:
            saw_position(vehicle, person(request.user), Origin.PAGE)
    return render(request, "fleet_map/chosen.html", context)


def _figures(scope: Scope, picture: Picture) -> dict[str, Any]:
    """What stands beside the map of how many there are."""
    return {
        "fleet": scope.fleet,
        "scope": scope,
        "picture": picture,
        "conditions": picture.by_condition.items(),
        "is_sighted": bool(scope.sighted),
        "hidden_fleets": len(scope.fleets) - len(scope.sighted),
        "news_url": scope.url("fleet-map-news", "map-of-all-news"),
        "positions_url": scope.url("fleet-map-positions", "map-of-all-positions"),
        "chosen_url": scope.url("fleet-map-chosen", "map-of-all-chosen").partition("?")[0],
        "without_url": _with(scope.url("fleet-map", "map-of-all"), "without=yes"),
    }


def _path(scope: Scope) -> str:
    return reverse("fleet-map", args=[scope.fleet.public_id]) if scope.fleet else reverse("map-of-all")


def _with(url: str, parameter: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{parameter}"
