"""Takes the demo away: all that hangs on its gateway, its person and its API client. All of it, or nothing.

What hangs on what is read from the models, so that a table that is added later is known here too. Each table is
emptied by a few statements, however many rows that are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from callbacks.models import Callback, Channel
from fleetremote.demo.loading import API_CLIENT_ID, WEB_USER, demo_file, receiver_id
from fleets.audit.entries import About, Actor, Origin, record_operation
from fleets.models import ApiClient, Fleet, Gateway, UpstreamFleet, Vehicle
from fleets.storage import clock
from remotes.models import RemoteAction, Schedule


@dataclass(frozen=True)
class Demo:
    """What the demo consists of: its gateways, the fleets that are nowhere else, and who uses them.

    Of `shared_fleets`, which have vehicles or actions at another gateway too, only what is the demo's goes.
    """

    gateways: list[Gateway]
    fleets: list[Fleet]
    shared_fleets: list[Fleet]
    person: User | None
    client: ApiClient | None

    @property
    def is_there(self) -> bool:
        return bool(self.gateways or self.person or self.client)


def find_demo(home: Path) -> Demo:
    """The demo as it is in the database now; its person and client are known by demo.json, or beside its gateway."""
    gateways = list(Gateway.objects.filter(is_simulated=True))
    is_known = bool(gateways) or demo_file(home).exists()
    places = Fleet.objects.filter(upstream_fleets__gateway__in=gateways).distinct()
    elsewhere = Q()
    for model in (UpstreamFleet, Vehicle, RemoteAction):
        elsewhere |= Q(Exists(model.objects.filter(fleet=OuterRef("pk")).exclude(gateway__in=gateways)))
    return Demo(
        gateways=gateways,
        fleets=list(places.exclude(elsewhere)),
        shared_fleets=list(places.filter(elsewhere)),
        person=User.objects.filter(username=WEB_USER).first() if is_known else None,
        client=ApiClient.objects.filter(client_id=API_CLIENT_ID).first() if is_known else None,
    )


def other_uses(demo: Demo) -> list[str]:
    """In words, what stays of the demo's fleets, and what its person and client are to fleets that stay."""
    lines = [f"The fleet {fleet} stays, with what it has at another gateway." for fleet in demo.shared_fleets]
    if demo.person is not None:
        member = _names(Fleet.objects.filter(memberships__user=demo.person), demo)
        if member:
            lines.append(f"The person {demo.person} goes, who is a member of other fleets too: {member}.")
        active = Schedule.objects.filter(user=demo.person).exclude(state=Schedule.State.ENDED)
        runs = ", ".join(str(schedule) for schedule in active.exclude(fleet__in=demo.fleets))
        if runs:
            lines.append(f"Schedules that run for that person will not be sent any more: {runs}.")
    if demo.client is not None:
        used = _names(demo.client.fleets.all(), demo)
        if used:
            lines.append(f"The API client {demo.client.client_id} goes, which may use other fleets too: {used}.")
    return lines


def remove_demo(demo: Demo) -> dict[str, int]:
    """Take it out of the database, in one transaction; gives how many rows of each kind went, by the kind's plural.

    Audit entries stay as they are: they are sealed, and what they refer to may be gone.
    """
    gateways = Gateway.objects.filter(pk__in=[gateway.pk for gateway in demo.gateways]).order_by()
    fleets = Fleet.objects.filter(pk__in=[fleet.pk for fleet in demo.fleets]).order_by()
    vehicles = Vehicle.objects.filter(gateway__in=gateways).order_by()
    gone: dict[str, int] = {}
    with transaction.atomic():
        # Who adds a row that refers to them from now on waits, and then finds them gone.
        for rows in (gateways, fleets, vehicles):
            list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        of_demo = Q(members__fleet__in=fleets) | Q(created_by=demo.client)
        channels = list(Channel.objects.filter(of_demo).values_list("pk", flat=True))
        for rows in (vehicles, fleets, gateways):
            _take(rows, gone)
        _take_empty(channels, gone)
        _drop_receivers(demo.shared_fleets)
        for row in (demo.person, demo.client):
            if row is not None:
                row.delete()
        about, actor = About("demo"), Actor("script/manage demo")
        record_operation(about, "took the demo away", actor=actor, origin=Origin.SYSTEM, reason="", document=gone)
    return gone


def _take(rows: QuerySet[Any], gone: dict[str, int], above: tuple[type[models.Model], ...] = ()) -> None:
    """Delete the rows and, before them, all that hangs on them; what may be without them is kept so."""
    for relation in _relations(rows.model):
        name, model = relation.field.name, relation.related_model
        hanging = model._base_manager.filter(**{f"{name}__in": rows.values("pk")}).order_by()
        if relation.on_delete is models.SET_NULL:
            hanging.update(**{name: None})
        elif relation.on_delete is not models.DO_NOTHING and model not in above:
            _take(hanging, gone, (*above, rows.model))
    count = rows._raw_delete(rows.db)
    if count and not rows.model._meta.auto_created:
        kind = str(rows.model._meta.verbose_name_plural)
        gone[kind] = gone.get(kind, 0) + count


def _take_empty(keys: Sequence[int], gone: dict[str, int]) -> None:
    """Of these channels, those that have no member in any fleet any more."""
    _take(Channel.objects.filter(pk__in=keys, members=None).order_by(), gone)


def _relations(model: type[models.Model]) -> Iterator[Any]:
    """What refers to the model's rows, tables of many-to-many too."""
    for found in model._meta.get_fields(include_hidden=True):
        if found.auto_created and not found.concrete and (found.one_to_many or found.one_to_one):
            yield found


def _drop_receivers(fleets: Iterable[Fleet]) -> None:
    """The callback to the demo's receiver goes as people delete one, since actions that stay may name it."""
    ids = [receiver_id(fleet) for fleet in fleets]
    Callback.objects.filter(public_id__in=ids, deleted_at=None).update(deleted_at=clock.now())


def _names(fleets: QuerySet[Fleet], demo: Demo) -> str:
    return ", ".join(str(fleet) for fleet in fleets.exclude(pk__in=[fleet.pk for fleet in demo.fleets]))
