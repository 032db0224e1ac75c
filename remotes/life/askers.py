"""A service that is deleted takes along what it has asked for and nobody has sent: nobody stands for it any more.

The action's row would not show it, since its reference is emptied. Of people remotes/checks/checks.py can tell.
"""

from typing import Any

from django.db import transaction

from fleets.models import ApiClient, Vehicle
from protocol import statuses
from protocol.why import Why
from remotes.life.endings import end_by_us
from remotes.models import UNSENT_STATES, RemoteAction
from remotes.words import codes


def end_unsent(sender: type[ApiClient], instance: ApiClient, **_: Any) -> None:
    """End what waits of the API client; a receiver of pre_delete."""
    unsent = RemoteAction.objects.filter(api_client=instance, state__in=UNSENT_STATES)
    for pk, vehicle_id in unsent.order_by("pk").values_list("pk", "vehicle_id"):
        with transaction.atomic():
            # The lock under which dispatch chooses what to send.
            Vehicle.objects.select_for_update(no_key=True).get(pk=vehicle_id)
            locked = RemoteAction.objects.select_for_update().filter(pk=pk, state__in=UNSENT_STATES).first()
            if locked is not None:
                end_by_us(locked, Why(codes.NOT_CLIENT), statuses.MISSING_RIGHTS)
