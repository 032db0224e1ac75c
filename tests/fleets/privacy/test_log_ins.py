"""Sessions that are over go within the hour, and so does what django-axes wrote of log-ins, after its days."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from fleets.privacy.log_ins import LOG_DAYS, TRY_DAYS
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
    first = AccessLog.objects.earliest("pk").pk
    AccessLog.objects.filter(pk=first).update(attempt_time=timezone.now() - timedelta(days=LOG_DAYS, minutes=1))
    assert AccessAttempt.objects.exists()
    prune()
    assert Session.objects.get().expire_date > timezone.now()
    assert first not in AccessLog.objects.values_list("pk", flat=True)
    assert AccessLog.objects.count() == 1
    assert AccessAttempt.objects.exists()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=TRY_DAYS, minutes=1))
    prune()
    assert not AccessAttempt.objects.exists()
    assert live.get("/").status_code == 200
