"""Where an alert leads to: the page on which one sees what it is about."""

from django.conf import settings
from django.urls import reverse

from alerts.rhythm import SECOND_PERSON_KINDS
from remotes.models import Alert


def path_of(alert: Alert) -> str:
    """The path of the page; the fleets' one for what concerns all of them."""
    if alert.kind in SECOND_PERSON_KINDS:
        return _to_decide(alert)
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


def _to_decide(alert: Alert) -> str:
    """Where a second person decides; once that is over, where it all stands."""
    if alert.fleet is None:
        return reverse("proposal-of-all", args=[alert.key])
    fleet = alert.fleet.public_id
    if alert.kind == Alert.Kind.CHANGE_WANTED:
        return reverse("proposal", args=[fleet, alert.key])
    if alert.kind == Alert.Kind.SENT_ALONE:
        return reverse("review", args=[fleet, alert.key])
    if alert.vehicle is None:
        return reverse("approvals", args=[fleet])
    name = "approve-action" if alert.is_open else "action"
    return reverse(name, args=[fleet, alert.vehicle.public_id, alert.key])


def url_of(path: str) -> str:
    """The path as a whole address, as people have it in e-mails."""
    return f"{settings.PUBLIC_URL}{path}"
