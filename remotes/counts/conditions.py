"""How an action of a fleet stands and why it failed, as conditions: for the numbers and the lists behind them alike."""

from collections import Counter
from datetime import timedelta

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, TextChoices, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from fleets.storage import clock
from protocol import statuses
from remotes.life.lateness import UNDER_WAY, is_late
from remotes.life.lifecycle import Stage
from remotes.models import RemoteAction
from remotes.words.causes import CAUSES, NOT_TOLD, cause_words
from remotes.words.statuses import STATES

State = RemoteAction.State

LATELY = timedelta(hours=24)


class Standing(TextChoices):
    """Each action stands in one of these ways; of the last two, one is a part of those that failed, one of those under
    way.
    """

    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Outcome unknown")
    APPROVAL = "approval", _("Waiting for approval")
    UNDER_WAY = "under-way", _("Under way")
    SUCCEEDED = "succeeded", _("Succeeded")
    CANCELLED = "cancelled", _("Cancelled")
    OTHER = "other", _("Ended in another way")
    LEFT = "left", _("Failed, not tried again")
    LATE = "late", _("Under way, late")


class Reason(TextChoices):
    """Why an action failed where no cause of the protocol says it. `NOT_KNOWN`: any cause that is not known here."""

    EXPIRED = "expired"
    ENDED_BY_US = "ended-by-us"
    NOT_TOLD = "not-told"
    NOT_KNOWN = "not-known"


OPEN = (Standing.APPROVAL, Standing.UNKNOWN, Standing.UNDER_WAY)
NEEDS = (Standing.LEFT, Standing.UNKNOWN, Standing.LATE, Standing.APPROVAL)

_ENDED = Q(finished_at__isnull=False)
_FAILED = _ENDED & Q(status=statuses.FAILED) & ~Q(state=State.CANCELLED)

CONDITIONS: dict[Standing, Q] = {
    Standing.FAILED: _FAILED,
    Standing.UNKNOWN: Q(state=State.UNKNOWN),
    Standing.APPROVAL: Q(state=State.WAITING_APPROVAL),
    Standing.UNDER_WAY: Q(state__in=UNDER_WAY),
    Standing.SUCCEEDED: _ENDED & Q(status__in=statuses.CARRIED_OUT),
    Standing.CANCELLED: Q(state=State.CANCELLED),
}

OUTCOME = Case(
    *[When(condition, then=Value(outcome)) for outcome, condition in CONDITIONS.items()],
    default=Value(Standing.OTHER),
    output_field=CharField(),
)

_REASONS: dict[Reason, Q] = {
    Reason.EXPIRED: Q(state=State.EXPIRED),
    Reason.ENDED_BY_US: Q(status_stage=Stage.ENDED_BY_US, failure_cause=statuses.GENERAL_ERROR),
    Reason.NOT_TOLD: Q(failure_cause__isnull=True) | Q(failure_cause=""),
}

REASON = Case(
    *[When(condition, then=Value(reason)) for reason, condition in _REASONS.items()],
    default=Coalesce("failure_cause", Value("")),
    output_field=TextField(),
)

_REASON_WORDS = {
    Reason.EXPIRED: STATES[State.EXPIRED].meaning,
    Reason.ENDED_BY_US: _("It could not be sent, or nobody could tell what became of it."),
    Reason.NOT_TOLD: NOT_TOLD.text,
    Reason.NOT_KNOWN: _("The manufacturer's cloud gave a cause that is not known here."),
}


def with_outcome(actions: QuerySet[RemoteAction], outcome: Standing) -> QuerySet[RemoteAction]:
    """Those that stand so."""
    if outcome == Standing.LATE:
        return actions.filter(is_late(clock.now()))
    if outcome == Standing.LEFT:
        return actions.alias(was_left=is_left()).filter(_FAILED, was_left=True)
    if outcome == Standing.OTHER:
        return actions.alias(outcome=OUTCOME).filter(_ENDED, outcome=Standing.OTHER)
    return actions.filter(CONDITIONS[outcome])


def with_reason(actions: QuerySet[RemoteAction], reason: str) -> QuerySet[RemoteAction]:
    """Those that failed for this reason: one of Reason, or a cause of the protocol."""
    return actions.alias(reason_of_failure=REASON).filter(_FAILED, is_for(reason, "reason_of_failure"))


def is_for(reason: str, name: str) -> Q:
    """Whether the REASON that is annotated under this name is that one."""
    if reason == Reason.NOT_KNOWN:
        return ~Q(**{f"{name}__in": [*CAUSES, *Reason.values]})
    return Q(**{name: reason})


def is_left() -> Case:
    """Whether it failed and nothing of the same type was asked of the vehicle later: nobody has seen to it."""
    later = RemoteAction.objects.filter(
        vehicle=OuterRef("vehicle"), remote_type=OuterRef("remote_type"), pk__gt=OuterRef("pk")
    )
    again = Exists(later.exclude(state=State.CANCELLED).order_by())
    # Inside of CASE each is looked up in the vehicle's history; a plain NOT EXISTS is joined with all that there are.
    return Case(When(~_FAILED, then=Value(False)), When(again, then=Value(False)), default=Value(True))


def reason_words(reason: str) -> str:
    """The reason in a sentence; one that holds the cause where that is not known here."""
    if reason in Reason.values:
        return str(_REASON_WORDS[Reason(reason)])
    return str(cause_words(reason).text)


def reason_choices(asked: str = "") -> list[tuple[str, str]]:
    """All reasons with their words, to choose from, and the one that is asked for, which may be upstream's own word.

    Where both dialects have a cause of their own for the same, its name tells them apart.
    """
    known = [*CAUSES, *Reason.values]
    names = [*known, *([asked] if asked and asked not in known else [])]
    words = {name: reason_words(name) for name in names}
    often = Counter(words.values())
    return [(name, f"{text} ({name})" if often[text] > 1 else text) for name, text in words.items()]
