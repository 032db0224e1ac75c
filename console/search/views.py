"""Page: the vehicles that are found in all fleets of a person, and what is suggested while they type."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from console.forms import filter_fields
from console.requests import PageRequest, person_page, wants_fragment
from console.search.listing import PAGE_SIZE, SUGGESTED, Found, found


class SearchForm(forms.Form):
    """GET parameters of the search."""

    q = filter_fields.search(_("Search all vehicles"))
    after = forms.CharField(required=False, max_length=400)


@require_safe
@person_page
def search(request: PageRequest) -> HttpResponse:
    """What is found; where that is one vehicle, its own page. The box in the head asks for some while people type."""
    form = SearchForm(request.GET, auto_id="search_%s")
    form.is_valid()
    words = str(form.cleaned_data.get("q", ""))
    is_fragment = wants_fragment(request)
    size = SUGGESTED if is_fragment else PAGE_SIZE
    page = found(request.user, words, form.cleaned_data.get("after", ""), size) if words else Found([], "", True)
    if page.only_one is not None and not is_fragment:
        return redirect("vehicle", page.only_one.fleet.public_id, page.only_one.public_id)
    context = {"form": form, "words": words, "page": page, "size": size}
    return render(request, "search/suggested.html" if is_fragment else "search/search.html", context)
