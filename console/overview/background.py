"""What fails in the background and concerns a fleet: nobody has asked for it, so nobody would miss it."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from console.overview.need import Need
from fleets.models import Fleet
from fleets.rights import Right
from fleets.words.numbers import Tone
from remotes.counts.counting import Number

if TYPE_CHECKING:
    from console.overview.needs import Counts


def of_background(fleet: Fleet, counts: "Counts") -> list[Need]:
    """No statement. What a sync has left out is for those who see to the fleet's vehicles."""
    member = fleet.own_member
    may_see_left_out = member is not None and member.may(Right.CHANGE_VEHICLES)
    states, unread = counts.states, counts.unread
    return [
        Need(
            ngettext(
                "callback of ours at the manufacturer could not be registered or looked at",
                "callbacks of ours at the manufacturer could not be registered or looked at",
                counts.callbacks.value,
            ),
            gettext("Where there is none, nothing is sent and no news comes. See why."),
            reverse("sending", args=[fleet.public_id]),
            Tone.WARN,
            counts.callbacks,
        ),
        Need(
            ngettext("vehicle's state can't be read", "vehicles' states can't be read", states.value),
            gettext("What is shown there may be old. See why, and since when."),
            f"{reverse('vehicles', args=[fleet.public_id])}?view=all&reading=failed",
            Tone.WARN,
            states,
        ),
        Need(
            ngettext(
                "notification of the manufacturer could not be read",
                "notifications of the manufacturer could not be read",
                unread.value,
            ),
            gettext("In the last 3 days. See why, and which vehicles they are about."),
            reverse("unread", args=[fleet.public_id]),
            Tone.WARN,
            unread,
        ),
        *([_of_left_out(fleet, counts.left_out)] if may_see_left_out else []),
    ]


def _of_left_out(fleet: Fleet, left_out: Number) -> Need:
    return Need(
        ngettext("vehicle is left out", "vehicles are left out", left_out.value),
        gettext("The manufacturer's cloud lists this in the fleet, and it can't be taken in. See why."),
        reverse("left-out-of-fleet", args=[fleet.public_id]),
        Tone.WARN,
        left_out,
    )
