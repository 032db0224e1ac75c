"""New secrets for our webhook. The former ones are good until upstream has these and what was under way is in."""

from django.db import transaction

from fleets.models import FormerSecrets, UpstreamFleet
from fleets.models.gateway import new_webhook_secret
from fleets.storage import clock
from remotes.jobs import CHECK_GATEWAY, wake


def rotate(upstream_fleet_id: int) -> UpstreamFleet:
    """Make both secrets anew; upstream is registered with them after commit, by itself, until that succeeds."""
    with transaction.atomic():
        upstream = _locked(upstream_fleet_id)
        FormerSecrets.objects.create(
            upstream_fleet=upstream,
            webhook_secret=upstream.webhook_secret,
            path_secret=upstream.path_secret,
            replaced_at=clock.now(),
        )
        upstream.webhook_secret, upstream.path_secret = new_webhook_secret(), new_webhook_secret()
        # Registered with others, and to be looked at now.
        upstream.callback_target, upstream.callback_checked_at = "", None
        upstream.save(update_fields=["webhook_secret", "path_secret", "callback_target", "callback_checked_at"])
        transaction.on_commit(lambda: wake(CHECK_GATEWAY, [upstream.gateway_id]))
    return upstream


def end_former(upstream_fleet_id: int) -> int:
    """End the former secrets at once, as where they have leaked: web servers know within a minute. Gives how many.

    What upstream still has under way with them is then refused.
    """
    with transaction.atomic():
        upstream = _locked(upstream_fleet_id)
        return FormerSecrets.objects.filter(upstream_fleet=upstream).delete()[0]


def _locked(upstream_fleet_id: int) -> UpstreamFleet:
    return UpstreamFleet.objects.select_for_update(of=("self",), no_key=True).get(pk=upstream_fleet_id)
