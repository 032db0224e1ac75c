"""Sessions that are over go within the hour, and where they were used from, and counts of tries, after their time."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from console.models import TryCount, Visit
from fleets.privacy.log_ins import LOG_DAYS
from fleets.tasks import prune
from tests.world import PASSWORD, make_fleet, make_person

pytestmark = pytest.mark.django_db


def test_log_ins_are_forgotten_after_their_days() -> None:
    make_person("camille", make_fleet())
    over, live = Client(), Client()
    over.post("/login", {"username": "camille", "password": PASSWORD})
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    live.post("/login", {"username": "camille", "password": PASSWORD})
    Client().post("/login", {"username": "nobody", "password": "x"})
    first = Visit.objects.earliest("pk").pk
    Visit.objects.filter(pk=first).update(seen=timezone.now() - timedelta(days=LOG_DAYS, minutes=1))
    assert TryCount.objects.exists()
    prune()
    assert Session.objects.get().expire_date > timezone.now()
    assert first not in Visit.objects.values_list("pk", flat=True)
    assert Visit.objects.count() == 1
    assert TryCount.objects.exists()
    TryCount.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    prune()
    assert not TryCount.objects.exists()
    assert live.get("/").status_code == 200
