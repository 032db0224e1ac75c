"""What happens to a callback and its notifications, as a fleet manager says it."""

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from callbacks.delivery.policy import LIFE, Policy
from callbacks.models import Attempt, Batch, Callback
from callbacks.registering.room import TooMany
from fleets.words.numbers import Tone, Word
from protocol.canonical import JsonObject
from protocol.canonical.attributes import is_secret, is_variable
from protocol.catalogue import BY_V3_TYPE_NAME
from remotes.words.statuses import as_told

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A type of v3's webhook that no remote asks for, so that the catalogue has no entry for it.
_CHARGING_STATE = "ChargingState"

TYPE_TITLES: dict[str, "StrOrPromise"] = {
    **{name: _(entry.title) for name, entry in BY_V3_TYPE_NAME.items()},
    _CHARGING_STATE: _("Reports of charging"),
}

MASK = "••••••••"

_UNITS = (("day", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1))

_STATUSES: dict[str, Word] = {
    Callback.Status.RUNNING: Word(_("Running"), Tone.GOOD, _("Notifications are sent as they happen.")),
    Callback.Status.PAUSED: Word(_("Paused"), Tone.WARN, _("Nothing is sent. What happens is kept for 3 days.")),
    Callback.Status.FAILED: Word(
        _("Failed"),
        Tone.BAD,
        _("Deliveries failed again and again. What happens is kept for 3 days, and tried one at a time."),
    ),
}

_STATES: dict[str, Word] = {
    Batch.State.WAITING: Word(_("Waiting"), Tone.BUSY, _("It has not been tried yet.")),
    Batch.State.PARKED: Word(
        _("Tries used up"), Tone.BAD, _("It waits until another one arrives, or until you send it again.")
    ),
    Batch.State.DELIVERED: Word(_("Delivered"), Tone.GOOD, _("The other system has said that it received it.")),
    Batch.State.EXPIRED: Word(
        _("Expired"), Tone.BAD, _("It did not arrive in 3 days, and is not tried any more by itself.")
    ),
}
_TRYING = Word(_("Trying again"), Tone.WARN, _("It was tried and did not arrive; the next try follows by itself."))
_LEFT = Word(_("Tries used up"), Tone.BAD, _("It is not tried again unless you send it again."))


def status_word(status: str) -> Word:
    """How a callback stands."""
    return _STATUSES.get(status) or Word(status, Tone.PLAIN)


def state_word(batch: Batch, policy: Policy) -> Word:
    """How a batch of a callback with this policy stands."""
    state = batch.state
    if state == Batch.State.WAITING and batch.tries:
        return _TRYING
    if state == Batch.State.PARKED and not policy.releases:
        return _LEFT
    return _STATES.get(state) or Word(state, Tone.PLAIN)


def answer_word(attempt: Attempt) -> Word:
    """What the other system answered: the number of the status and its name."""
    if attempt.status is None:
        return Word(_("No answer"), Tone.BAD)
    name = HTTPStatus(attempt.status).phrase if attempt.status in set(HTTPStatus) else ""
    return Word(f"{attempt.status} {name}".strip(), Tone.GOOD if attempt.succeeded else Tone.BAD)


def span_words(span: timedelta) -> str:
    """A length of time in its two greatest units: 350 ms, 1 s 200 ms, 10 s, 1 min 30 s, 3 days."""
    rest = round(span / timedelta(milliseconds=1))
    parts: list[str] = []
    for unit, size in _UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(_counted(number, unit))
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def _counted(number: int, unit: str) -> str:
    return (
        ngettext("%(number)d day", "%(number)d days", number) % {"number": number}
        if unit == "day"
        else f"{number} {unit}"
    )


def policy_words(policy: Policy) -> str:
    """What is done after a failure, in a sentence or two."""
    if policy.name == "None":
        return gettext("It is tried once, and then only when somebody sends it again.")
    delay = span_words(policy.delay)
    if policy.name == "Always":
        text = gettext("It is tried again every %(delay)s until it arrives, for %(life)s at the most.")
        return text % {"delay": delay, "life": span_words(LIFE)}
    if policy.retries == 1:
        return gettext("It is tried once more, %(delay)s later.") % {"delay": delay}
    text = gettext("It is tried up to %(number)d more times, %(delay)s apart.")
    return text % {"number": policy.retries, "delay": delay}


def batching_words(callback: Callback) -> str:
    """How events are put into requests, in a sentence."""
    if callback.channel_id is not None:
        return gettext("Each event at once, in a request of its own. 100 that wait go together, without attributes.")
    if callback.batch_size:
        window = span_words(timedelta(seconds=callback.batch_window))
        text = gettext("Up to %(number)d events in one request, %(window)s after the first one at the latest.")
        return text % {"number": callback.batch_size, "window": window}
    if callback.subscribe.get("batchNotify", {}).get("size", 0) > 1:
        return gettext("Each event in a request of its own, since an attribute names its vehicle or its remote type.")
    return gettext("Each event at once, in a request of its own.")


def type_title(name: str) -> str:
    """What a remote type of a notification is called; one that is not known is marked as the manufacturer's word."""
    return str(TYPE_TITLES.get(name) or as_told(name))


def types_words(callback: Callback) -> str:
    """The remote types that may use the callback."""
    if callback.for_alerts:
        return gettext("None: it gets the fleet's alerts")
    types = callback.subscribe.get("remoteTypes", [])
    return ", ".join(str(TYPE_TITLES.get(name, name)) for name in types) or gettext("Every remote type")


def too_many_words(refused: TooMany) -> str:
    """Why there can't be one more."""
    words = (
        _("The API client has as many callbacks in this fleet as it may have: %(most)d. Delete one of them first.")
        if refused.of_client
        else _("The fleet has as many callbacks as it may have: %(most)d. Delete one of them first.")
    )
    return str(words) % {"most": refused.most}


def shown_value(attribute: JsonObject, *, may_change: bool) -> str:
    """The value of an attribute as a page may show it, MASK where it may not.

    A credential is shown to nobody; any other value to those who may change callbacks. A variable is none.
    """
    value = str(attribute["value"])
    if not value or is_variable(value):
        return value
    return value if may_change and not is_secret(attribute) else MASK
