"""What the entrance keeps: who came in from where, and how often wrong passwords were tried."""

from django.contrib.auth.models import User
from django.db import models


class Visit(models.Model):
    """One session of a person's: from where, and when last. It stays after its end (fleets/privacy/log_ins.py)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="visits")
    # What the table of sessions has for its key (console/entrance/sessions.py).
    session = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    seen = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-seen", "-pk")

    def __str__(self) -> str:
        return f"{self.user} from {self.address or 'somewhere'}"


class TryCount(models.Model):
    """How often something was tried in a span of time (console/entrance/limits.py), by a digest of what is counted."""

    counted = models.CharField(max_length=80, unique=True)
    number = models.IntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.number} until {self.ends_at}"
