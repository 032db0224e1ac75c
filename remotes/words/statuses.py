"""The protocol's words and our own states, as a fleet manager says them.

A word that is not here is shown as it came, marked as the manufacturer's.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleets.words.numbers import Tone, Word
from protocol import statuses
from protocol.why import Why, code
from remotes.models import RemoteAction

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = RemoteAction.State
# How the codes of statuses and states begin.
_CODE = "stands-"


STATUSES: dict[str, Word] = {
    statuses.ACCEPTED: Word(_("Accepted"), Tone.BUSY, _("The manufacturer's cloud has taken it on.")),
    statuses.WAKING_UP_VEHICLE: Word(
        _("Waking up the vehicle"), Tone.BUSY, _("It was asleep; this can take some minutes.")
    ),
    statuses.CHECKING_VEHICLE: Word(_("Checking the vehicle"), Tone.BUSY),
    statuses.SENT_TO_VEHICLE: Word(_("Sent to the vehicle"), Tone.BUSY, _("Waiting for the vehicle's answer.")),
    statuses.BATTERY_CHARGE_TOO_LOW: Word(_("Vehicle's battery is too low"), Tone.WARN),
    statuses.BATTERY_LEVEL_WARNING: Word(_("Vehicle's battery is getting low"), Tone.WARN),
    statuses.TOO_MANY_WAKE_UPS: Word(_("Wake-ups of this month are used up"), Tone.WARN),
    statuses.SUCCESS: Word(_("Success"), Tone.GOOD, _("The vehicle has done it.")),
    statuses.ALREADY_DONE: Word(_("Already done"), Tone.GOOD, _("The vehicle was in this state before.")),
    statuses.FAILED: Word(_("Failed"), Tone.BAD),
}

STATES: dict[str, Word] = {
    State.WAITING_APPROVAL: Word(_("Waiting for approval"), Tone.WARN, _("Another manager must approve it.")),
    State.QUEUED: Word(_("Queued"), Tone.BUSY, _("It goes out in a moment, or after the vehicle's earlier action.")),
    State.SENDING: Word(_("Sending"), Tone.BUSY, _("On its way to the manufacturer's cloud.")),
    State.UNKNOWN: Word(
        _("Outcome unknown"), Tone.WARN, _("No clear answer came: we are asking the manufacturer's cloud.")
    ),
    State.ACCEPTED: Word(_("In progress"), Tone.BUSY, _("The manufacturer's cloud has it; waiting for news.")),
    State.DONE: Word(_("Done"), Tone.PLAIN),
    State.EXPIRED: Word(_("Expired"), Tone.BAD, _("It could not be sent in time, and is not sent any more.")),
    State.CANCELLED: Word(_("Cancelled"), Tone.PLAIN, _("It was not sent.")),
}

# How an action ends that was never sent: the protocol has one word for them all, Failed.
NEVER_SENT = (State.EXPIRED, State.CANCELLED)

# Where an action was asked for, alone and in a sentence with whom.
ORIGINS: "dict[str, StrOrPromise]" = {
    RemoteAction.Origin.PAGE: _("On a page"),
    RemoteAction.Origin.API: _("Over the API"),
    RemoteAction.Origin.SCHEDULE: _("By a schedule"),
    RemoteAction.Origin.BULK: _("By a bulk command"),
    RemoteAction.Origin.CONNECTION: _("By the check of a connection"),
}
ASKED: "dict[str, StrOrPromise]" = {
    RemoteAction.Origin.PAGE: _("Asked for by %(who)s on a page"),
    RemoteAction.Origin.API: _("Asked for by %(who)s over the API"),
    RemoteAction.Origin.SCHEDULE: _("Asked for by %(who)s by a schedule"),
    RemoteAction.Origin.BULK: _("Asked for by %(who)s by a bulk command"),
    RemoteAction.Origin.CONNECTION: _("Asked for by FleetRemote itself when a connection was checked"),
}

FEEDBACK: "dict[str, StrOrPromise]" = {
    "NoCIDBlacklisted": _("All keys still work."),
    "CIDBlacklisted": _("A key left inside was switched off."),
}


def standing(state: str, status: str) -> "Why | str":
    """How an action stands, as a value of a code that is kept (protocol/why.py)."""
    known = status if status and state not in NEVER_SENT else state
    return Why(_CODE + known) if known in STATUSES or known in STATES else known


def know_statuses() -> None:
    """To be called before any language is chosen."""
    for name, word in {**STATUSES, **STATES}.items():
        code(_CODE + name, str(word.text))


def status_word(status: str) -> Word:
    return STATUSES.get(status) or Word(as_told(status), Tone.PLAIN)


def feedback_words(detail: str | None) -> str:
    """What a vehicle has told beside the status; "" where it has told nothing."""
    return str(FEEDBACK.get(detail) or as_told(detail)) if detail else ""


def as_told(word: str) -> str:
    """A word of the manufacturer's cloud that is not known here, marked as such; "" for none."""
    return gettext("“%(word)s”, as the manufacturer's cloud says") % {"word": word} if word else ""


def present_word(state: str, status: str) -> Word:
    """How an action stands: what upstream says once it has said something, before that how far we are."""
    if state in NEVER_SENT or not status:
        return STATES.get(state) or Word(state, Tone.PLAIN)
    return status_word(status)
