"""Where sending is stopped and what waits there: a fleet, or all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.vehicle.history import Entry, entry_of, with_people
from fleets.models import Fleet, Gateway, UpstreamFleet, Vehicle
from fleets.tokens.state import token_state
from fleets.words.numbers import Tone, Word
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.why import Why
from remotes.asking import kill_switch
from remotes.gate.circuit import is_in_front
from remotes.models import FleetRules, GatewayHealth, SendingStop

PAGE_SIZE = 20

# Beyond it a page says "more than": nobody needs the exact number.
COUNT_LIMIT = 1000

_HEALTH = {
    GatewayHealth.State.UP: Word(_("Works"), Tone.GOOD, _("Actions are sent as they are asked for.")),
    GatewayHealth.State.DOWN: Word(
        _("Down"), Tone.BAD, _("Most requests fail. One at a time tries whether it works again; the others wait.")
    ),
    GatewayHealth.State.REFUSED: Word(
        _("Refuses us"),
        Tone.BAD,
        _("Our client ID, user name, password or certificate is not taken. Nothing is sent until they are right."),
    ),
}
_NO_TOKEN = Word(
    _("No access token"), Tone.BAD, _("Nothing can be sent without one. What is asked for waits until there is one.")
)
_IN_FRONT = Word(
    _("Refuses us"),
    Tone.BAD,
    _("Something in front of the manufacturer's cloud lets nothing through. Nothing is sent until it does."),
)


@dataclass(frozen=True)
class Scope:
    """A fleet, or all of them with None, and the addresses of its pages."""

    fleet: Fleet | None

    @property
    def words(self) -> str:
        return self.fleet.name if self.fleet else gettext("all fleets")

    @property
    def page(self) -> str:
        return self._address("sending")

    @property
    def stop(self) -> str:
        return self._address("stop-sending")

    @property
    def lift(self) -> str:
        return self._address("lift-sending")

    def _address(self, name: str) -> str:
        return reverse(name, args=[self.fleet.public_id]) if self.fleet else reverse(f"{name}-of-all")


@dataclass(frozen=True)
class WaitingRow:
    """An action that has not been sent, and its vehicle with its fleet."""

    entry: Entry
    vehicle: Vehicle


@dataclass(frozen=True)
class WaitingPage:
    """`next_after` is the key of the next page, None on the last."""

    rows: list[WaitingRow]
    next_after: int | None


@dataclass(frozen=True)
class GatewayRow:
    """A gateway of a fleet and how it works; `probe_at` is when it is tried next, None while it works.

    `no_token`: why there is no access token, while that alone keeps it from working. `no_callback`: why our callback
    there could not be registered or looked at last.
    """

    gateway: Gateway
    health: GatewayHealth
    word: Word
    no_token: Why | None = None
    no_callback: Why | None = None

    @property
    def is_open(self) -> bool:
        return self.health.state == GatewayHealth.State.UP

    @property
    def probe_at(self) -> datetime | None:
        return None if self.is_open else self.health.probe_at


def stops_that_hold(place: Scope) -> tuple[SendingStop | None, SendingStop | None]:
    """The stop of the place itself, and for a fleet that of all fleets."""
    found = SendingStop.objects.holding_for(place.fleet).select_related("stopped_by")
    by_fleet = {row.fleet_id: row for row in found}
    if place.fleet is None:
        return by_fleet.get(None), None
    return by_fleet.get(place.fleet.pk), by_fleet.get(None)


def fleets_stopped() -> list[str]:
    """The names of fleets that their own managers have stopped, the first ones: one query."""
    own = SendingStop.objects.unlifted().filter(fleet__isnull=False).order_by("fleet__name")
    return list(own.values_list("fleet__name", flat=True)[:PAGE_SIZE])


def waiting_page(place: Scope, after: int = 0) -> WaitingPage:
    """What has been asked for and not been sent, the oldest first: one query."""
    actions = (
        with_people(kill_switch.waiting(_key(place)))
        .select_related("vehicle__fleet", "vehicle__gateway")
        .filter(pk__gt=after)
    )
    found = list(actions[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    rows = [WaitingRow(entry_of(action), action.vehicle) for action in shown]
    return WaitingPage(rows, shown[-1].pk if len(found) > PAGE_SIZE else None)


def number_waiting(place: Scope) -> int:
    """How many wait, up to one more than COUNT_LIMIT."""
    return kill_switch.waiting(_key(place)).order_by()[: COUNT_LIMIT + 1].count()


def gateways_of(fleet: Fleet) -> list[GatewayRow]:
    """The fleet's gateways and their health: one query, and one more for each that is used with access tokens."""
    found = UpstreamFleet.objects.filter(fleet=fleet).select_related("gateway__health").order_by("gateway")
    return [replace(_gateway_row(row.gateway), no_callback=row.callback_problem) for row in found]


def own_times(rules: FleetRules) -> Sequence[tuple[RemoteType, int, int]]:
    """The types with a time to live of the fleet's own: in minutes, and what is usual."""
    return [
        (entry, _minutes(rules.time_to_live(entry).total_seconds()), _minutes(entry.time_to_live.total_seconds()))
        for entry in REMOTE_TYPES.values()
        if rules.time_to_live(entry) != entry.time_to_live
    ]


def _minutes(seconds: float) -> int:
    return round(seconds / 60)


def _gateway_row(gateway: Gateway) -> GatewayRow:
    health = getattr(gateway, "health", None) or GatewayHealth(gateway=gateway)
    token = token_state(gateway) if health.state == GatewayHealth.State.UP else None
    if token is not None and token.ok is False:
        return GatewayRow(gateway, health, _NO_TOKEN, token.why)
    is_held_up = health.state == GatewayHealth.State.REFUSED and is_in_front(health.why)
    return GatewayRow(gateway, health, _IN_FRONT if is_held_up else _HEALTH[GatewayHealth.State(health.state)])


def _key(place: Scope) -> int | None:
    return place.fleet.pk if place.fleet else None
