"""What those who approve are told of at once. Sent after commit; receivers must not raise (`send_robust`)."""

from django.db import transaction
from django.dispatch import Signal

from remotes.models import RemoteAction, Review

wanted = Signal()
"""An action waits for a second person: `action`."""
decided = Signal()
"""One that waited was approved, refused, sent without, or has expired: `action`, as it stands then."""
glass_broken = Signal()
"""One was sent without its second person: `review`."""
review_closed = Signal()
"""Another has looked into it: `review`."""


def tell_wanted(action: RemoteAction) -> None:
    """Unless it was decided on in the same transaction."""
    transaction.on_commit(lambda: _if_it_waits(action.pk))


def tell_decided(action: RemoteAction) -> None:
    transaction.on_commit(lambda: _send(decided, action=action))


def tell_glass_broken(review: Review) -> None:
    transaction.on_commit(lambda: _send(glass_broken, review=review))


def tell_review_closed(review: Review) -> None:
    transaction.on_commit(lambda: _send(review_closed, review=review))


def _if_it_waits(pk: int) -> None:
    rows = RemoteAction.objects.select_related("fleet", "vehicle", "user", "api_client")
    action = rows.filter(pk=pk, state=RemoteAction.State.WAITING_APPROVAL).first()
    if action is not None:
        _send(wanted, action=action)


def _send(signal: Signal, **values: object) -> None:
    signal.send_robust(sender=RemoteAction, **values)
