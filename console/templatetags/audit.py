"""Whether the audit of a fleet is shown to whoever looks at a page of it."""

from django import template

from fleets.models import Fleet
from fleets.rights import RIGHTS, Right

register = template.Library()


@register.filter
def may_read_audit(fleet: Fleet) -> bool:
    """No statement: the role was read along with the fleet."""
    return Right.READ_AUDIT in RIGHTS.get(fleet.own_role, frozenset())
