"""Stock Django admin of what happened: read only, since it is the record. Quarantined requests can be replayed."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from remotes.models import InboundRequest, RemoteAction, RemoteEvent
from remotes.quarantine import replay


class ReadOnly:
    """A record: nobody adds to it, changes it or deletes from it by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(ReadOnly, admin.TabularInline):
    model = RemoteEvent
    fields = ["event_date", "received_at", "source", "type", "status", "failure_cause", "feedback_detail", "extra"]
    ordering = ["effective_at", "id"]


@admin.register(RemoteAction)
class RemoteActionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["public_id", "vehicle", "remote_type", "state", "status", "failure_cause", "created_at"]
    list_filter = ["state", "remote_type", "status", "failure_cause", "fleet", "gateway"]
    list_select_related = ["vehicle"]
    search_fields = ["public_id", "upstream_id", "vehicle__vin", "label"]
    inlines = [EventInline]
    show_full_result_count = False


@admin.register(RemoteEvent)
class RemoteEventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "upstream_action_id",
        "vin",
        "remote_type",
        "type",
        "status",
        "failure_cause",
        "event_date",
        "source",
    ]
    list_filter = ["source", "type", "status", "gateway", ("action", admin.EmptyFieldListFilter)]
    search_fields = ["upstream_action_id", "vin"]
    show_full_result_count = False


@admin.register(InboundRequest)
class InboundRequestAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "received_at", "upstream_fleet", "outcome", "reason", "event_count"]
    list_filter = ["outcome", "upstream_fleet"]
    list_select_related = ["upstream_fleet__fleet", "upstream_fleet__gateway"]
    search_fields = ["reason"]
    fields = ["received_at", "upstream_fleet", "outcome", "reason", "event_count", "body_text"]
    readonly_fields = ["body_text"]
    actions = ["replay_chosen"]
    show_full_result_count = False

    @admin.display(description="Body as it came")
    def body_text(self, request: InboundRequest) -> str:
        return format_html("<pre>{}</pre>", bytes(request.body).decode("utf-8", "replace"))

    @admin.action(description="Read the chosen requests again")
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[InboundRequest]) -> None:
        count = replay(queryset)
        self.message_user(request, f"{count} requests were read again.", messages.SUCCESS)
