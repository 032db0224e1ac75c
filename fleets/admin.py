"""Stock Django admin of fleets, vehicles, access and gateways. Secrets can be set, never read."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from fleets.audit.entries import Origin, person
from fleets.audit.looking import saw_position
from fleets.models import (
    AccessToken,
    ApiClient,
    ApiSecret,
    ApiToken,
    AuditEntry,
    Fleet,
    Gateway,
    LastSync,
    Membership,
    Vehicle,
)
from fleets.record_admin import FirstRows, HidesPlaces, ReadOnly
from fleets.simulated import with_mark
from fleets.vehicles.position import position_of
from fleets.vehicles.search import matching
from gateways.addresses import check_base_url
from protocol.catalogue import REMOTE_TYPES

_KEY = re.compile(r"[0-9]{1,18}")


class RemoteTypesField(forms.TypedMultipleChoiceField):
    """Some remote types of the catalogue; none chosen is the field's empty value."""

    def __init__(self, **options: Any) -> None:
        choices = [(name, f"{entry.title} ({name})") for name, entry in REMOTE_TYPES.items()]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, required=False, coerce=str, **options)


@admin.register(Fleet)
class FleetAdmin(admin.ModelAdmin):
    list_display = ["name", "simulated", "public_id", "created_at"]
    search_fields = ["name", "public_id"]
    readonly_fields = ["public_id", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Fleet]:
        return with_mark(super().get_queryset(request))

    @admin.display(boolean=True)
    def simulated(self, fleet: Fleet) -> bool:
        return fleet.is_simulated


class VehicleForm(forms.ModelForm):
    capabilities = RemoteTypesField(
        empty_value=None, help_text="None chosen: not known, everything is offered and upstream decides."
    )

    class Meta:
        model = Vehicle
        exclude: list[str] = []


@admin.register(Vehicle)
class VehicleAdmin(HidesPlaces, admin.ModelAdmin):
    form = VehicleForm
    place_fields = ("state",)
    list_display = ["vin", "label", "plate", "fleet", "brand", "model", "gateway", "simulated"]
    list_filter = ["fleet", "gateway", "motorization", "brand"]
    list_select_related = ["fleet", "gateway"]
    search_fields = ["vin", "label", "plate", "public_id"]
    readonly_fields = [
        "public_id",
        "capability_document",
        "capabilities_checked_at",
        "state",
        "state_read_at",
        "state_tried_at",
        "state_problem",
        "state_failures",
        "state_due_at",
        "gone_at",
        "created_at",
        "updated_at",
    ]
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Vehicle], search_term: str
    ) -> tuple[QuerySet[Vehicle], bool]:
        """As pages do, and by its id."""
        found = matching(Vehicle.objects.all(), search_term).order_by().values("pk")
        return queryset.filter(Q(pk__in=found) | Q(public_id=search_term)) if search_term else queryset, False

    def get_readonly_fields(self, request: HttpRequest, obj: Vehicle | None = None) -> list[str]:
        """A vehicle stays in its fleet: in another one others would approve what is asked of it.

        And it stays itself: under the id of another one it would get what was approved for this one.
        """
        fields = list(super().get_readonly_fields(request, obj))
        return fields if obj is None else [*fields, "fleet", "gateway", "vin", "upstream_id"]

    def has_delete_permission(self, request: HttpRequest, obj: Vehicle | None = None) -> bool:
        """Nor does it leave by being deleted, and added to another one."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.gone_at is not None)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form shows the state, and with it where the vehicle is."""
        vehicle: Vehicle | None = kwargs.get("obj")
        if vehicle is not None and request.user.is_superuser and position_of(vehicle.state) is not None:
            saw_position(vehicle, person(request.user), Origin.ADMIN)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(boolean=True, ordering="gateway__is_simulated")
    def simulated(self, vehicle: Vehicle) -> bool:
        return vehicle.gateway.is_simulated


