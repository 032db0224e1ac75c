"""The usual way, twice, each doing less than FleetRemote: no raw body is kept, and no action moves.

Plain, at `/`: a ModelSerializer as DRF has it, with the action looked up by its id, and its save().
Lean, at `/lean`: a serializer without a model, objects.create() for each event, one transaction, nothing looked up.
"""

import hmac
import os
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.contenders.drf_settings"
application = get_wsgi_application()

from remotes.models import RemoteAction, RemoteEvent  # noqa: E402 - needs Django's apps

AUTHORIZATION = os.environ.get("BENCH_AUTHORIZATION", "")
GATEWAY_ID = int(os.environ.get("BENCH_GATEWAY", "0"))


class StatusSerializer(serializers.Serializer[Any]):
    type = serializers.CharField()
    status = serializers.CharField()
    failureCause = serializers.CharField(required=False, allow_null=True, default=None)  # noqa: N815 - the wire's name


class EventSerializer(serializers.Serializer[Any]):
    remoteActionId = serializers.CharField()  # noqa: N815 - the wire's name
    vin = serializers.CharField()
    remoteType = serializers.CharField()  # noqa: N815 - the wire's name
    eventDate = serializers.DateTimeField()  # noqa: N815 - the wire's name
    eventStatus = StatusSerializer()  # noqa: N815 - the wire's name


class NotificationSerializer(serializers.Serializer[Any]):
    events = EventSerializer(many=True)


class PlainEventSerializer(serializers.ModelSerializer[RemoteEvent]):
    action = serializers.SlugRelatedField(slug_field="upstream_id", queryset=RemoteAction.objects.all())

    class Meta:
        model = RemoteEvent
        exclude = ("inbound_request_id", "feedback_detail", "extra")


class View(APIView):
    def post(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("Authorization", ""), AUTHORIZATION):
            return Response({}, status=401)
        self.save(request.data)
        return Response({})

    def save(self, body: Any) -> None:
        raise NotImplementedError


class PlainView(View):
    def save(self, body: Any) -> None:
        serializer = PlainEventSerializer(data=[_flat(event) for event in body["events"]], many=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()


class LeanView(View):
    def save(self, body: Any) -> None:
        serializer = NotificationSerializer(data=body)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            for event in serializer.validated_data["events"]:
                _save(event)


def _flat(event: dict[str, Any]) -> dict[str, Any]:
    """The event as the model's fields."""
    status = event["eventStatus"]
    return {
        "action": event["remoteActionId"],
        "gateway": GATEWAY_ID,
        "source": RemoteEvent.Source.WEBHOOK,
        "upstream_action_id": event["remoteActionId"],
        "vin": event["vin"],
        "remote_type": event["remoteType"],
        "type": status["type"],
        "status": status["status"],
        "failure_cause": status.get("failureCause"),
        "event_date": event["eventDate"],
        "received_at": timezone.now(),
        "stage": 3 if status["type"] == "Done" else 1,
        "effective_at": event["eventDate"],
        "rank": 0,
    }


def _save(event: dict[str, Any]) -> None:
    status = event["eventStatus"]
    RemoteEvent.objects.create(
        gateway_id=GATEWAY_ID,
        source=RemoteEvent.Source.WEBHOOK,
        upstream_action_id=event["remoteActionId"],
        vin=event["vin"],
        remote_type=event["remoteType"],
        type=status["type"],
        status=status["status"],
        failure_cause=status["failureCause"],
        event_date=event["eventDate"],
        received_at=timezone.now(),
        stage=3 if status["type"] == "Done" else 1,
        effective_at=event["eventDate"],
        rank=0,
    )


urlpatterns = [path("", PlainView.as_view()), path("lean", LeanView.as_view())]
