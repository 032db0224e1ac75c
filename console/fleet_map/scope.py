"""Which vehicles a map is of: those of one fleet or of all, narrowed by the filters, and whose places may be seen."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from console.fleet_map.picture import Picture, picture_of
from console.requests import PageRequest
from console.rights import find_member
from console.vehicle_list import queries
from console.vehicle_list.forms import ListForm
from console.vehicle_list.listing import AskedList, read
from console.vehicle_list.matching import wanted_filter
from fleets.access import fleets_of, fleets_where, vehicles_for, vehicles_of
from fleets.audit.entries import Origin, person
from fleets.audit.looking import saw_positions
from fleets.models import Fleet, Vehicle
from fleets.rights import Right


@dataclass(frozen=True)
class Scope:
    """`fleets` that the person sees, by primary key, and of which of them they may see positions (`sighted`).

    `all_seen` are their vehicles, `vehicles` those of them that the filters of `form` leave. Of one fleet: `asked` is
    what is asked of its list.
    """

    form: ListForm
    fleets: dict[int, Fleet]
    sighted: frozenset[int]
    all_seen: QuerySet[Vehicle]
    vehicles: QuerySet[Vehicle]
    asked: AskedList | None = None

    @property
    def fleet(self) -> Fleet | None:
        return self.asked.member.fleet if self.asked else None

    @property
    def address(self) -> str:
        """The query string by which this is found again."""
        return self.asked.address if self.asked else queries.query_of(self.form.cleaned_data)

    def url(self, of_fleet: str, of_all: str) -> str:
        """The address of the one of these names that is meant, with the filters."""
        path = reverse(of_fleet, args=[self.fleet.public_id]) if self.fleet else reverse(of_all)
        return f"{path}?{self.address}" if self.address else path

    def picture(self) -> Picture:
        return picture_of(self.vehicles, self.fleets, self.sighted)


def scope_of(request: PageRequest, fleet_id: str | None, query: QueryDict, *, with_models: bool = False) -> Scope:
    """For one fleet three statements at the most, else two; a 404 for a fleet that is not theirs."""
    if fleet_id is None:
        return _of_all(request, query)
    member = find_member(request, fleet_id)
    asked = read(member, query, with_models=with_models)
    sighted = frozenset({member.fleet_id} if member.may(Right.SEE_POSITIONS) else ())
    return Scope(
        asked.form, {member.fleet_id: member.fleet}, sighted, vehicles_for(member), asked.vehicles, asked=asked
    )


def _of_all(request: PageRequest, query: QueryDict) -> Scope:
    fleets = {fleet.pk: fleet for fleet in fleets_of(request.user)}
    sighted = frozenset(fleets_where(request.user, Right.SEE_POSITIONS).values_list("pk", flat=True))
    form = ListForm(query, fleet=None)
    # They are by fleet and name here.
    del form.fields["sort"]
    form.is_valid()
    seen = vehicles_of(request.user)
    found = wanted_filter(form.cleaned_data).among(seen, list(fleets))
    return Scope(form, fleets, sighted & set(fleets), seen, found.defer(*_DOCUMENTS))


_DOCUMENTS = ("state", "capability_document", "capabilities", "search_text")


def tell_look(request: PageRequest, scope: Scope) -> None:
    """That the person is shown where these fleets' vehicles are stands in the audit. A statement for each fleet."""
    for key in scope.sighted:
        saw_positions(scope.fleets[key], person(request.user), Origin.PAGE)
