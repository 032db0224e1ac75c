"""Stock Django admin of alerts: what happened and was sent is read only; who wants what can be changed."""

from django import forms
from django.contrib import admin

from fleets.record_admin import FirstRows, ReadOnly
from remotes.models import Alert, AlertChoice, AlertLine, AlertMail


class LineInline(ReadOnly, admin.TabularInline):
    model = AlertLine
    fields = ["at", "what", "user", "words", "mail"]
    ordering = ["-at"]


@admin.register(Alert)
class AlertAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["kind", "fleet", "key", "words", "count", "first_at", "cleared_at", "told", "held"]
    list_filter = ["kind", ("cleared_at", admin.EmptyFieldListFilter), "held", "fleet"]
    list_select_related = ["fleet"]
    search_fields = ["public_id", "key", "vehicle__vin"]
    ordering = ["-pk"]
    inlines = [LineInline]
    show_full_result_count = False
    paginator = FirstRows


@admin.register(AlertMail)
class AlertMailAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["user", "formed_at", "sent_at", "tries", "error"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__username"]
    ordering = ["-pk"]
    show_full_result_count = False
    paginator = FirstRows


class AlertChoiceForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(required=False, choices=Alert.Kind.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = AlertChoice
        fields = ["fleet", "user", "callback", "kinds"]


@admin.register(AlertChoice)
class AlertChoiceAdmin(admin.ModelAdmin):
    form = AlertChoiceForm
    list_display = ["fleet", "user", "callback", "kinds"]
    list_filter = ["fleet"]
    list_select_related = ["fleet", "user", "callback"]
