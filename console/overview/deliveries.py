"""How the callbacks of a fleet are delivered to, those that need somebody first."""

from dataclasses import dataclass

from callbacks.models import Callback
from console.callbacks.glance import NOTHING, Glance, glances
from console.callbacks.pages import callbacks_of
from console.callbacks.words import status_word
from fleets.models import Fleet
from fleets.words.numbers import Word
from remotes.counts.counting import Number, capped

# The overview names so many, and counts failed ones up to another number.
NAMED = 4
LOOKED_AT = 50


@dataclass(frozen=True)
class CallbackRow:
    """A callback, its status, and the deliveries of the last 24 hours."""

    callback: Callback
    word: Word
    glance: Glance


@dataclass(frozen=True)
class Deliveries:
    """The first callbacks, Failed ones before Paused ones before Running ones, and how many there are of them all."""

    rows: list[CallbackRow]
    number: Number
    failed: Number


def deliveries_of(fleet: Fleet) -> Deliveries:
    """Two statements."""
    # The words for the three happen to be in this order.
    found = list(callbacks_of(fleet).order_by("status", "pk")[: LOOKED_AT + 1])
    shown = found[:NAMED]
    seen = glances(shown) if shown else {}
    failed = sum(callback.status == Callback.Status.FAILED for callback in found)
    return Deliveries(
        [CallbackRow(callback, status_word(callback.status), seen.get(callback.pk, NOTHING)) for callback in shown],
        capped(len(found), LOOKED_AT),
        capped(failed, LOOKED_AT),
    )
