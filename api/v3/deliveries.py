"""What becomes of a callback's notifications, over the API. All of it extends the published API."""

from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.rest.docs import INDEX_RANGE, query
from api.rest.errors import ApiError
from api.rest.queries import SINCE, UNTIL, queried, read_time
from api.v3.callbacks import get_callback
from api.v3.delivery_schemas import BATCH_STATES, OUTCOMES, SHOWN_IN_LIST
from api.v3.delivery_shapes import (
    batch_id,
    read_batch_id,
    render_attempt,
    render_batch,
    render_batch_in_full,
    render_health,
)
from api.v3.docs import PAGE, describes, ref
from api.v3.pages import collection
from api.v3.schemas import SCHEMAS
from api.v3.views import V3View
from callbacks.delivery.upcoming import next_tries
from callbacks.health import health
from callbacks.models import Attempt, Batch, Callback
from callbacks.replay import failures, replay, replayable
from callbacks.trial import send_test
from fleets.storage import clock
from fleets.storage.kept import kept
from protocol.canonical import format_time
from protocol.errors import Invalid
from protocol.schema import check

TAG = "Deliveries (extension)"

BATCH_FILTERS = (
    query("state", {"type": "string", "enum": list(BATCH_STATES)}, "Only batches in this state."),
    query("vin", {"type": "string", "maxLength": 160}, "Only batches with an event about this vehicle."),
    query("remoteActionId", {"type": "string", "maxLength": 160}, "Only batches with an event of this remote action."),
    SINCE,
    UNTIL,
)
ATTEMPT_FILTERS = (
    query("outcome", {"type": "string", "enum": list(OUTCOMES)}, "Only attempts that ended so."),
    query("batchId", {"type": "string"}, "Only attempts to deliver this batch."),
    SINCE,
    UNTIL,
)
_SUCCEEDED = Q(status__gte=200, status__lt=300)
_FAILED = Q(status__isnull=True) | Q(status__lt=200) | Q(status__gte=300)


