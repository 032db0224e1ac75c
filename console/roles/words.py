"""What each right of the table of rights is, in words."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from fleets.rights import Right

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RIGHT_NAMES: "dict[Right, StrOrPromise]" = {
    Right.LOOK: _("See vehicles and what was sent to them"),
    Right.LOOK_ALL: _("See what is of the whole fleet: callbacks, schedules, bulk commands of others, how it sends"),
    Right.SEE_POSITIONS: _("See where vehicles are, and where they were sent to"),
    Right.SEND: _("Send commands to a vehicle, cancel them, say what became of them"),
    Right.SEND_MANY: _("Send a command to many vehicles at once"),
    Right.APPROVE: _("Approve what another person has asked for"),
    Right.BREAK_GLASS: _("Send at once what needs a second person; it is looked into afterwards"),
    Right.STOP: _("Stop every sending of the fleet, and allow it again"),
    Right.CHANGE_RULES: _("Change the fleet's rules; weaker ones need a second person"),
    Right.CHANGE_CALLBACKS: _("Make, change and end callbacks"),
    Right.CHANGE_SCHEDULES: _("Schedule commands"),
    Right.CHANGE_COMMANDS: _("Save commands under a name"),
    Right.CHANGE_ALERTS: _("Settle alerts, and let other systems be told of them"),
    Right.SHARE_VIEWS: _("Share views of the list, and change shared ones"),
    Right.CHANGE_VEHICLES: _("Give vehicles labels and plates"),
    Right.CHANGE_PEOPLE: _("Invite people, change what they may, and remove them"),
    Right.CHANGE_CLIENTS: _("Make API clients, give them passwords, and end them"),
    Right.READ_AUDIT: _("Read the audit: who did what, and who saw where vehicles are"),
}
