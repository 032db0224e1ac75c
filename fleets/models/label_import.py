"""A file of labels and plates that was checked, and waits for somebody to say yes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from fleets.storage.ids import new_public_id


class LabelImport(models.Model):
    """One file, as it was read and compared with the fleet at `checked_at` (fleets/labels/).

    `lines` are what it wants, `changes` what that would change, `errors` why it can't be taken, `notes` what a person
    should know of how it was read; all in JSON, as fleets/labels/ writes them. `checks` counts the comparisons, so that
    nobody says yes to an older one. `done_at`: since then the changes are made.
    """

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="label_imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    unchanged = models.IntegerField(default=0)
    checks = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="label_import_old")]
        constraints = [
            models.CheckConstraint(name="label_import_done_whole", condition=Q(done_at__isnull=True) | Q(errors=[])),
        ]

    def __str__(self) -> str:
        return self.file_name
