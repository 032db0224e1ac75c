"""What the credentials calendar keeps: our own TLS certificate as it was read last, and what was told of each end."""

from django.db import models

from fleets.storage.whys import WhyField


class SiteCertificate(models.Model):
    """The TLS certificate that is served at a site (host:port), read by a handshake: a subject, an end.

    `looked_at` is when the last try was; `why`: it failed, so that what is here was read before, if ever.
    """

    site = models.CharField(max_length=300, unique=True)
    subject = models.TextField(blank=True)
    ends_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()
    why = WhyField()

    def __str__(self) -> str:
        return self.site


class EndNotice(models.Model):
    """Something that ends soon, or is over, and what people were told last: a step of calendar/ends.py.

    It stands for as long as the end is near; `key` is the entry's, and that of the alerts about it.
    """

    key = models.CharField(max_length=40, primary_key=True)
    what = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    ends_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="end_notice_first")]

    def __str__(self) -> str:
        return f"{self.key}: {self.ends_at:%Y-%m-%d}"
