"""What the last sync of a gateway came to, and what it could not take in."""

from django.db import models

from fleets.storage.whys import WhyField


class LastSync(models.Model):
    """The last sync of a gateway, also while it runs: `ended_at` is null until its end, and stays so if it was killed.

    `fleets` are listed upstream, of which `fleets_read` are read; the others are numbers of fleets/sync/storing.py.
    `problems` holds in JSON why something was not read or written (fleets/sync/codes.py), not what is left out.
    """

    gateway = models.OneToOneField(
        "fleets.Gateway", on_delete=models.CASCADE, primary_key=True, related_name="last_sync"
    )
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fleets = models.IntegerField(default=0)
    fleets_read = models.IntegerField(default=0)
    vehicles = models.IntegerField(default=0)
    new_fleets = models.IntegerField(default=0)
    back_fleets = models.IntegerField(default=0)
    gone_fleets = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    back = models.IntegerField(default=0)
    gone = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0)
    problems = models.JSONField(default=list)

    class Meta:
        verbose_name = "last sync"

    def __str__(self) -> str:
        return f"The last sync of {self.gateway}"


class LeftOut(models.Model):
    """What a gateway lists and a sync can't take in, as it was listed; gone from here as soon as it can.

    `upstream_fleet` is the fleet's id upstream, empty for a fleet that has none; `fleet` is ours where there is one.
    `times`: how often it is listed so. Left out `since`, and last found so at `seen_at`: a list that could not be read
    to its end says nothing of what it did not show.
    """

    gateway = models.ForeignKey("fleets.Gateway", on_delete=models.CASCADE, related_name="left_out")
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, null=True, related_name="left_out")
    upstream_fleet = models.CharField(max_length=200)
    vin = models.CharField(max_length=100)
    upstream_id = models.CharField(max_length=200)
    why = WhyField()
    times = models.IntegerField(default=1)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "left out"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "upstream_fleet", "vin", "upstream_id"], name="left_out_once"),
        ]

    def __str__(self) -> str:
        return self.vin or self.upstream_id or str(self.why)
