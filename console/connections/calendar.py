"""The credentials calendar on pages: what ends and when, and in a line what ends first."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from connections.calendar.ends import Entry, What
from connections.calendar.models import EndNotice
from connections.calendar.reading import calendar
from connections.models import Connection
from connections.tasks import look_at_calendar
from console.requests import PageRequest, person_page, see
from console.rights import check_admin
from fleets.models import ApiSecret
from fleets.storage import clock
from fleets.storage.redis import best_effort
from fleets.words.numbers import Tone, Word
from fleets.words.why import say

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLES: dict[What, "StrOrPromise"] = {
    What.CLIENT_CERTIFICATE: _("Client certificate"),
    What.CA_BUNDLE: _("CA that we trust"),
    What.SITE: _("Our own TLS certificate"),
    What.API_SECRET: _("Password of an API client"),
    What.REFUSED: _("Credentials"),
    What.FORMER: _("Former client certificate"),
    What.DRAFT: _("Entered, not in use"),
}

# The page of whatever the key belongs to, by these and the key.
_OWN, _OF_GATEWAY, _OF_CLIENT = range(3)
Pages = dict[tuple[int, int], str]


@dataclass(frozen=True)
class EndRow:
    """A line: `word` says how long it is good, `why` more where something is wrong; `path` leads to where it is set."""

    title: "StrOrPromise"
    name: str
    subject: str
    ends_at: datetime | None
    word: Word
    why: str
    path: str
    can_be_read: bool


@dataclass(frozen=True)
class NearestEnd:
    """What ends first of all that ends within 30 days, or is over; `more` are the others."""

    title: "StrOrPromise"
    name: str
    ends_at: datetime
    is_over: bool
    more: int


def end_rows() -> list[EndRow]:
    """The most urgent first. Eight statements, however many there are."""
    now, pages = clock.now(), _pages()
    return [_row(entry, now, pages) for entry in calendar()]


def nearest_end() -> NearestEnd | None:
    """None while nothing ends soon. One statement."""
    notices = list(EndNotice.objects.order_by("ends_at"))
    if not notices:
        return None
    first = notices[0]
    is_over = first.ends_at <= clock.now()
    return NearestEnd(TITLES[What(first.what)], first.name, first.ends_at, is_over, len(notices) - 1)


@require_POST
@person_page
def read_site_certificate(request: PageRequest) -> HttpResponse:
    """Have a worker read our own certificate now, and look at all that ends."""
    check_admin(request)
    best_effort(lambda: look_at_calendar.delay(at_once=True))
    return see("connections")


def _pages() -> Pages:
    """The page of each connection by its own key and by its gateway's, and of an API client by its passwords' keys."""
    found = {}
    for pk, gateway_id, public_id in Connection.objects.values_list("pk", "gateway_id", "public_id"):
        found[_OWN, pk] = found[_OF_GATEWAY, gateway_id or 0] = reverse("connection", args=[public_id])
    for pk, public_id in ApiSecret.objects.filter(ends_at__isnull=False).values_list("pk", "client__public_id"):
        found[_OF_CLIENT, pk] = reverse("client", args=[public_id])
    return found


def _row(entry: Entry, now: datetime, pages: Pages) -> EndRow:
    return EndRow(
        title=TITLES[entry.what],
        name=entry.name,
        subject=entry.subject,
        ends_at=entry.ends_at,
        word=_word(entry, now),
        why=say(entry.why),
        path=_path(entry, pages),
        can_be_read=entry.what is What.SITE,
    )


def _path(entry: Entry, pages: Pages) -> str:
    if entry.what is What.API_SECRET:
        return pages.get((_OF_CLIENT, entry.owner), "")
    if entry.what is What.SITE:
        return ""
    return pages.get((_OWN if entry.what is What.DRAFT else _OF_GATEWAY, entry.owner), "")


def _word(entry: Entry, now: datetime) -> Word:
    if entry.what is What.REFUSED:
        return Word(_("Refused"), Tone.BAD)
    days, step = entry.days(now), entry.step(now)
    if days is None:
        return Word(_("Not known"), Tone.WARN)
    tone = Tone.PLAIN if entry.is_remark else _TONES.get(step, Tone.GOOD)
    if days < 0:
        return Word(_("Over"), tone)
    if days == 0:
        return Word(_("Less than a day"), tone)
    return Word(ngettext("%(days)d day", "%(days)d days", days) % {"days": days}, tone)


_TONES: dict[int | None, Tone] = {0: Tone.BAD, 1: Tone.BAD, 7: Tone.WARN, 30: Tone.WARN}