class BatchesView(V3View):
    @describes(
        "getCallbackBatches",
        "Extension: the batches of a callback that were formed, newest first. Each is one request to the webhook.",
        ref("Batches"),
        tag=TAG,
        parameters=[*PAGE, INDEX_RANGE, *BATCH_FILTERS],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str, cbid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        rows = _batches(callback, queried(request, BATCH_FILTERS))
        tries = next_tries(callback, clock.now())

        def render(row: Any) -> dict[str, Any]:
            return render_batch(request, row, (fid, cbid), row.first_vins, row.first_action_ids, tries.get(row.pk))

        return Response(collection(request, rows, "batches", render, newest_first=True))


class BatchView(V3View):
    @describes(
        "getCallbackBatch",
        "Extension: a batch, with the body that is posted and its newest attempts.",
        ref("BatchInFull"),
        tag=TAG,
    )
    def get(self, request: Request, fid: str, cbid: str, bid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        return Response(render_batch_in_full(request, _batch(callback, bid), (fid, cbid)))


class BatchReplayView(V3View):
    @describes(
        "replayCallbackBatch",
        "Extension: send a batch again, the same bytes under the same webhook-id. One that waits anyway is left alone.",
        ref("Replayed"),
        tag=TAG,
        status=202,
    )
    def post(self, request: Request, fid: str, cbid: str, bid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        batch = _batch(callback, bid)
        return Response({"replayed": replay(callback, Batch.objects.filter(pk=batch.pk))}, status=202)


class AttemptsView(V3View):
    @describes(
        "getCallbackAttempts",
        "Extension: every try to deliver to a callback, newest first.",
        ref("DeliveryAttempts"),
        tag=TAG,
        parameters=[*PAGE, INDEX_RANGE, *ATTEMPT_FILTERS],
        errors=[400, 404],
    )
    def get(self, request: Request, fid: str, cbid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        rows = _attempts(callback, queried(request, ATTEMPT_FILTERS))

        def render(row: Attempt) -> dict[str, Any]:
            return render_attempt(request, row, (fid, cbid))

        return Response(collection(request, rows, "attempts", render, newest_first=True))


class ReplayView(V3View):
    @describes(
        "replayCallback",
        "Extension: send all batches of a span of time again, or only the failed ones, oldest first.",
        ref("Replayed"),
        tag=TAG,
        status=202,
        body=ref("ReplayRequest"),
    )
    def post(self, request: Request, fid: str, cbid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        check(SCHEMAS["ReplayRequest"], request.data)
        wanted = cast(dict[str, str], request.data)
        since = read_time(wanted["since"])
        until = read_time(wanted["until"]) if "until" in wanted else None
        if until is not None and until <= since:
            raise Invalid("until", "must be later than since")
        rows = (failures if "only" in wanted else replayable)(callback, since, until)
        return Response({"replayed": replay(callback, rows)}, status=202)


class TrialView(V3View):
    @describes(
        "testCallback",
        "Extension: send a test notification: one made-up event with the field `test`, delivered like any other. "
        "While the callback is Paused or Failed it is kept like any other, and the answer says so in `detail`.",
        ref("TestNotification"),
        tag=TAG,
        status=202,
    )
    def post(self, request: Request, fid: str, cbid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        batch = send_test(callback)
        body = {"batchId": batch_id(batch.pk), "webhookId": batch.webhook_id}
        if callback.status != Callback.Status.RUNNING:
            body["detail"] = f"The callback is {callback.status}; the test is sent once it runs again, within 3 days."
        return Response(body, status=202)


class HealthView(V3View):
    @describes("getCallbackHealth", "Extension: how delivering to a callback goes.", ref("CallbackHealth"), tag=TAG)
    def get(self, request: Request, fid: str, cbid: str) -> Response:
        callback = get_callback(request, fid, cbid)
        return Response(render_health(request, callback, health(callback), (fid, cbid)))


class SecretView(V3View):
    @describes(
        "rotateCallbackSecret",
        "Extension: make a new secret. The one before signs beside it for 24 hours; any older one no longer does.",
        ref("NewSecret"),
        tag=TAG,
    )
    def post(self, request: Request, fid: str, cbid: str) -> Response:
        with transaction.atomic():
            callback = get_callback(request, fid, cbid, lock=True)
            secret = callback.rotate_secret(timezone.now())
            callback.save()
        assert callback.previous_secret_until is not None
        return Response({"secret": secret, "previousSecretValidUntil": format_time(callback.previous_secret_until)})


def _batch(callback: Callback, bid: str) -> Batch:
    """The callback's batch; raises a 404."""
    batch = Batch.objects.select_related("callback").filter(callback=callback, pk=read_batch_id(bid)).first()
    if batch is None:
        words = f"batches are kept {kept(settings.DELIVERY_DAYS).days} days"
        raise ApiError(404, f"There is no batch {bid} of callback {callback.public_id}; {words}.")
    return batch


def _batches(callback: Callback, wanted: dict[str, str]) -> QuerySet[Batch]:
    """Those that meet the BATCH_FILTERS, with `first_vins` and `first_action_ids` in place of the long columns."""
    rows = Batch.objects.filter(callback=callback).filter(_within("formed_at", wanted))
    if "state" in wanted:
        rows = rows.filter(state=wanted["state"])
    if "vin" in wanted:
        rows = rows.filter(vins__contains=[wanted["vin"]])
    if "remoteActionId" in wanted:
        rows = rows.filter(remote_action_ids__contains=[wanted["remoteActionId"]])
    return rows.defer("body", "vins", "remote_action_ids").annotate(
        first_vins=F(f"vins__0_{SHOWN_IN_LIST}"), first_action_ids=F(f"remote_action_ids__0_{SHOWN_IN_LIST}")
    )


def _attempts(callback: Callback, wanted: dict[str, str]) -> QuerySet[Attempt]:
    """Those that meet the ATTEMPT_FILTERS."""
    rows = Attempt.objects.filter(callback=callback).filter(_within("at", wanted))
    if "outcome" in wanted:
        rows = rows.filter(_SUCCEEDED if wanted["outcome"] == "Succeeded" else _FAILED)
    return rows.filter(batch_id=read_batch_id(wanted["batchId"])) if "batchId" in wanted else rows


def _within(field: str, wanted: dict[str, str]) -> Q:
    span = Q()
    if "since" in wanted:
        span &= Q(**{f"{field}__gte": read_time(wanted["since"])})
    if "until" in wanted:
        span &= Q(**{f"{field}__lt": read_time(wanted["until"])})
    return span
