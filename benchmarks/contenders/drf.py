"""The usual way: a DRF view that checks the events with a serializer and saves each one, in one transaction.

It does less than FleetRemote's: no raw body, no duplicates, and the action does not move.
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

from remotes.models import RemoteEvent  # noqa: E402 - needs Django's apps

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


class NotificationView(APIView):
    def post(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("Authorization", ""), AUTHORIZATION):
            return Response({}, status=401)
        serializer = NotificationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            for event in serializer.validated_data["events"]:
                _save(event)
        return Response({})


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


urlpatterns = [path("", NotificationView.as_view())]
