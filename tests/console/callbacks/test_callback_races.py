"""Two managers change a callback at the same moment."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from callbacks.models import Callback
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import World
from tests.workers import Worker


@pytest.mark.django_db(transaction=True)
def test_the_secret_before_a_new_one_is_that_of_the_moment_not_that_of_the_page(world: World, camille: Client) -> None:
    callback = make_callback(world.lyon)
    with transaction.atomic():
        meanwhile = Callback.objects.select_for_update().get()
        rotating = Worker(
            lambda: camille.post(f"/fleets/{world.lyon.public_id}/callbacks/{callback.public_id}/secret")
        ).until_it_waits()
        meanwhile.rotate_secret(timezone.now())
        meanwhile.save()
    assert rotating.result().status_code == 303
    callback.refresh_from_db()
    assert callback.signing_secrets(timezone.now()) == [callback.secret, meanwhile.secret]
