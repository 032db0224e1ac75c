"""Tells people what is due: a line for each e-mail, and a notification into the outbox of each alert webhook.

All of it is one transaction an alert, so that nothing is told twice or forgotten, whatever ends in between. While a
gateway is down or refuses us, alerts about single actions of its vehicles are held; its all-clear says how many.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Value, When

from alerts.choices import people_to_tell, webhooks_to_tell
from alerts.rhythm import ACTION_KINDS, GATEWAY_KINDS, next_telling
from callbacks.alert_event import AlertEvent, encode_alert_event
from callbacks.models import Callback
from callbacks.outbox import Entry, put
from fleets.models import Gateway
from remotes.models import Alert, AlertLine, GatewayHealth
from remotes.words.describe import counted

Told, What = Alert.Told, AlertLine.What

# Alerts that a sweep tells at the most; the next one goes on.
LIMIT = 500


def tell_due(now: datetime) -> None:
    """Tell what is due; gateways first, since their all-clear tells what was held."""
    first = Case(When(kind__in=GATEWAY_KINDS, then=Value(0)), default=Value(1))
    due = Alert.objects.filter(tell_at__lte=now).order_by(first, "tell_at")
    for pk in list(due.values_list("pk", flat=True)[:LIMIT]):
        _tell(pk, now)


def release_held(now: datetime) -> None:
    """Let go what is held though its gateway is up and no all-clear is about to tell it."""
    held = Alert.objects.filter(held=True, action__gateway__health__state=GatewayHealth.State.UP)
    for fleet_id, gateway_id in set(held.values_list("fleet_id", "action__gateway_id")):
        about = Alert.objects.filter(kind__in=GATEWAY_KINDS, fleet_id=fleet_id, key=str(gateway_id))
        if not about.filter(cleared_at__isnull=False, tell_at__lte=now).exists():
            held.filter(fleet_id=fleet_id, action__gateway_id=gateway_id).update(held=False, tell_at=now)


def _tell(pk: int, now: datetime) -> None:
    with transaction.atomic():
        rows = Alert.objects.select_for_update(skip_locked=True, of=["self"], no_key=True)
        alert = rows.select_related("fleet", "action", "vehicle").filter(pk=pk, tell_at__lte=now).first()
        if alert is None:
            return
        if _is_to_be_held(alert):
            alert.set(held=True, tell_at=None)
            return
        what, words = _news(alert)
        if what is What.CLEARED and alert.kind in GATEWAY_KINDS:
            words += _failed_meanwhile(alert)
        _write(alert, what, words, now)
        alert.told = Told.CLEARED if what is What.CLEARED else Told.RAISED
        alert.told_at, alert.told_count = now, alert.count
        alert.reminders = alert.reminders + 1 if what is What.REMINDER else 0
        alert.tell_at = next_telling(alert)
        alert.save(update_fields=["told", "told_at", "told_count", "reminders", "tell_at"])


def _news(alert: Alert) -> tuple[AlertLine.What, str]:
    """What is news about it, as `next_telling` has found that there is."""
    if not alert.is_open:
        return What.CLEARED, alert.cleared_words
    what = {Told.NOTHING: What.RAISED, Told.CLEARED: What.AGAIN, Told.RAISED: What.REMINDER}[Told(alert.told)]
    # What ends is told at each of several moments, but occurs once.
    is_repeated = alert.count > 1 and alert.kind != Alert.Kind.CREDENTIALS_END
    often = f" It has occurred {alert.count} times." if is_repeated else ""
    return what, alert.words + often


def _is_to_be_held(alert: Alert) -> bool:
    if alert.kind not in ACTION_KINDS or alert.action is None or alert.told != Told.NOTHING:
        return False
    return not _is_up(alert.action.gateway_id)


def _is_up(gateway_id: int) -> bool:
    return not GatewayHealth.objects.filter(pk=gateway_id).exclude(state=GatewayHealth.State.UP).exists()


def _failed_meanwhile(alert: Alert) -> str:
    """How many alerts about single actions were held; they count as told by this."""
    gateway_id = Gateway.objects.filter(pk=alert.key).values_list("pk", flat=True).first()
    if gateway_id is None or not _is_up(gateway_id):
        return ""
    held = Alert.objects.filter(held=True, fleet=alert.fleet, action__gateway_id=gateway_id)
    number = held.update(held=False, told=Told.RAISED, told_at=alert.cleared_at, told_count=1)
    if not number:
        return ""
    return f" {counted(number, 'dangerous action')} failed or had no known outcome meanwhile; see the fleet's alerts."


def _write(alert: Alert, what: AlertLine.What, words: str, now: datetime) -> None:
    AlertLine.objects.bulk_create(
        AlertLine(alert=alert, user_id=user_id, what=what, words=words, at=now) for user_id in people_to_tell(alert)
    )
    for callback in webhooks_to_tell(alert):
        put(callback, [Entry(encode_alert_event(_event(alert, callback, words)), None)])


def _event(alert: Alert, callback: Callback, words: str) -> AlertEvent:
    return AlertEvent(
        alert_id=alert.public_id,
        kind=alert.kind,
        fleet_id=callback.fleet.public_id,
        message=words,
        raised_at=alert.first_at,
        cleared_at=alert.cleared_at,
        count=alert.count,
        vin=alert.vehicle.vin if alert.vehicle else "",
        remote_action_id=alert.action.public_id if alert.action else "",
    )
