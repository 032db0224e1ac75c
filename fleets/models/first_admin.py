"""The one link by which the first admin is made."""

from django.db import models
from django.db.models import Q


class FirstAdminLink(models.Model):
    """The link that was printed last: one row, none before the first and once it was used. Its token is kept hashed."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="first_admin_link_once", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M:%S}"
