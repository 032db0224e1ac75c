"""What a person is called, and what the one who looks may do in a fleet."""

from django import template
from django.conf import settings

from console.rights import acts_on
from console.vehicle.history import name_of
from fleets.models import Fleet
from fleets.rights import Right

register = template.Library()

register.filter("person_name", name_of)


@register.filter
def may(fleet: Fleet | None, right: str) -> bool:
    """No statement: their membership was looked up along with the fleet (console/rights.py)."""
    member = fleet.own_member if fleet else None
    return member is not None and member.may(Right(right))


@register.filter
def may_send(fleet: Fleet | None, remote_type: str) -> bool:
    """The same for what is of a remote type (catalogue name)."""
    member = fleet.own_member if fleet else None
    return member is not None and acts_on(member, remote_type)


@register.simple_tag
def sign_on_name() -> str:
    """The provider of single sign-on; empty without one."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER else ""
