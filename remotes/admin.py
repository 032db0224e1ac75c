"""Stock Django admin of what happened: read only, since it is the record. Quarantined requests can be replayed.

Rules and stops are changed on the pages, whose checks and audit hold for everybody.
"""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from fleets.models import UpstreamFleet
from fleets.record_admin import FirstRows, HidesPlaces, ReadOnly
from remotes.intake.quarantine import replay
from remotes.models import (
    FleetRules,
    GatewayHealth,
    InboundRequest,
    RemoteAction,
    RemoteEvent,
    SendingStop,
    WakeUp,
)
from remotes.registration.rotation import rotate
from remotes.words.failures import why_failed
from remotes.words.statuses import present_word


class EventInline(HidesPlaces, ReadOnly, admin.TabularInline):
    model = RemoteEvent
    place_fields = ("extra",)
    fields = [
        "event_date",
        "received_at",
        "source",
        "type",
        "status",
        "failure_cause",
        "feedback_detail",
        "why",
        "extra",
    ]
    ordering = ["effective_at", "id"]


@admin.register(RemoteAction)
class RemoteActionAdmin(HidesPlaces, ReadOnly, admin.ModelAdmin):
    place_fields = ("payload",)
    list_display = [
        "public_id",
        "vehicle",
        "vehicle__vin",
        "remote_type",
        "state",
        "status",
        "failure_cause",
        "words",
        "created_at",
    ]
    list_filter = ["state", "remote_type", "status", "failure_cause", "fleet", "gateway"]
    list_select_related = ["vehicle"]
    search_fields = ["public_id", "upstream_id", "vehicle__vin", "label"]
    inlines = [EventInline]
    # Of v1 it holds attributes, which may be credentials.
    exclude = ["extra"]
    show_full_result_count = False

    @admin.display(description="In words")
    def words(self, action: RemoteAction) -> str:
        """How it stands, and why it failed."""
        return " · ".join(filter(None, (str(present_word(action.state, action.status).text), why_failed(action))))


def _is_empty(upstream: UpstreamFleet) -> bool:
    return upstream.gone_at is not None or not upstream.fleet.vehicles.filter(gateway=upstream.gateway_id).exists()


@admin.register(UpstreamFleet)
class UpstreamFleetAdmin(admin.ModelAdmin):
    list_display = ["fleet", "gateway", "upstream_id", "callback_id", "callback_checked_at", "error"]
    list_filter = ["gateway"]
    list_select_related = ["fleet", "gateway"]
    search_fields = ["fleet__name", "upstream_id", "callback_id"]
    readonly_fields = [
        "webhook_id",
        "callback_id",
        "callback_target",
        "callback_types",
        "callback_registered_at",
        "callback_checked_at",
        "callback_failed_at",
        "callback_failure",
        "states_from",
        "states_next",
        "states_singly_until",
        "gone_at",
    ]
    actions = ["rotate_secrets"]

    def get_readonly_fields(self, request: HttpRequest, obj: UpstreamFleet | None = None) -> list[str]:
        """Its vehicles stay in their fleet: in another one others would approve what is asked of them."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if obj is None else [*fields, "fleet", "gateway", "upstream_id"]

    def has_delete_permission(self, request: HttpRequest, obj: UpstreamFleet | None = None) -> bool:
        """Else the next sync would take its vehicles to the fleet to which it is added anew."""
        return super().has_delete_permission(request, obj) and (obj is None or _is_empty(obj))

    @admin.display(description="Callback error")
    def error(self, upstream: UpstreamFleet) -> str:
        return upstream.callback_error

    @admin.action(description="Give the webhooks of the chosen ones new secrets", permissions=["change"])
    def rotate_secrets(self, request: HttpRequest, queryset: QuerySet[UpstreamFleet]) -> None:
        pks = list(queryset.values_list("pk", flat=True))
        for pk in pks:
            rotate(pk)
        words = "have new secrets. The former ones are good for 3 days once the manufacturer's cloud has these."
        self.message_user(request, f"{len(pks)} webhooks {words}", messages.SUCCESS)


@admin.register(RemoteEvent)
class RemoteEventAdmin(HidesPlaces, ReadOnly, admin.ModelAdmin):
    place_fields = ("extra",)
    list_display = [
        "upstream_action_id",
        "whose",
        "what",
        "type",
        "status",
        "failure_cause",
        "event_date",
        "source",
    ]
    list_filter = ["source", "type", "status", "gateway", ("action", admin.EmptyFieldListFilter)]
    list_select_related = ["action__vehicle"]
    search_fields = ["upstream_action_id", "vin"]
    show_full_result_count = False

    @admin.display(description="VIN", ordering="vin")
    def whose(self, event: RemoteEvent) -> str:
        """As it was told, else the vehicle's."""
        return event.vin or (event.action.vehicle.vin if event.action else "")

    @admin.display(description="Remote type", ordering="remote_type")
    def what(self, event: RemoteEvent) -> str:
        """As it was told, else the action's."""
        return event.remote_type or (event.action.remote_type if event.action else "")


@admin.register(InboundRequest)
class InboundRequestAdmin(HidesPlaces, ReadOnly, admin.ModelAdmin):
    place_fields = ("body_text",)
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

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Who may have events taken in: looking at requests is not enough."""
        return bool(request.user.has_perm("remotes.change_inboundrequest"))

    @admin.action(description="Read the chosen requests again", permissions=["replay"])
    def replay_chosen(self, request: HttpRequest, queryset: QuerySet[InboundRequest]) -> None:
        count = replay(queryset)
        self.message_user(request, f"{count} requests were read again.", messages.SUCCESS)


@admin.register(FleetRules)
class FleetRulesAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "fleet",
        "times_to_live",
        "approval_types",
        "moving_minutes",
        "wake_ups_a_month",
        "wake_reserve",
        "time_zone",
    ]
    list_select_related = ["fleet"]
    search_fields = ["fleet__name", "fleet__public_id"]


@admin.register(SendingStop)
class SendingStopAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["where", "reason", "stopped_by", "stopped_at", "lifted_by", "lifted_at"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter), "fleet"]
    list_select_related = ["fleet", "stopped_by", "lifted_by"]
    ordering = ["-pk"]

    @admin.display(description="Fleet", ordering="fleet")
    def where(self, stop: SendingStop) -> str:
        return str(stop.fleet or "All fleets")


@admin.register(GatewayHealth)
class GatewayHealthAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["gateway", "state", "since", "why", "failures", "probe_at"]
    list_filter = ["state"]
    list_select_related = ["gateway"]


@admin.register(WakeUp)
class WakeUpAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "vehicle", "vehicle__vin", "action"]
    list_select_related = ["vehicle", "action"]
    search_fields = ["=vehicle__vin", "=vehicle__public_id", "=action__public_id"]
    ordering = ["-pk"]
    show_full_result_count = False
    paginator = FirstRows
