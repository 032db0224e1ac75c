"""What becomes of a vehicle's rows: it stays under a pseudonym; where it was, what it was sent and is called goes."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from callbacks.models import Attempt, Batch
from connections.models import Connection
from fleetremote.privacy.bodies import without_vehicle
from fleetremote.privacy.remains import called
from fleetremote.privacy.subjects import Car, place_in
from fleets.models import LabelImport, LeftOut, Vehicle
from fleets.privacy.names import Renaming
from fleets.storage import clock
from remotes.models import Alert, BulkItem, InboundRequest, RemoteAction, RemoteEvent, Schedule

Add = Callable[[str, int], None]

# Rows with a body that are read at a time.
SLICE = 500


def erase(car: Car, add: Add) -> None:
    """Everything but the audit and the VIN in texts; `add` is told how many rows of which table."""
    vehicle, now = car.vehicle, clock.now()
    for rows in (
        Alert.objects.filter(vehicle=vehicle),
        Schedule.objects.filter(vehicle=vehicle),
        LeftOut.objects.filter(vin__iexact=car.name),
        _naming(LabelImport.objects.all(), car),
    ):
        add(rows.model._meta.label, rows.delete()[0])
    _erase_actions(car, add)
    _erase_notifications(car, add)
    _erase_batches(car, add)
    Connection.objects.filter(vehicle=vehicle).update(vehicle=None)
    of_vehicle = ContentType.objects.get_for_model(Vehicle)
    logged = LogEntry.objects.filter(content_type=of_vehicle, object_id=str(vehicle.pk))
    add("admin.LogEntry", logged.update(object_repr=car.pseudonym, change_message=""))
    renamed = Vehicle.objects.filter(pk=vehicle.pk).update(
        vin=car.pseudonym,
        upstream_id=car.pseudonym,
        label="",
        plate="",
        state={},
        state_problem=None,
        state_due_at=None,
        capability_document={},
        gone_at=Coalesce(F("gone_at"), now),
    )
    add("fleets.Vehicle", renamed)


def _naming(rows: QuerySet[LabelImport], car: Car) -> QuerySet[LabelImport]:
    """Files that name it: they are read anew from the file where somebody still needs them."""
    named = Q()
    for column in ("lines", "changes", "errors", "notes"):
        named |= Q(**{f"{column}__icontains": car.name})
    return rows.filter(named)


def _erase_actions(car: Car, add: Add) -> None:
    actions = RemoteAction.objects.filter(vehicle=car.vehicle)
    _rename_in_reasons(actions, called(car))
    erased: dict[str, Any] = {"payload": {}, "extra": {}, "label": None, "feedback_detail": None}
    add("remotes.RemoteAction", actions.update(**erased, idempotency_key=None, request_digest="", asked_said=""))
    events = RemoteEvent.objects.filter(Q(action__vehicle=car.vehicle) | Q(vin__iexact=car.name))
    add("remotes.RemoteEvent", events.update(vin=car.pseudonym, extra={}, feedback_detail=None))
    add("remotes.BulkItem", BulkItem.objects.filter(vehicle=car.vehicle).update(why=None))


def _rename_in_reasons(actions: QuerySet[RemoteAction], renaming: Renaming) -> None:
    for pk, reason in actions.exclude(reason="").values_list("pk", "reason"):
        if (renamed := renaming.text(reason)) != reason:
            actions.filter(pk=pk).update(reason=renamed)


def _erase_notifications(car: Car, add: Add) -> None:
    """Raw bodies that name it; what others' events they hold stays in them."""
    named = InboundRequest.objects.alias(place=place_in("body", car.name)).filter(place__gt=0)
    keys = list(named.order_by("pk").values_list("pk", flat=True))
    for request in _slices(InboundRequest.objects.all(), keys):
        left = without_vehicle(bytes(request.body), car.name)
        InboundRequest.objects.filter(pk=request.pk).update(body=left)
    add("remotes.InboundRequest", len(keys))


def _erase_batches(car: Car, add: Add) -> None:
    """Requests about it alone go with their attempts; of others its events are taken out, and what was answered."""
    batches = Batch.objects.filter(vins__contains=[car.name])
    keys = list(batches.order_by("pk").values_list("pk", flat=True))
    alone = list(batches.filter(vins__len=1).values_list("pk", flat=True))
    attempts = Attempt.objects.filter(batch__in=keys)
    add("callbacks.Attempt", attempts.filter(batch__in=alone).delete()[0] + attempts.update(answer=""))
    Batch.objects.filter(pk__in=alone).delete()
    for batch in _slices(Batch.objects.all(), sorted(set(keys) - set(alone))):
        _erase_in_batch(batch, car)
    add("callbacks.Batch", len(keys))


def _erase_in_batch(batch: Batch, car: Car) -> None:
    theirs = set(RemoteAction.objects.filter(vehicle=car.vehicle).values_list("public_id", flat=True))
    # The kind of the bytes says whether they are encrypted.
    body = type(batch.body)(without_vehicle(bytes(batch.body), car.name))
    Batch.objects.filter(pk=batch.pk).update(
        body=body,
        vins=[vin for vin in batch.vins if vin != car.name],
        order_keys=[key for key in batch.order_keys if key != car.vehicle.pk],
        remote_action_ids=[one for one in batch.remote_action_ids if one not in theirs],
    )


def _slices(rows: QuerySet[Any], keys: list[Any]) -> Any:
    for start in range(0, len(keys), SLICE):
        yield from rows.filter(pk__in=keys[start : start + SLICE])
