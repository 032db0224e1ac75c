"""Alerts about what ends: told at each of the steps once, whenever this looks next, and cleared once it is renewed."""

from django.db import transaction

from alerts.raising import clear_alert, raise_alert
from connections.calendar.ends import Entry, What, is_news
from connections.calendar.models import EndNotice
from connections.calendar.reading import calendar
from connections.calendar.words import cleared_words, left_words, words_of
from fleets.models import ApiClient, UpstreamFleet
from fleets.storage import clock
from remotes.models import Alert

_KIND = Alert.Kind.CREDENTIALS_END
# An alert that concerns all fleets has none.
_ALL = None


def look() -> None:
    """Bring notices and alerts to what the calendar says. Refused credentials have an alert of their own."""
    now = clock.now()
    entries = {entry.key: entry for entry in calendar() if not entry.is_remark and entry.what is not What.REFUSED}
    ending = {key: step for key, entry in entries.items() if (step := entry.step(now)) is not None}
    for key, step in ending.items():
        _tell(entries[key], step)
    for key in EndNotice.objects.exclude(pk__in=ending).values_list("pk", flat=True):
        _clear(key, entries.get(key))


@transaction.atomic
def _tell(entry: Entry, step: int) -> None:
    assert entry.ends_at is not None
    EndNotice.objects.get_or_create(
        pk=entry.key, defaults={"what": entry.what, "name": entry.name, "ends_at": entry.ends_at}
    )
    # Locked, so that what two processes see of one step is told once.
    notice = EndNotice.objects.select_for_update().get(pk=entry.key)
    news = is_news(notice.step, step) or notice.ends_at != entry.ends_at
    standing, concerned = _standing(entry.key), _concerned(entry)
    for fleet_id in concerned if news else concerned - standing:
        raise_alert(_KIND, fleet_id, entry.key, words_of(entry, step))
    for fleet_id in standing - concerned:
        clear_alert(_KIND, fleet_id, entry.key, left_words())
    if news:
        notice.name, notice.ends_at, notice.step = entry.name, entry.ends_at, step
        notice.save()


@transaction.atomic
def _clear(key: str, entry: Entry | None) -> None:
    """`entry` None: it is not there any more."""
    notice = EndNotice.objects.select_for_update().filter(pk=key).first()
    if notice is None or (entry is not None and entry.ends_at is None):
        # Not known just now is not renewed.
        return
    for fleet_id in _standing(key):
        clear_alert(_KIND, fleet_id, key, cleared_words(entry))
    notice.delete()


def _standing(key: str) -> set[int | None]:
    """The fleets with an open alert about it; None among them where it concerns all."""
    alerts = Alert.objects.filter(kind=_KIND, key=key, cleared_at__isnull=True)
    return set(alerts.values_list("fleet_id", flat=True))


def _concerned(entry: Entry) -> set[int | None]:
    if entry.what is What.SITE:
        return {_ALL}
    if entry.what is What.API_SECRET:
        return set(
            ApiClient.fleets.through.objects.filter(apiclient__secrets=entry.owner).values_list("fleet_id", flat=True)
        )
    served = UpstreamFleet.objects.filter(gateway=entry.owner, gone_at__isnull=True)
    return set(served.values_list("fleet_id", flat=True))
