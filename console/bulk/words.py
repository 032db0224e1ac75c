"""How a bulk command and each of its vehicles stand, as a fleet manager says it."""

from django.utils.translation import gettext, gettext_lazy, ngettext

from console.vehicle.history import name_of
from fleets.words.numbers import Tone, Word
from fleets.words.why import say
from remotes.models import BulkCommand, BulkItem, RemoteAction
from remotes.words.describe import describe
from remotes.words.failures import why_failed
from remotes.words.statuses import present_word

State = BulkCommand.State
Halt = BulkCommand.Halt
Item = BulkItem.State
Verdict = BulkItem.Verdict

_TONES = {
    State.PREFLIGHT: Tone.PLAIN,
    State.CANARY: Tone.BUSY,
    State.RUNNING: Tone.BUSY,
    State.STOPPED: Tone.WARN,
    State.ABORTED: Tone.BAD,
    State.DONE: Tone.PLAIN,
}
_TEXTS = {
    State.PREFLIGHT: gettext_lazy("Not started"),
    State.CANARY: gettext_lazy("Trying the first vehicles"),
    State.RUNNING: gettext_lazy("Running"),
    State.STOPPED: gettext_lazy("Stopped"),
    State.ABORTED: gettext_lazy("Ended early"),
    State.DONE: gettext_lazy("Done"),
}

# What the lists of a bulk command can be narrowed to, before it starts and afterwards.
VERDICTS = {
    Verdict.SEND: gettext_lazy("Will be sent"),
    Verdict.WAKE: gettext_lazy("Will be woken up"),
    Verdict.SKIP: gettext_lazy("Will be skipped"),
}
OUTCOMES = {
    Item.FAILED: gettext_lazy("Failed"),
    Item.ASKED: gettext_lazy("Under way"),
    Item.WAITING: gettext_lazy("Waiting"),
    Item.SUCCEEDED: gettext_lazy("Succeeded"),
    Item.SKIPPED: gettext_lazy("Skipped"),
    Item.CANCELLED: gettext_lazy("Not sent"),
}

_ITEM_TONES = {
    Item.WAITING: Tone.PLAIN,
    Item.SKIPPED: Tone.WARN,
    Item.ASKED: Tone.BUSY,
    Item.SUCCEEDED: Tone.GOOD,
    Item.FAILED: Tone.BAD,
    Item.CANCELLED: Tone.PLAIN,
}
_VERDICT_TONES = {Verdict.SEND: Tone.GOOD, Verdict.WAKE: Tone.BUSY, Verdict.SKIP: Tone.WARN}


def bulk_title(bulk: BulkCommand) -> str:
    """What it asks of each vehicle, in a few words."""
    return describe(bulk.type, bulk.payload)


def asker_of(bulk: BulkCommand) -> str:
    return name_of(bulk.user) if bulk.user else gettext("someone who is not here any more")


def state_word(bulk: BulkCommand) -> Word:
    state = State(bulk.state)
    return Word(str(_TEXTS[state]), _TONES[state])


def halt_words(bulk: BulkCommand) -> str:
    """Why it ended early, in a sentence; empty where it did not."""
    return _halt_text(bulk) % {
        "number": bulk.halt_number,
        "of": bulk.halt_of,
        "share": bulk.canary_share,
        "limit": bulk.abort_share,
        "who": name_of(bulk.stopped_by) if bulk.stopped_by else gettext("someone who is not here any more"),
    }


def _halt_text(bulk: BulkCommand) -> str:
    if bulk.halt == Halt.CANARY:
        return ngettext(
            "The vehicle that was tried first did not succeed. The others were not asked.",
            "%(number)d of the first %(of)d vehicles succeeded, and %(share)d %% of them were to. "
            "The others were not asked.",
            bulk.halt_of,
        )
    if bulk.halt == Halt.FAILURES:
        return gettext(
            "%(number)d of %(of)d vehicles failed, and it was to end at %(limit)d %%. The others were not asked."
        )
    if bulk.halt == Halt.RIGHTS:
        return gettext("Whoever asked for it may not send it any more. The others were not asked.")
    return gettext("%(who)s stopped it.") if bulk.halt == Halt.PERSON else ""


def verdict_word(item: BulkItem) -> Word:
    kind = Verdict(item.verdict)
    return Word(str(VERDICTS[kind]), _VERDICT_TONES[kind], _verdict_meaning(item))


def _verdict_meaning(item: BulkItem) -> str:
    if item.verdict == Verdict.SEND:
        return gettext("It is awake, and spends no wake-up.")
    if item.verdict == Verdict.SKIP:
        return say(item.why)
    if item.wake_ups_left is None:
        return gettext("It may be asleep: this may spend one of its wake-ups.")
    if not item.wake_ups_left:
        return gettext("It may be asleep, and its wake-ups of this month are spent.")
    return ngettext(
        "It may be asleep: this may spend its last wake-up of this month.",
        "It may be asleep: this may spend one of the %(number)d wake-ups that it has left this month.",
        item.wake_ups_left,
    ) % {"number": item.wake_ups_left}


def item_word(item: BulkItem) -> Word:
    """How a vehicle stands; the meaning says why, or what its action is doing."""
    state = Item(item.state)
    word = Word(str(OUTCOMES[state]), _ITEM_TONES[state], say(item.why))
    if item.action is None:
        return word
    present = present_word(item.action.state, item.action.status)
    if state == Item.ASKED:
        return Word(present.text, present.tone, say(item.action.why) or present.meaning)
    return Word(word.text, word.tone, _ending(item.action))


def _ending(action: RemoteAction) -> str:
    """How an action ended, in a sentence: ours, else that of the protocol's cause."""
    return why_failed(action) or say(action.why) or str(present_word(action.state, action.status).meaning)
