"""Why nothing is sent for a fleet at present: a person has stopped it, or a gateway does not take it."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from fleets.models import Fleet
from fleets.words.why import say
from protocol.why import read_why
from remotes.gate.circuit import is_in_front
from remotes.models import GatewayHealth, SendingStop

_STOPPED = "stopped"
_ALL_FLEETS = "all"
_DOWN, _REFUSED = GatewayHealth.State.DOWN, GatewayHealth.State.REFUSED


@dataclass(frozen=True)
class Notice:
    """`words` in a sentence, `more` in another one; `is_bad` where nothing gets better by itself."""

    words: str
    more: str
    since: datetime | None
    is_bad: bool


def notices(fleet: Fleet, gateway_id: int | None = None) -> list[Notice]:
    """What people of the fleet must know before they send, through one of its gateways or any: one query."""
    stops = SendingStop.objects.holding_for(fleet).order_by()
    stopped = stops.annotate(
        kind=Value(_STOPPED),
        where=Case(When(fleet__isnull=True, then=Value(_ALL_FLEETS)), default=Value("")),
        since=F("stopped_at"),
    )
    closed = GatewayHealth.objects.filter(gateway__upstream_fleets__fleet=fleet, state__in=[_DOWN, _REFUSED])
    if gateway_id is not None:
        closed = closed.filter(gateway_id=gateway_id)
    met = closed.annotate(met=Cast("why", TextField()))
    gateways = met.order_by().values_list("state", "gateway__name", "met", "since")
    rows = stopped.values_list("kind", "where", "reason", "since").union(gateways, all=True)
    return [_notice(*row) for row in rows]


def _notice(kind: str, where: str, reason: str | None, since: datetime | None) -> Notice:
    """`reason` is the person's who stopped it, or a gateway's `why` in JSON."""
    if kind == _STOPPED:
        words = (
            _("Sending is stopped for all fleets: %(why)s")
            if where
            else _("Sending is stopped for this fleet: %(why)s")
        )
        return Notice(words % {"why": reason}, _("What is asked for waits, and may expire."), since, True)
    met = read_why(json.loads(reason)) if reason else None
    if kind == _REFUSED and is_in_front(met):
        more = _("What is asked for waits until it lets us through, and may expire.")
        words = _("Something in front of the manufacturer's cloud (%(name)s) refuses us.")
        return Notice(words % {"name": where}, more, since, True)
    if kind == _REFUSED:
        more = _("What is asked for waits until the credentials of the gateway are right again.")
        words = _("The manufacturer's cloud (%(name)s) refuses our credentials.")
        return Notice(words % {"name": where}, more, since, True)
    more = _("What is asked for waits until it works again, and may expire.")
    words = (
        _("The manufacturer's cloud (%(name)s) is down: %(why)s.")
        if reason
        else _("The manufacturer's cloud (%(name)s) is down.")
    )
    why = say(met).rstrip(".")
    return Notice(words % {"name": where, "why": why}, more, since, False)
