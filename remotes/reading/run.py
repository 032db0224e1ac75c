"""Reads the states that are due at one gateway: as a list where that takes fewer requests, else one by one.

It stands back: within half of each second's requests and of the day's (fleets/budgets.lua), or a few a second where no
limit is known, and not while an action or anything else waits for the gateway, or for a while after a 429
(remotes/reading/slowed.py). What is left over stays due, for the next run.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from fleets.budgets import Kind
from fleets.models import Gateway, UpstreamFleet, Vehicle
from fleets.room import ROOM
from fleets.storage import clock
from fleets.sync.run import STATES, alone
from fleets.vehicles.dates import LONG_AGO, said_at
from gateways.interface import GatewayClient, GatewayError, concerns_all
from protocol.canonical import JsonObject
from remotes.gate import gate, gateway_health
from remotes.jobs import READ_STATES, wake
from remotes.reading import due, slowed
from remotes.reading.due import Pass, Place
from remotes.reading.keeping import Answer, keep
from remotes.reading.verdict import (
    asks_to_slow_down,
    has_no_list,
    is_about_vehicle,
    was_asked,
    why_not,
)

# Seconds of a run: it takes a thread.
LONGEST = 20.0
# Vehicles whose answers are written together, and seconds that an answer waits for that at the most.
TOGETHER, LATEST = 25, 2.0
# Failures one after the other, after which a gateway is left alone until the next run.
PATIENCE = 3
# Seconds between two requests to a gateway that tells no limits.
BETWEEN = 0.2
# A list that was refused, or failed, is not asked for meanwhile.
NO_LIST, LIST_FAILED = timedelta(days=1), timedelta(hours=1)


class _Enough(Exception):
    """Nothing more in this run; `go_on` where there was no time."""

    def __init__(self, *, go_on: bool) -> None:
        super().__init__()
        self.go_on = go_on


def read_gateway(gateway_id: int) -> None:
    """Read what is due; what goes wrong is in the vehicles' rows."""
    if slowed.slowed([gateway_id]):
        return
    gateway = Gateway.objects.get(pk=gateway_id)
    with alone(gateway, STATES) as is_alone:
        goes_on = is_alone and _Run(gateway).go()
    if goes_on:
        wake(READ_STATES, [gateway_id])


class _Run:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._ends = time.monotonic() + LONGEST
        self._failures = 0
        self._place = 0
        self._answers: list[Answer] = []
        self._kept_at = time.monotonic()
        self._asked_at: float | None = None

    def go(self) -> bool:
        """Whether there is more to do at once."""
        try:
            self._singly(due.soon)
            for found in due.passes(self._gateway.pk):
                self._list(found)
            self._singly(due.singly)
        except _Enough as enough:
            return enough.go_on
        finally:
            self._keep()
        if self._asked_at is not None:
            slowed.goes_well(self._gateway.pk)
        return False

    def _singly(self, places_of: Callable[[int, int], list[Place]]) -> None:
        """One by one until none is due."""
        while places := places_of(self._gateway.pk, TOGETHER):
            for place in places:
                self._look_up()
                self._ask(place)
            self._keep()

    def _look_up(self) -> None:
        """Before each request: whether this goes on."""
        if time.monotonic() > self._ends:
            raise _Enough(go_on=True)
        if ROOM.is_wanted(self._gateway.pk) or not gateway_health.reading(self._gateway.pk).is_up:
            raise _Enough(go_on=False)
        self._pace()

    def _pace(self) -> None:
        known = gateway_health.reading(self._gateway.pk).health
        if self._asked_at is not None and not known.burst_limit:
            time.sleep(max(self._asked_at + BETWEEN - time.monotonic(), 0.0))
        self._asked_at = time.monotonic()

    def _client(self) -> GatewayClient:
        return gate.client(self._gateway, kind=Kind.READING)

    def _ask(self, place: Place) -> None:
        # The time before the question: what happens during it is not in the answer for certain.
        asked_at = clock.now()
        try:
            state = self._client().vehicle_status(place.fleet_id, place.upstream_id)
        except GatewayError as error:
            self._failed(error, Answer(place.vehicle_id, asked_at, why=why_not(error)))
            return
        self._failures = 0
        self._note(Answer(place.vehicle_id, asked_at, state))

    def _failed(self, error: GatewayError, answer: Answer) -> None:
        if was_asked(error):
            self._note(answer)
        self._failures = 0 if is_about_vehicle(error) else self._failures + 1
        self._slow_down(error)
        if concerns_all(error) or self._failures >= PATIENCE:
            raise _Enough(go_on=False)

    def _slow_down(self, error: GatewayError) -> None:
        if asks_to_slow_down(error):
            slowed.step_back(self._gateway.pk)

    def _note(self, answer: Answer) -> None:
        self._answers.append(answer)
        if time.monotonic() - self._kept_at > LATEST:
            self._keep()

    def _keep(self) -> None:
        keep(self._answers)
        self._answers, self._kept_at = [], time.monotonic()

    def _list(self, found: Pass) -> None:
        """A fleet's list from where the last run has left it; two statements a page."""
        row = UpstreamFleet.objects.filter(pk=found.id)
        if not found.first:
            row.update(states_from=clock.now(), states_next=0)
        self._place = found.first
        try:
            self._pages(found)
        except _Enough:
            row.update(states_next=self._place)
            raise
        except GatewayError as error:
            self._slow_down(error)
            if concerns_all(error):
                row.update(states_next=self._place)
                raise _Enough(go_on=False) from error
            # Its vehicles are read one by one. A list that has been there is tried again earlier.
            wait = NO_LIST if has_no_list(error) and not self._place else LIST_FAILED
            row.update(states_next=None, states_singly_until=clock.now() + wait)
        else:
            row.update(states_next=None)

    def _pages(self, found: Pass) -> None:
        pages = self._client().statuses(found.upstream_id, found.first)
        while True:
            self._look_up()
            asked_at = clock.now()
            items = next(pages, None)
            if items is None:
                return
            keep([Answer(id, asked_at, state) for id, state in self._known(found, items).items()])
            self._place += len(items)

    def _known(self, found: Pass, items: list[JsonObject]) -> dict[int, JsonObject]:
        """The states by our vehicles' keys, of two the later; a VIN that is not in this fleet is left out."""
        items = sorted(items, key=lambda item: said_at(item) or LONG_AGO)
        states = {vin: item for item in items if isinstance(vin := item.get("vin"), str)}
        ours = Vehicle.objects.filter(gateway=self._gateway, fleet=found.fleet_id, vin__in=states, gone_at__isnull=True)
        return {vehicle_id: states[vin] for vehicle_id, vin in ours.values_list("pk", "vin")}
