"""Keeps what each vehicle can do: asked of upstream a vehicle at a time, so bounded for each run."""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Q, QuerySet

from fleets.clients import watched_client
from fleets.models import Gateway, UpstreamFleet, Vehicle
from fleets.storage import clock
from fleets.sync.run import alone
from fleets.vehicles.capabilities import remote_types
from fleets.vehicles.state import dig
from gateways.interface import GatewayClient, GatewayError, concerns_all

logger = logging.getLogger(__name__)

# Vehicles a run and gateway. At a run every 10 minutes that is 28,800 vehicles a day.
LIMIT = 200
# Seconds of a run and gateway: it takes a thread.
LONGEST = 60.0
AGE = timedelta(days=1)
# Failures one after the other, after which a gateway is left alone until the next run.
PATIENCE = 3


@dataclass
class Refreshed:
    """How many vehicles were read, how many are still to be, and what went wrong."""

    read: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)


def refresh_all(limit: int = LIMIT) -> Refreshed:
    """Ask for the capabilities that are missing or a day old, of each gateway `limit` vehicles at the most."""
    done = Refreshed()
    for gateway in Gateway.objects.order_by("name"):
        _refresh_alone(gateway, limit, done)
        done.left += _due(gateway).count()
    return done


def refresh_one(gateway_id: int) -> None:
    """Ask for those that are due of one gateway; what goes wrong is in the log."""
    _refresh_alone(Gateway.objects.get(pk=gateway_id), LIMIT, Refreshed())


def _refresh_alone(gateway: Gateway, limit: int, done: Refreshed) -> None:
    known = len(done.problems)
    with alone(gateway) as is_alone:
        if is_alone:
            _refresh(gateway, limit, done)
    for problem in done.problems[known:]:
        logger.warning("Capabilities: %s", problem)


def _due(gateway: Gateway) -> QuerySet[Vehicle]:
    old = Q(capabilities_checked_at__isnull=True) | Q(capabilities_checked_at__lt=clock.now() - AGE)
    return Vehicle.objects.filter(old, gateway=gateway, gone_at__isnull=True, fleet__upstream_fleets__gateway=gateway)


def _refresh(gateway: Gateway, limit: int, done: Refreshed) -> None:
    fleets = dict(UpstreamFleet.objects.filter(gateway=gateway).values_list("fleet_id", "upstream_id"))
    due = _due(gateway).only("vin", "fleet_id", "upstream_id", "brand")
    failures = 0
    ends = time.monotonic() + LONGEST
    for vehicle in due.order_by(F("capabilities_checked_at").asc(nulls_first=True), "pk")[:limit]:
        if time.monotonic() > ends:
            return
        try:
            _ask(watched_client(gateway), fleets[vehicle.fleet_id], vehicle)
            done.read += 1
            failures = 0
        except GatewayError as error:
            done.problems.append(f"{vehicle.vin} at {gateway}: {error}")
            failures += 1
            if failures == PATIENCE or concerns_all(error):
                return
            # Asked again tomorrow, so that what always fails does not keep others from their turn.
            _keep(vehicle)


def _ask(client: GatewayClient, fleet_id: str, vehicle: Vehicle) -> None:
    extension = dig(client.vehicle(fleet_id, vehicle.upstream_id), "_embedded", "extension")
    document = dig(extension, "onboardCapabilities")
    names = remote_types(document)
    # An answer without capabilities says nothing: what is known stays.
    told: dict[str, object] = {} if names is None else {"capabilities": names, "capability_document": document}
    model = dig(extension, "branding", "label")
    if isinstance(model, str) and model.strip():
        told["model"] = model.strip()[:100]
    brand = dig(extension, "branding", "brand")
    # A list of v1 has no brand.
    if isinstance(brand, str) and brand.strip() and not vehicle.brand:
        told["brand"] = brand.strip()[:50]
    _keep(vehicle, **told)


def _keep(vehicle: Vehicle, **told: object) -> None:
    Vehicle.objects.filter(pk=vehicle.pk).update(capabilities_checked_at=clock.now(), **told)
