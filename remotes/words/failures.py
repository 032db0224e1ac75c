"""Chooses the words for a failure from what the action's row says. Needs no query."""

from gateways.codes import NO_ANSWER
from protocol.why import Why
from remotes.words import codes
from remotes.words.causes import cause_words
from remotes.words.ends import ENDS, OUTCOME_UNKNOWN
from remotes.words.expired import EXPIRED, MET, NEVER_AWAKE
from remotes.words.refusals import refusal_words
from remotes.words.texts import Text

_EXPIRED = (codes.EXPIRED, codes.EXPIRED_BECAUSE, codes.EXPIRES_FIRST)


def words_of(
    cause: str, why: Why | None, *, when_awake: bool = False, http_status: int | None = None
) -> tuple[str, Text]:
    """What the failure is known by, a cause or the code of an end of our own, and its words.

    `why` is the row's, `http_status` what the manufacturer's cloud refused the action with where that is known.
    """
    if why is None or why.code not in ENDS:
        return cause, cause_words(cause)
    if why.code == codes.REFUSED and http_status:
        return why.code, refusal_words(http_status)
    if why.code in _EXPIRED:
        return why.code, _expired(why, when_awake)
    return why.code, ENDS[why.code]


def words_of_unknown(why: Why | None) -> Text:
    """The words for an action whose outcome nobody knows yet."""
    known = OUTCOME_UNKNOWN.get(why.code) if why else None
    return known or OUTCOME_UNKNOWN[NO_ANSWER]


def _expired(why: Why, when_awake: bool) -> Text:
    waited = why.values.get("why")
    if isinstance(waited, Why) and waited.code in EXPIRED:
        return _met(waited) or EXPIRED[waited.code]
    return NEVER_AWAKE if when_awake else ENDS[why.code]


def _met(waited: Why) -> Text | None:
    """Where a gateway counted as down though it was something else that answered."""
    met = waited.values.get("why")
    if waited.code != codes.DOWN_BECAUSE or not isinstance(met, Why):
        return None
    status = int(str(met.values.get("status") or 0))
    return MET.get(met.code) if status < 500 else None
