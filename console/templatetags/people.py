"""What a person is called, and whether the one who looks may read the audit of a fleet."""

from django import template
from django.conf import settings

from console.vehicle.history import name_of
from fleets.models import Fleet
from fleets.rights import OF_NARROWED, ROLES, Right

register = template.Library()

register.filter("person_name", name_of)


@register.filter
def may_read_audit(fleet: Fleet) -> bool:
    """No statement: the role was read along with the fleet."""
    return _may(fleet, Right.READ_AUDIT)


@register.filter
def may_change_people(fleet: Fleet) -> bool:
    return _may(fleet, Right.CHANGE_PEOPLE)


def _may(fleet: Fleet, right: Right) -> bool:
    role = ROLES.get(fleet.own_role)
    is_narrowed = getattr(fleet, "narrowed_to", None) is not None
    return role is not None and right in role.rights and not (is_narrowed and right not in OF_NARROWED)


@register.simple_tag
def sign_on_name() -> str:
    """The provider of single sign-on; empty without one."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER else ""
