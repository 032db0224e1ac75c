"""Chooses the words for a failure from what the action's row says. Needs no query."""

from fleets.words.why import say
from gateways.codes import NO_ANSWER
from protocol import statuses
from protocol.why import Why
from remotes.models import RemoteAction
from remotes.words import codes
from remotes.words.causes import cause_words, is_told
from remotes.words.ends import ENDS, OUTCOME_UNKNOWN
from remotes.words.expired import EXPIRED, MET, NEVER_AWAKE
from remotes.words.refusals import refusal_words
from remotes.words.texts import Text

_EXPIRED = (codes.EXPIRED, codes.EXPIRED_BECAUSE, codes.EXPIRES_FIRST)


def has_failed(status: str, cause: str | None) -> bool:
    """Whether there is a failure to give words for; a cause beside another status is shown as well."""
    return status == statuses.FAILED or is_told(cause)


def why_failed(action: RemoteAction) -> str:
    """Why it came to nothing, in a sentence: ours for an end of our own, else the cause's; "" where it has not failed.

    Everything that shows a failure in one line asks this.
    """
    told = told_why(action.status, action.failure_cause)
    return told and (say(action.why) or told)


def told_why(status: str, cause: str | None) -> str:
    """What upstream says of a failure, in a sentence; "" where nothing has failed."""
    return str(cause_words(cause).text) if has_failed(status, cause) else ""


def words_of(
    cause: str | None, why: Why | None, *, when_awake: bool = False, http_status: int | None = None
) -> tuple[str, Text]:
    """What the failure is known by, a cause or the code of an end of our own, and its words.

    `why` is the row's, `http_status` what the manufacturer's cloud refused the action with where that is known.
    """
    if why is None or why.code not in ENDS:
        return cause or "", cause_words(cause)
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
