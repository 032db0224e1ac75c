"""Why a person or a vehicle can't be erased yet: what is under way would be lost, or go on without them."""

from django.contrib.auth.models import User
from django.db.models import Q

from callbacks.models import WAITING_STATES, Batch, Notification
from connections.models import Connection
from fleetremote.privacy.subjects import Car, Person
from remotes.models import OPEN_STATES, BulkCommand, RemoteAction, Schedule

_LIVE = (Schedule.State.ACTIVE, Schedule.State.PAUSED)


def why_not_person(person: Person) -> list[str]:
    """Each in words that say what to do; none where nothing is in the way."""
    user = person.user
    under_way = RemoteAction.objects.filter(Q(user=user) | Q(approved_by=user), state__in=OPEN_STATES).count()
    bulks = BulkCommand.objects.filter(user=user, started_at__isnull=False, finished_at__isnull=True).count()
    schedules = Schedule.objects.filter(user=user, state__in=_LIVE).count()
    runs = Connection.objects.filter(asked_by=user, state=Connection.State.RUNNING).count()
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    is_last = user.is_superuser and user.is_active and not others.exists()
    return [
        *_said(under_way, "remote actions that they asked for or approved are under way: wait for their end"),
        *_said(bulks, "bulk commands of theirs are running: wait for their end, or stop them"),
        *_said(schedules, "schedules run in their name: end them, or have somebody else edit them"),
        *_said(runs, "connections of accounts that they began are being checked: wait for their end"),
        *(["they are the last admin: make another one first"] if is_last else []),
    ]


def why_not_car(car: Car, *, though_listed: bool) -> list[str]:
    """The same of a vehicle; `though_listed`: that the manufacturer's cloud lists it is no reason."""
    vehicle = car.vehicle
    under_way = RemoteAction.objects.filter(vehicle=vehicle, state__in=OPEN_STATES).count()
    schedules = Schedule.objects.filter(vehicle=vehicle, state__in=_LIVE).count()
    waiting = Notification.objects.filter(vin=car.name).count()
    waiting += Batch.objects.filter(vins__contains=[car.name], state__in=WAITING_STATES).count()
    is_listed = vehicle.gone_at is None and not though_listed
    listed = (
        "the manufacturer's cloud lists it, so a sync would bring it back: take it out of its fleet there and run "
        "script/manage sync, or say --though-listed, and what the cloud tells from then on is kept anew"
    )
    return [
        *_said(under_way, "remote actions for it are under way: wait for their end, or cancel them"),
        *_said(schedules, "schedules are for it: end them"),
        *_said(waiting, "notifications about it wait for subscribers: they are sent, or over, after 3 days"),
        *([listed] if is_listed else []),
    ]


def _said(count: int, words: str) -> list[str]:
    return [f"{count:,} {words}"] if count else []
