"""Page: have the manufacturer's cloud asked for a vehicle's state, which wakes nobody up."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from console.requests import PageRequest
from console.vehicle.pages import changed, vehicle_page
from fleets.models import Vehicle
from fleets.rights import Right
from remotes.reading.wish import wish


@require_POST
@vehicle_page(Right.LOOK)
def read_state(request: PageRequest, found: Vehicle) -> HttpResponse:
    """POST: the state is read at once; the page shows it when it is there."""
    wish(found)
    return changed(request, found)