class _OnlyNumbers(AutocompleteSelect):
    """Shows what is chosen: Django's own looks up whatever was sent as a key, and fails at what is none."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [key for key in value if _KEY.fullmatch(str(key))], attrs)


@admin.register(Membership)
class MembershipAdmin(ReadOnly, admin.ModelAdmin):
    """Who may do what is changed on the pages of people (console/people), by their rules."""

    list_display = ["user", "fleet", "role", "ends_at", "narrowed", "created_at"]
    list_filter = ["role", "fleet"]
    list_select_related = ["user", "fleet"]
    search_fields = ["user__username", "user__email", "fleet__name"]
    fields = readonly_fields = (
        *("user", "fleet", "role", "ends_at", "remote_types", "positions", "narrowed", "narrowed_filter", "created_at"),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = _OnlyNumbers(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class GatewayForm(forms.ModelForm):
    """Certificates and proxies are entered on the page of the connection, which tries them."""

    base_url = forms.URLField(assume_scheme="https", help_text=Gateway._meta.get_field("base_url").help_text)
    password = forms.CharField(
        required=False, widget=forms.PasswordInput, help_text="Leave empty to keep the present one."
    )

    token_url = forms.URLField(
        assume_scheme="https", required=False, help_text="v1: where access tokens are asked for."
    )
    client_secret = forms.CharField(
        required=False, widget=forms.PasswordInput, help_text="v1. Leave empty to keep the present one."
    )

    class Meta:
        model = Gateway
        fields = [
            *("name", "dialect", "base_url", "client_id", "username", "password"),
            *("token_url", "client_secret", "scopes"),
        ]

    def clean_base_url(self) -> str:
        return self._checked_url("base_url")

    def clean_token_url(self) -> str:
        if not self.cleaned_data["token_url"]:
            if self.cleaned_data.get("dialect") == Gateway.Dialect.V1:
                raise forms.ValidationError("This API is used with access tokens: enter where they are asked for.")
            return ""
        return self._checked_url("token_url")

    def _checked_url(self, name: str) -> str:
        url = str(self.cleaned_data[name])
        why = check_base_url(url, settings.GATEWAY_ALLOW_HTTP or self.instance.is_simulated)
        if why is not None:
            raise forms.ValidationError(str(why))
        return url

    def clean_password(self) -> str:
        """The present one goes to the present host only: nobody reads it by having it sent to them."""
        return self._kept("password", "Enter the password again: it would be sent to another host.")

    def clean_client_secret(self) -> str:
        """The same."""
        return self._kept("client_secret", "Enter the client secret again: it would be sent to another host.")

    def _kept(self, name: str, words: str) -> str:
        given, kept = str(self.cleaned_data[name]), str(getattr(self.instance, name))
        is_other_host = any(
            urlsplit(self.cleaned_data.get(url) or present).netloc != urlsplit(present).netloc
            for url, present in (("base_url", self.instance.base_url), ("token_url", self.instance.token_url))
        )
        if kept and not given and is_other_host:
            raise forms.ValidationError(words)
        return given or kept


@admin.register(Gateway)
class GatewayAdmin(admin.ModelAdmin):
    form = GatewayForm
    list_display = ["name", "dialect", "base_url", "is_simulated", "left_out", "updated_at"]
    list_filter = ["dialect"]
    list_select_related = ["last_sync"]
    search_fields = ["name", "base_url"]
    readonly_fields = ["left_out"]

    @admin.display(description="Left out at the last sync")
    def left_out(self, gateway: Gateway) -> str:
        last: LastSync | None = getattr(gateway, "last_sync", None)
        if last is None:
            return "-"
        return format_html('<a href="{}">{}</a>', reverse("left-out", args=[gateway.pk]), last.left_out)

    def get_fields(self, request: HttpRequest, obj: Gateway | None = None) -> Any:
        """Who may not change a gateway would be shown its secrets as plain text."""
        fields = list(GatewayForm.Meta.fields)
        if not self.has_change_permission(request, obj):
            fields.remove("password")
            fields.remove("client_secret")
        return [*fields, "left_out"]


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnly, admin.ModelAdmin):
    """Made and changed on pages alone, where nobody gives more than they have (console/clients/)."""

    list_display = ["name", "client_id", "username", "owner", "active", "created_at"]
    list_filter = ["active", "fleets"]
    list_select_related = ["owner"]
    search_fields = ["name", "client_id", "username"]
    fields = readonly_fields = (
        *("name", "client_id", "username", "owner", "fleets", "remote_types", "sees_positions"),
        *("certificate_fingerprint", "day_limit", "burst_limit", "active", "created_at", "page"),
    )

    @admin.display(description="Where it is changed")
    def page(self, client: ApiClient) -> str:
        return format_html('<a href="{}">{}</a>', reverse("client", args=[client.public_id]), client)


@admin.register(ApiSecret)
class ApiSecretAdmin(ReadOnly, admin.ModelAdmin):
    """Passwords of API clients, which nobody can read; they are made and ended on the client's page."""

    list_display = ["client", "name", "made_by", "made_at", "ends_at", "last_used_at", "ended_at"]
    list_filter = ["client"]
    list_select_related = ["client", "made_by"]
    ordering = ["-pk"]
    fields = readonly_fields = ("client", "name", "made_by", "made_at", "ends_at", "last_used_at", "ended_at")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, admin.ModelAdmin):
    """Tokens of v1, which nobody can read; deleting one ends it at once."""

    list_display = ["client", "scopes", "issued_at", "expires_at"]
    list_filter = ["client"]
    list_select_related = ["client"]
    ordering = ["-pk"]
    fields = readonly_fields = ("client", "scopes", "issued_at", "expires_at")
    show_full_result_count = False
    paginator = FirstRows

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnly, admin.ModelAdmin):
    """Tokens by which we call v1 of a manufacturer's cloud: for how long, and why there is none."""

    list_display = ["gateway", "obtained_at", "expires_at", "failures", "failing_since"]
    list_select_related = ["gateway"]
    fields = readonly_fields = ("gateway", "scopes", "obtained_at", "expires_at", "failures", "failing_since", "words")

    @admin.display(description="Why the last try gave none")
    def words(self, token: AccessToken) -> str:
        return str(token.failure or "")


@admin.register(AuditEntry)
class AuditEntryAdmin(HidesPlaces, ReadOnly, admin.ModelAdmin):
    place_fields = ("document", "body_text")
    list_display = ["at", "kind", "subject", "who", "origin", "reason", "position"]
    list_filter = ["kind", "origin"]
    search_fields = ["subject__exact"]
    ordering = ["-id"]
    readonly_fields = (
        "at",
        "kind",
        "subject",
        "fleet",
        "vehicle",
        "who",
        "origin",
        "reason",
        "document",
        "body_text",
        "position",
        "seal_text",
        "sealed_at",
        "erased_at",
    )
    fields = readonly_fields
    show_full_result_count = False
    paginator = FirstRows

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).defer("body")

    @admin.display(description="Body, secrets masked")
    def body_text(self, entry: AuditEntry) -> str:
        return "" if entry.body is None else format_html("<pre>{}</pre>", bytes(entry.body).decode("utf-8", "replace"))

    @admin.display(description="Seal")
    def seal_text(self, entry: AuditEntry) -> str:
        return "" if entry.seal is None else bytes(entry.seal).hex()
