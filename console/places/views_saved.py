"""Pages: the places that a fleet has saved, for its routes and its map."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from console.places.forms import PlaceForm, PlaceNameForm
from console.requests import PageRequest, person_page, see
from console.rights import find_fleet, find_in_fleet, member_in
from console.vehicle.history import name_of
from fleets.models import Fleet, SavedPlace
from fleets.places import saved
from fleets.places.words import position_words
from fleets.rights import Right


@require_safe
@person_page
def saved_places(request: PageRequest, fleet_id: str) -> HttpResponse:
    """All of them by their names, with where they are in words."""
    fleet = find_fleet(request, fleet_id)
    places = list(fleet.saved_places.select_related("user"))
    context = {
        "fleet": fleet,
        "rows": [(place, position_words(place.latitude, place.longitude), _who(place)) for place in places],
        "may_change": member_in(request, fleet).may(Right.CHANGE_COMMANDS),
    }
    return render(request, "places/places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_place(request: PageRequest, fleet_id: str) -> HttpResponse:
    """A name and a town or coordinates; where several towns are meant they are asked for once more."""
    fleet = find_fleet(request, fleet_id, Right.CHANGE_COMMANDS)
    if request.method != "POST":
        return _form(request, fleet, PlaceForm())
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _form(request, fleet, form)
    try:
        place = saved.save(fleet, form.given, form.point, request.user)
    except saved.NameTaken:
        form.say_taken()
    except saved.Full:
        form.add_error(None, _("This fleet has %(most)d places: delete one first.") % {"most": saved.MOST})
    else:
        messages.success(request, _("“%(name)s” is saved: routes and the map find it by its name.") % {"name": place})
        return see("places", fleet.public_id)
    return _form(request, fleet, form)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def rename_place(request: PageRequest, fleet_id: str, place_id: str) -> HttpResponse:
    """GET asks for another name; POST gives it."""
    place = find_in_fleet(request, SavedPlace.objects.all(), fleet_id, place_id, Right.CHANGE_COMMANDS)
    form = PlaceNameForm(request.POST if request.method == "POST" else None, place=place)
    if form.is_valid():
        try:
            saved.rename(place, form.given, request.user)
        except saved.NameTaken:
            form.say_taken()
        else:
            return see("places", place.fleet.public_id)
    context = {"fleet": place.fleet, "place": form.initial["name"], "form": form}
    return render(request, "places/rename.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def delete_place(request: PageRequest, fleet_id: str, place_id: str) -> HttpResponse:
    """GET asks whether it is meant; POST deletes it."""
    place = find_in_fleet(request, SavedPlace.objects.all(), fleet_id, place_id, Right.CHANGE_COMMANDS)
    if request.method != "POST":
        return render(request, "places/delete.html", {"fleet": place.fleet, "place": place})
    saved.delete(place, request.user)
    messages.success(request, _("The place “%(name)s” is deleted.") % {"name": place.name})
    return see("places", place.fleet.public_id)


def _who(place: SavedPlace) -> str:
    return name_of(place.user) if place.user else ""


def _form(request: PageRequest, fleet: Fleet, form: PlaceForm) -> HttpResponse:
    return render(request, "places/new.html", {"fleet": fleet, "form": form}, status=422 if form.errors else 200)
