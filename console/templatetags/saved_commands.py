"""The saved commands that a vehicle can do, for its panel."""

from django import template

from console.saved_commands.listing import commands_for
from fleets.models import Vehicle
from remotes.models import SavedCommand

register = template.Library()


@register.simple_tag
def saved_commands_for(vehicle: Vehicle) -> list[SavedCommand]:
    """One statement."""
    return commands_for(vehicle)
