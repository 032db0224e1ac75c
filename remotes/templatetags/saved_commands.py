"""The saved commands that a vehicle can do, for its panel."""

from django import template

from fleets.models import Vehicle
from remotes.models import SavedCommand
from remotes.saved_commands.listing import commands_for

register = template.Library()


@register.simple_tag
def saved_commands_for(vehicle: Vehicle) -> list[SavedCommand]:
    """One statement."""
    return commands_for(vehicle)
