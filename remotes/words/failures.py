"""Chooses the words for a failure from what the action's row says. Needs no query."""

from fleets.words.sentences import find
from remotes.words import sentences
from remotes.words.causes import ENDS, EXPIRED, NEVER_AWAKE, OUTCOME_UNKNOWN, Text, cause_words, refusal_words

_EXPIRED = (sentences.EXPIRED, sentences.EXPIRED_BECAUSE)


def words_of(cause: str, detail: str, *, when_awake: bool = False, http_status: int | None = None) -> tuple[str, Text]:
    """What the failure is known by, a cause or the sentence of an end of our own, and its words.

    `detail` is the row's, `http_status` what the manufacturer's cloud refused the action with where that is known.
    """
    found = find(detail) if detail else None
    if found is None or found.template not in ENDS:
        return cause, cause_words(cause)
    if found.template == sentences.REFUSED and http_status:
        return found.template, refusal_words(http_status)
    if found.template in _EXPIRED:
        return found.template, _expired(found.template, found.values.get("why", ""), when_awake)
    return found.template, ENDS[found.template]


def words_of_unknown(detail: str) -> Text:
    """The words for an action whose outcome nobody knows yet."""
    found = find(detail) if detail else None
    known = OUTCOME_UNKNOWN.get(found.template) if found else None
    return known or OUTCOME_UNKNOWN[sentences.NO_ANSWER]


def _expired(template: str, why: str, when_awake: bool) -> Text:
    waited = find(why) if why else None
    if waited is not None and waited.template in EXPIRED:
        return EXPIRED[waited.template]
    return NEVER_AWAKE if when_awake else ENDS[template]
