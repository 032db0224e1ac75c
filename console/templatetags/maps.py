"""What pages need for a map: the tiles, and a link that opens a place elsewhere."""

from django import template
from django.conf import settings

from fleets.models import Vehicle
from fleets.rights import Right
from fleets.vehicles.position import Position, position_of

register = template.Library()


@register.simple_tag
def tile_url() -> str:
    return str(settings.TILE_URL)


@register.simple_tag
def tile_attribution() -> str:
    """HTML, from the settings."""
    return str(settings.TILE_ATTRIBUTION)


@register.filter
def map_link(position: Position) -> str:
    """The address that opens the place in a map: the one of the settings, else geo:, which asks the device."""
    link = settings.MAP_LINK_URL or "geo:{lat},{lon}"
    return str(link).replace("{lat}", f"{position.latitude:.6f}").replace("{lon}", f"{position.longitude:.6f}")


@register.filter
def position(vehicle: Vehicle) -> Position | None:
    """Where the vehicle was last, as far as it is known and the person that it was looked up for may see it."""
    member = vehicle.fleet.own_member
    return position_of(vehicle.state) if member is not None and member.may(Right.SEE_POSITIONS) else None
