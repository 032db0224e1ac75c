"""What a person is called, and whether the one who looks may read the audit of a fleet."""

from django import template

from console.vehicle.history import name_of
from fleets.models import Fleet
from fleets.rights import RIGHTS, Right

register = template.Library()

register.filter("person_name", name_of)


@register.filter
def may_read_audit(fleet: Fleet) -> bool:
    """No statement: the role was read along with the fleet."""
    return Right.READ_AUDIT in RIGHTS.get(fleet.own_role, frozenset())
