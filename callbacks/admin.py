"""Stock Django admin of callbacks."""

from django.contrib import admin

from callbacks.models import Callback


@admin.register(Callback)
class CallbackAdmin(admin.ModelAdmin):
    list_display = ["public_id", "name", "label", "fleet", "status", "target", "created_at", "deleted_at"]
    list_filter = ["status", "fleet"]
    list_select_related = ["fleet"]
    search_fields = ["public_id", "name", "label", "target"]
    readonly_fields = ["public_id", "created_by", "created_at", "updated_at"]
