"""The alerts of a fleet as its pages list them, the newest first, a page at a time."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from alerts.places import path_of
from alerts.rhythm import SECOND_PERSON_KINDS
from fleets.access import is_narrowed, seen_in
from fleets.models import Fleet
from fleets.words.numbers import Tone, Word
from remotes.models import Alert

PAGE_SIZE = 20

Kind = Alert.Kind

_WARNINGS = (Kind.WAKE_UPS, Kind.CREDENTIALS_END, Kind.APPROVAL_WANTED, Kind.CHANGE_WANTED)


@dataclass(frozen=True)
class AlertRow:
    """An alert, how it stands, and where it leads to."""

    alert: Alert
    word: Word
    path: str

    @property
    def about(self) -> str:
        """What it is about, in a word or two."""
        if self.alert.vehicle is not None:
            return self.alert.vehicle.full_name
        if self.alert.kind == Kind.CREDENTIALS_END:
            return gettext("Credentials")
        if self.alert.kind in SECOND_PERSON_KINDS:
            return gettext("Second person")
        return gettext("Callback") if self.alert.kind == Kind.CALLBACK_FAILED else gettext("Manufacturer's cloud")

    @property
    def times(self) -> int:
        """How often it has occurred; what ends is told several times, but occurs once."""
        return 1 if self.alert.kind == Kind.CREDENTIALS_END else self.alert.count

    @property
    def can_be_settled(self) -> bool:
        return self.alert.is_open and self.alert.kind == Kind.DANGEROUS_ACTION


@dataclass(frozen=True)
class Page:
    """`older` is the key that the next page lies before, None on the last one."""

    rows: list[AlertRow]
    older: int | None


def alerts_of(fleet: Fleet) -> QuerySet[Alert]:
    """Those of the fleet, and those that concern all fleets; only those of single vehicles where the person that the
    fleet was looked up for sees some of them.
    """
    if is_narrowed(fleet):
        return Alert.objects.filter(fleet=fleet, vehicle__in=seen_in(fleet).order_by())
    # What admins decide among themselves is nothing to a fleet.
    of_all = Q(fleet__isnull=True) & ~Q(kind__in=SECOND_PERSON_KINDS)
    return Alert.objects.filter(Q(fleet=fleet) | of_all)


def open_count(fleet: Fleet) -> int:
    return alerts_of(fleet).filter(cleared_at__isnull=True).count()


def alerts_page(fleet: Fleet, *, past: bool, before: int | None) -> Page:
    """The alerts that are over, or those that are open."""
    rows = alerts_of(fleet).filter(cleared_at__isnull=not past).select_related("fleet", "vehicle", "action")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return Page([_row(alert) for alert in shown], shown[-1].pk if len(found) > PAGE_SIZE else None)


def _row(alert: Alert) -> AlertRow:
    tone = Tone.WARN if alert.kind in _WARNINGS else Tone.BAD
    return AlertRow(alert, Word(alert.get_kind_display(), tone if alert.is_open else Tone.PLAIN), _path(alert))


def _path(alert: Alert) -> str:
    """Not where those decide who have a mail, but where everybody sees what it is about."""
    if alert.kind in SECOND_PERSON_KINDS and alert.action and alert.vehicle and alert.fleet:
        return reverse("action", args=[alert.fleet.public_id, alert.vehicle.public_id, alert.action.public_id])
    return path_of(alert)
