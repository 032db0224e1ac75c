"""What the frame of all pages asks for: the choice of another fleet, and how dense rows are."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from console.frame.choosing import SEARCHED_FROM, choices_of
from console.frame.density import Density, keep
from console.requests import PageRequest, person_fragment, person_page

# No fleet's name is longer.
_MOST_WORDS = 100


@require_safe
@person_fragment
def fleet_choices(request: PageRequest) -> HttpResponse:
    """The person's fleets, which lead to the page `way` of each; those with the words `q` in their name."""
    way, words = request.GET.get("way", ""), request.GET.get("q", "").strip().replace("\0", "")[:_MOST_WORDS]
    found = choices_of(request.user, way, words)
    context = {
        "found": found,
        "way": way,
        "is_search": "q" in request.GET,
        "is_searched": len(found.choices) >= SEARCHED_FROM,
        "current": request.GET.get("fleet", ""),
    }
    return render(request, "frame/choices.html", context)


@require_POST
@person_page
def choose_density(request: PageRequest) -> HttpResponse:
    """Keeps in the browser how dense rows are, and leads back."""
    onward = request.POST.get("next", "")
    is_ours = onward.startswith("/") and url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    response = HttpResponseRedirect(onward if is_ours else reverse("fleets"), status=303)
    wanted = request.POST.get("density", "")
    if wanted in list(Density):
        keep(response, Density(wanted))
    return response
