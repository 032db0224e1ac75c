"""Finds vehicles by VIN, label or plate."""

from django.db.models import Q, QuerySet

from fleets.models import Vehicle


def matching(vehicles: QuerySet[Vehicle], words: str) -> QuerySet[Vehicle]:
    """Those with `words` in label, VIN or plate; as UPPER(…) LIKE UPPER(…), which the index vehicle_search serves."""
    if not words:
        return vehicles
    return vehicles.filter(Q(label__icontains=words) | Q(vin__icontains=words) | Q(plate__icontains=words))
