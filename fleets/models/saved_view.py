"""Saved views: filters, order and columns of the list of vehicles under a name."""

from typing import Any

from django.conf import settings
from django.db import models

from fleets.storage.ids import new_public_id


def keep_shared(collector: Any, field: Any, views: Any, using: str) -> None:
    """An owner who is deleted takes the private views along; what others use stays."""
    models.CASCADE(collector, field, views.filter(shared=False), using)
    models.SET_NULL(collector, field, views.filter(shared=True), using)


class SavedView(models.Model):
    """`query` is the query string of the list of vehicles as console/vehicle_list/queries.py writes it.

    Everybody in the fleet sees a shared view, its owner alone another one.
    """

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=keep_shared, null=True, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fleet", "owner", "name"], name="saved_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
