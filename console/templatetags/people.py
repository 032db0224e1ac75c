"""What a person is called, and whether the one who looks may read the audit of a fleet."""

from django import template
from django.conf import settings

from console.vehicle.history import name_of
from fleets.models import Fleet
from fleets.rights import ROLES, Right

register = template.Library()

register.filter("person_name", name_of)


@register.filter
def may_read_audit(fleet: Fleet) -> bool:
    """No statement: the role was read along with the fleet."""
    role = ROLES.get(fleet.own_role)
    return role is not None and Right.READ_AUDIT in role.rights


@register.simple_tag
def sign_on_name() -> str:
    """The provider of single sign-on; empty without one."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER else ""
