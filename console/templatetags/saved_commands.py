"""The saved commands that a vehicle can do, for its panel."""

from django import template

from console.saved_commands.listing import commands_for
from fleets.models import Vehicle
from remotes.models import SavedCommand

register = template.Library()


@register.simple_tag
def saved_commands_for(vehicle: Vehicle) -> list[SavedCommand]:
    """Those of types that the one who looks may send; one statement."""
    member = vehicle.fleet.own_member
    return [command for command in commands_for(vehicle) if member is not None and member.may_send(command.remote_type)]
