"""Puts together what a page says about a failure."""

from dataclasses import dataclass

from console.vehicle.history import action_title, may_repeat
from console.vehicle.panel import is_able
from fleets.words.numbers import Word
from fleets.words.why import say
from protocol import statuses
from protocol.catalogue import COMMANDS
from remotes.explain.facts import Facts
from remotes.explain.reasons import Reason, likely
from remotes.models import RemoteAction
from remotes.words import codes
from remotes.words.failures import words_of, words_of_unknown
from remotes.words.statuses import present_word
from remotes.words.texts import Text, Way

State = RemoteAction.State


@dataclass(frozen=True)
class Explanation:
    """`literal` is the protocol's cause, `said` what the action's row says of its end, `quote` upstream's own words.

    `http_status` is that of a refusal by the manufacturer's cloud. `repeats_at_once`: to try again needs no question.
    """

    title: str
    word: Word
    text: Text
    literal: str
    said: str
    quote: str
    http_status: int | None
    reasons: list[Reason]
    ways: list[Way]
    repeats_at_once: bool


def is_explained(action: RemoteAction) -> bool:
    """Whether there is something to explain: it came to nothing, or nobody knows."""
    return action.state == State.UNKNOWN or (not action.is_open and action.status == statuses.FAILED)


def explain(facts: Facts, sends: frozenset[str]) -> Explanation:
    """Everything about a failure; of what can be done, that which is of the types that the person may send."""
    action = facts.action
    key, text = _words(facts)
    why = action.why
    refused = str(why.values.get("why", "")) if why and why.code == codes.REFUSED else ""
    said = "" if refused else say(why)
    quote = refused or ("" if facts.answered in said else facts.answered)
    return Explanation(
        title=action_title(action),
        word=present_word(action.state, action.status),
        text=text,
        literal=action.failure_cause or "",
        said=said,
        quote=quote,
        http_status=facts.http_status if quote or action.state == State.UNKNOWN else None,
        reasons=likely(facts, key),
        ways=[way for way in text.ways if _type_of(way, facts) in sends and _is_open(way, facts)],
        repeats_at_once=action.type.resend and not action.type.dangerous,
    )


def _words(facts: Facts) -> tuple[str, Text]:
    action = facts.action
    if action.state == State.UNKNOWN:
        return "", words_of_unknown(action.why)
    cause = action.failure_cause or ""
    return words_of(cause, action.why, when_awake=action.when_awake, http_status=facts.http_status)


def _type_of(way: Way, facts: Facts) -> str:
    return facts.action.remote_type if way == Way.AGAIN else COMMANDS[way][0].name


def _is_open(way: Way, facts: Facts) -> bool:
    """Whether this can be done for the vehicle and is of use; what is the same as trying again is offered once."""
    if way == Way.AGAIN:
        return may_repeat(facts.action) and is_able(facts.vehicle, facts.action.type)
    if way == Way.REFRESH and facts.vehicle.state_problem:
        # The cloud gives no state, so waking the vehicle up for one would bring none either.
        return False
    remote_type, _ = COMMANDS[way]
    return facts.action.remote_type != remote_type.name and is_able(facts.vehicle, remote_type)
