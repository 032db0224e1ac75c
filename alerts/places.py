"""Where an alert leads to: the page on which one sees what it is about."""

from django.conf import settings
from django.urls import reverse

from remotes.models import Alert


def path_of(alert: Alert) -> str:
    """The path of the page; the fleets' one for what concerns all of them."""
    if alert.fleet is None:
        return reverse("fleets")
    fleet = alert.fleet.public_id
    if alert.vehicle is not None:
        return reverse("vehicle", args=[fleet, alert.vehicle.public_id])
    if alert.kind == Alert.Kind.CALLBACK_FAILED:
        return reverse("callback", args=[fleet, alert.key])
    if alert.kind == Alert.Kind.CREDENTIALS_END:
        return reverse("alerts", args=[fleet])
    # What is about a gateway: how sending through it stands.
    return reverse("sending", args=[fleet])


def url_of(path: str) -> str:
    """The path as a whole address, as people have it in e-mails."""
    return f"{settings.PUBLIC_URL}{path}"
