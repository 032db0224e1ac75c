"""Alerts about a gateway that is down or refuses our credentials, one for each fleet that it serves."""

from django.db import transaction
from django.db.models import Q

from alerts.raising import clear_alert, raise_alert
from alerts.rhythm import GATEWAY_KINDS
from fleets.models import Gateway, UpstreamFleet
from protocol.why import Why
from remotes.gate.circuit import is_in_front
from remotes.models import Alert, GatewayHealth

Kind, State = Alert.Kind, GatewayHealth.State

_KINDS = {State.DOWN: Kind.GATEWAY_DOWN, State.REFUSED: Kind.GATEWAY_REFUSED}


def look() -> None:
    """Bring the alerts to what the gateways' health rows say, where nobody told us of a change."""
    concerned = Alert.objects.filter(kind__in=GATEWAY_KINDS, cleared_at__isnull=True).values_list("key", flat=True)
    not_well = ~Q(state=State.UP) | Q(pk__in=[int(key) for key in concerned])
    for gateway_id in list(GatewayHealth.objects.filter(not_well).values_list("pk", flat=True)):
        note_health(gateway_id)


@transaction.atomic
def note_health(gateway_id: int) -> None:
    """Raise and clear so that each fleet of the gateway has the one alert that fits its health, or none."""
    # Locked, so that what two processes note of one change counts once.
    rows = GatewayHealth.objects.select_for_update(of=["self"], no_key=True).select_related("gateway")
    health = rows.get(pk=gateway_id)
    gateway, right = health.gateway, _KINDS.get(State(health.state))
    alerts = Alert.objects.filter(kind__in=GATEWAY_KINDS, key=str(gateway.pk), cleared_at__isnull=True)
    standing = set(alerts.values_list("fleet_id", "kind"))
    for fleet_id, kind in standing:
        if kind != right:
            clear_alert(Kind(kind), fleet_id, str(gateway.pk), _over(gateway, right))
    if right is None:
        return
    served = UpstreamFleet.objects.filter(gateway=gateway, gone_at__isnull=True)
    for fleet_id in served.values_list("fleet_id", flat=True):
        if (fleet_id, right) not in standing:
            raise_alert(right, fleet_id, str(gateway.pk), _words(gateway, right, health.why))


def _words(gateway: Gateway, kind: Alert.Kind, why: Why | None) -> str:
    reason = str(why or "")
    if kind is Kind.GATEWAY_DOWN:
        return f"The manufacturer's cloud ({gateway}) does not work. Remote actions wait, and expire in time. {reason}"
    if is_in_front(why):
        return (
            f"Something in front of the manufacturer's cloud ({gateway}) refuses us, so nothing is sent. "
            f"Ask whoever manages the connection to look at it. {reason}"
        )
    return (
        f"The manufacturer's cloud ({gateway}) refuses our credentials, so nothing is sent. "
        f"Ask whoever manages the connection to set new ones. {reason}"
    )


def _over(gateway: Gateway, now_is: Alert.Kind | None) -> str:
    if now_is is Kind.GATEWAY_REFUSED:
        return f"The manufacturer's cloud ({gateway}) answers again, but refuses our credentials."
    if now_is is Kind.GATEWAY_DOWN:
        return f"The manufacturer's cloud ({gateway}) no longer refuses us, but does not work."
    return f"The manufacturer's cloud ({gateway}) takes remote actions again."
