"""Places that a fleet has saved: depots, workshops, where its routes lead."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from fleets.storage.ids import new_public_id


class SavedPlace(models.Model):
    """A name for a position, in degrees; it belongs to the whole fleet."""

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    fleet = models.ForeignKey("fleets.Fleet", on_delete=models.CASCADE, related_name="saved_places")
    name = models.CharField(max_length=60)
    latitude = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # Metres around it: none of its own (fleets/places/words.py).
    radius = None

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            # Serves the list of a fleet too.
            models.UniqueConstraint("fleet", Lower("name"), name="saved_place_name_once"),
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="saved_place_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return self.name
