"""What an API client may send alone that else needs a second person: asked for by one, agreed on by another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from console.clients.forms import FormWithErrors
from console.clients.pages import client_to_change, to_client
from console.requests import PageRequest, person_page
from fleets.models import ApiClient, Fleet, Proposal, Trust
from fleets.programs import trust
from fleets.programs.giving import gift_of
from fleets.programs.people import fleets_to_give
from fleets.proposals import NotAllowed, open_of
from fleets.words.why import say
from protocol.catalogue import REMOTE_TYPES, TWO_PEOPLE
from remotes.models import FleetRules
from remotes.words.titles import title_of

# Characters: whoever agrees must be able to see why.
LEAST_REASON = 10


@dataclass(frozen=True)
class TrustRow:
    """What holds: `by` and `agreed_by` are the two people, None where it was set up on the machine itself."""

    trust: Trust
    title: str
    by: User | None
    agreed_by: User | None


@dataclass(frozen=True)
class WaitingRow:
    """What waits for a second person."""

    proposal: Proposal
    titles: list[str]


class TrustForm(FormWithErrors):
    """Which types, in which fleet, and why."""

    fleet = forms.ModelChoiceField(Fleet.objects.none(), label=_("Fleet"), empty_label=None)
    types = forms.MultipleChoiceField(label=_("What it may send alone"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        min_length=LEAST_REASON,
        max_length=1000,
        label=_("Why it must act alone"),
        help_text=_("Whoever agrees reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, client: ApiClient, user: User) -> None:
        super().__init__(data)
        self._client, self._user = client, user
        fleet, types = self.fields["fleet"], self.fields["types"]
        assert isinstance(fleet, forms.ModelChoiceField)
        assert isinstance(types, forms.MultipleChoiceField)
        fleet.queryset = client.fleets.order_by("name", "pk")
        types.choices = [(name, title_of(REMOTE_TYPES[name])) for name in types_of(client)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            theirs = gift_of(self._user, [cleaned["fleet"].pk]).types
            beyond = [title_of(REMOTE_TYPES[name]) for name in cleaned["types"] if name not in theirs]
            if beyond:
                words = gettext("You may not send this yourself: %(types)s.")
                self.add_error("types", words % {"types": ", ".join(map(str, beyond))})
        return cleaned


def types_of(client: ApiClient) -> list[str]:
    """The types that need a second person, by the catalogue or in one of the client's fleets, and that it may send."""
    ruled = FleetRules.objects.filter(fleet__in=client.fleets.all()).values_list("approval_types", flat=True)
    wanted = {*TWO_PEOPLE, *(name for names in ruled for name in names)}
    return [name for name in REMOTE_TYPES if name in wanted and client.may_send(name)]


def trust_of(client: ApiClient, fleets: Collection[Fleet]) -> dict[str, Any]:
    """What stands on the client's page: what it is trusted with in these fleets, and what waits for that."""
    rows = Trust.objects.filter(client=client, fleet__in=fleets, ended_at=None)
    rows = rows.select_related("fleet", "proposal__asked_by", "proposal__decided_by").order_by("fleet__name", "pk")
    waiting = [
        proposal
        for fleet in fleets
        for proposal in open_of(fleet).filter(kind=trust.KIND, document__client=client.pk).select_related("asked_by")
    ]
    return {
        "trusts": [_row(each) for each in rows],
        "waiting": [WaitingRow(each, [_title(name) for name in each.document["types"]]) for each in waiting],
    }


def _row(found: Trust) -> TrustRow:
    title, two = _title(found.remote_type), found.proposal
    return TrustRow(found, title, None, None) if two is None else TrustRow(found, title, two.asked_by, two.decided_by)


def _title(name: str) -> str:
    return str(title_of(REMOTE_TYPES[name])) if name in REMOTE_TYPES else name


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
@transaction.atomic
def ask_for_trust(request: PageRequest, client_id: str) -> HttpResponse:
    """Propose that a client may send alone what needs a second person."""
    client = client_to_change(request, client_id)
    if not client.active or not types_of(client) or not client.fleets.exists():
        raise PermissionDenied(gettext("This API client may send nothing that needs a second person."))
    form = TrustForm(request.POST if request.method == "POST" else None, client=client, user=request.user)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            trust.ask_for(client, given["fleet"], given["types"], by=request.user, reason=given["reason"])
        except NotAllowed as error:
            form.add_error(None, say(error.why))
    if not form.is_valid():
        context = {"client": client, "form": form}
        return render(request, "clients/trust_form.html", context, status=422 if form.is_bound else 200)
    messages.success(request, gettext("Another manager must agree now. Until then it waits as before."))
    return to_client(client)


@require_POST
@person_page
@transaction.atomic
def end_trust(request: PageRequest, client_id: str, trust_id: int) -> HttpResponse:
    """Take back what a client is trusted with; one person is enough."""
    client = client_to_change(request, client_id)
    rows = Trust.objects.filter(client=client, ended_at=None, fleet__in=fleets_to_give(request.user))
    found = get_object_or_404(rows.select_related("client"), pk=trust_id)
    trust.end(found, request.user)
    messages.success(request, gettext("It is not trusted with that any more: what it asks for waits for approval."))
    return to_client(client)
