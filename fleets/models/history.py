"""Which database this is."""

from django.db import models
from django.db.models import Q


class DatabaseHistory(models.Model):
    """One row: the cluster's system identifier and its timeline, and since when no commit is known to be lost.

    Read and written by fleets/storage/continuity.py only.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    system = models.BigIntegerField()
    timeline = models.IntegerField()
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "database histories"
        constraints = [models.CheckConstraint(name="database_history_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.system}, timeline {self.timeline}"
