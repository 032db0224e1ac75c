"""Stock Django admin of callbacks and of what was sent to them: read only, and secrets are never shown.

What is registered is changed on the pages or over the API, whose rules hold for everybody.
"""

import re
import uuid
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from callbacks.delivery.policy import LIFE
from callbacks.models import Attempt, Batch, Callback, Channel, Notification
from callbacks.replay import failures, replay
from callbacks.status import pause, resume
from fleets.record_admin import FirstRows, HidesPlaces, ReadOnly
from fleets.storage import clock
from fleets.storage.encryption import SecretBytes

_MESSAGE_ID = re.compile(r"\s*(?:msg_)?([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*", re.IGNORECASE)


class Record(ReadOnly, admin.ModelAdmin):
    """A long table, the newest rows first. `message_id` is the path to the batch's, by which a search finds rows."""

    show_full_result_count = False
    paginator = FirstRows
    ordering = ["-pk"]
    message_id = ""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may pause, resume and send again."""
        return bool(request.user.has_perm("callbacks.change_callback"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found = _MESSAGE_ID.fullmatch(search_term)
        if found and self.message_id:
            return queryset.filter(**{self.message_id: uuid.UUID(found[1])}), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(Callback)
class CallbackAdmin(Record):
    list_display = ["public_id", "name", "label", "fleet", "status", "target", "created_at", "deleted_at"]
    list_filter = ["status", ("deleted_at", admin.EmptyFieldListFilter), "fleet"]
    list_select_related = ["fleet"]
    search_fields = ["public_id", "name", "label", "target"]
    exclude = ["subscribe"]
    readonly_fields = ["public_id", "created_at", "updated_at"]
    actions = ["pause_chosen", "resume_chosen", "replay_failures"]

    @admin.action(description="Pause the chosen callbacks", permissions=["operate"])
    def pause_chosen(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        chosen = list(queryset.filter(deleted_at__isnull=True))
        for callback in chosen:
            pause(callback, f"{request.user} has paused it.")
        self.message_user(request, f"{len(chosen)} callbacks were paused.", messages.SUCCESS)

    @admin.action(description="Resume the chosen callbacks", permissions=["operate"])
    def resume_chosen(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        chosen = list(queryset.filter(deleted_at__isnull=True))
        for callback in chosen:
            resume(callback)
        self.message_user(request, f"{len(chosen)} callbacks were resumed.", messages.SUCCESS)

    @admin.action(description="Send again what did not arrive in the last 3 days", permissions=["operate"])
    def replay_failures(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        since = clock.now() - LIFE
        with transaction.atomic():
            chosen = queryset.filter(deleted_at__isnull=True)
            again = sum(replay(callback, failures(callback, since)) for callback in chosen)
        self.message_user(request, f"{again} notifications are sent again.", messages.SUCCESS)


@admin.register(Channel)
class ChannelAdmin(Record):
    list_display = ["public_id", "__str__", "created_by", "created_at", "deleted_at"]
    list_select_related = ["created_by"]
    search_fields = ["public_id"]
    exclude = ["subscribe"]
    readonly_fields = ["public_id", "created_at", "updated_at"]


@admin.register(Batch)
class BatchAdmin(HidesPlaces, Record):
    place_fields = ("body_text",)
    list_display = ["webhook_id", "callback", "kind", "state", "event_count", "tries", "formed_at", "delivered_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["callback"]
    search_fields = ["=callback__public_id"]
    search_help_text = "The id of a message or of a callback."
    message_id = "message_id"
    exclude = ["body"]
    readonly_fields = ["webhook_id", "body_text"]
    actions = ["replay_chosen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        return super().get_queryset(request).defer("body")

    @admin.display(description="Body as it is sent")
    def body_text(self, batch: Batch) -> str:
        if isinstance(batch.body, SecretBytes):
            return "Not shown: it holds values of attributes, which may be credentials."
        return format_html("<pre>{}</pre>", bytes(batch.body).decode("utf-8", "replace"))

    @admin.action(description="Send the chosen ones again", permissions=["operate"])
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        pks = list(queryset.values_list("pk", flat=True))
        with transaction.atomic():
            concerned = Callback.objects.filter(batches__in=pks, deleted_at__isnull=True).distinct()
            again = sum(replay(callback, Batch.objects.filter(callback=callback, pk__in=pks)) for callback in concerned)
        self.message_user(request, f"{again} notifications are sent again.", messages.SUCCESS)


@admin.register(Attempt)
class AttemptAdmin(Record):
    list_display = ["at", "callback", "batch", "number", "status", "duration_ms", "error"]
    list_filter = ["status"]
    list_select_related = ["callback", "batch"]
    search_fields = ["=callback__public_id"]
    search_help_text = "The id of a message or of a callback."
    message_id = "batch__message_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        return super().get_queryset(request).defer("batch__body")


@admin.register(Notification)
class NotificationAdmin(HidesPlaces, Record):
    place_fields = ("event",)
    list_display = ["created_at", "callback", "remote_type", "vin", "remote_action_id"]
    list_select_related = ["callback"]
    search_fields = ["=callback__public_id", "=remote_action_id", "=vin"]
    search_help_text = "The id of a callback or of a remote action, or a VIN."
