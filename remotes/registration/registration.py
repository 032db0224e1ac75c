"""Our own callback upstream: one for each fleet and gateway, registered anew when it is gone or has another target."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from fleets.models import FormerSecrets, UpstreamFleet
from fleets.storage import clock
from gateways.interface import GatewayClient, GatewayError, Refused, Registered
from protocol.statuses import CALLBACK_RUNNING
from remotes.gate import gate
from remotes.registration.asking import KEPT, PUBLISHED, UNPUBLISHED, in_order, secrets_of, shown_target, subscribe

# How a cloud refuses a registration that it can read.
_NOT_TAKEN = (400, 422)
# A cloud that has refused a type that is not published is asked again after that.
_TYPES_AGAIN = timedelta(days=1)


def is_registered(upstream: UpstreamFleet) -> bool:
    """Whether our callback was made upstream with the address and the secrets that are ours now."""
    return bool(upstream.callback_id) and upstream.callback_target == shown_target(upstream)


def registered(upstream: UpstreamFleet) -> str:
    """The id of our callback upstream, registered now if need be. Raises a GatewayError when that fails."""
    if is_registered(upstream):
        return upstream.callback_id
    try:
        return check(upstream.pk).callback_id
    except GatewayError:
        # New secrets that upstream does not take yet are no reason to hold commands: the former ones are good still.
        if upstream.callback_id and FormerSecrets.objects.filter(upstream_fleet=upstream, good_until=None).exists():
            return upstream.callback_id
        raise


def check(upstream_fleet_id: int) -> UpstreamFleet:
    """Make upstream's callback what ours should be, and note when that was. Raises a GatewayError when it fails."""
    return _locked(upstream_fleet_id, _make_right)


def is_gone(upstream: UpstreamFleet) -> bool:
    """Whether upstream no longer has our callback."""
    return _client(upstream).read_callback(upstream.upstream_id, upstream.callback_id) is None


def takes_more(upstream: UpstreamFleet, type_name: str) -> bool:
    """Whether upstream, asked now, takes a type for our callback that it was not registered with.

    To be asked where upstream has refused an action of that type: the callback may be why. Only types that are not
    published may be missing. Raises a GatewayError when that can't be found out.
    """
    if type_name not in UNPUBLISHED - set(upstream.callback_types) or not is_registered(upstream):
        return False
    if upstream.types_refused_at and clock.now() - upstream.types_refused_at < _TYPES_AGAIN:
        return False

    def add_type(client: GatewayClient, upstream: UpstreamFleet) -> None:
        types = {*upstream.callback_types, type_name}
        try:
            client.replace_callback(upstream.upstream_id, upstream.callback_id, subscribe(upstream, types))
        except Refused as refused:
            if refused.status not in _NOT_TAKEN:
                raise
            upstream.types_refused_at = clock.now()
            return
        upstream.callback_types = in_order(types)

    return type_name in _locked(upstream.pk, add_type).callback_types


def _locked(upstream_fleet_id: int, do: Callable[[GatewayClient, UpstreamFleet], None]) -> UpstreamFleet:
    """Do something about our callback and note how it went. Raises a GatewayError when it fails.

    The row is locked meanwhile, so that two workers don't register twice: few rows, and never in a hot path. Its key is
    not: notifications that come in meanwhile refer to it.
    """
    error: GatewayError | None = None
    with transaction.atomic():
        rows = UpstreamFleet.objects.select_for_update(of=("self",), no_key=True).select_related("gateway")
        upstream = rows.get(pk=upstream_fleet_id)
        try:
            do(_client(upstream), upstream)
        except GatewayError as failed:
            error = failed
        upstream.callback_checked_at = clock.now()
        if error is not None:
            upstream.callback_failed_at, upstream.callback_failure = upstream.callback_checked_at, error.why
        upstream.save()
    if error is not None:
        raise error
    return upstream


def _client(upstream: UpstreamFleet) -> GatewayClient:
    return gate.client(upstream.gateway).hiding(secrets_of(upstream))


def _make_right(client: GatewayClient, upstream: UpstreamFleet) -> None:
    found = client.read_callback(upstream.upstream_id, upstream.callback_id) if upstream.callback_id else None
    types = PUBLISHED | _known_to_have(upstream, found)
    if found is None or not _same(found, subscribe(upstream, types)) or set(upstream.callback_types) != types:
        _register(client, upstream, types, is_new=found is None)
    upstream.callback_target = shown_target(upstream)
    if found is not None and found.status != CALLBACK_RUNNING:
        client.resume_callback(upstream.upstream_id, upstream.callback_id)
    _let_former_secrets_end(upstream)


def _register(client: GatewayClient, upstream: UpstreamFleet, types: set[str] | frozenset[str], is_new: bool) -> None:
    """With these types where the cloud takes them, else with the published ones alone."""
    try:
        _put(client, upstream, subscribe(upstream, types), is_new)
    except Refused as refused:
        if refused.status not in _NOT_TAKEN or types == PUBLISHED:
            raise
        upstream.types_refused_at = clock.now()
        types = PUBLISHED
        _put(client, upstream, subscribe(upstream, types), is_new)
    upstream.callback_types = in_order(types)
    upstream.callback_registered_at = clock.now()


def _put(client: GatewayClient, upstream: UpstreamFleet, body: dict[str, Any], is_new: bool) -> None:
    if is_new:
        upstream.callback_id = client.register(upstream.upstream_id, body)
    else:
        client.replace_callback(upstream.upstream_id, upstream.callback_id, body)


def _known_to_have(upstream: UpstreamFleet, found: Registered | None) -> set[str]:
    """The unpublished types that this cloud knows: it is our simulator, or it has taken them for a callback of ours."""
    if upstream.gateway.is_simulated:
        known = set(UNPUBLISHED)
    else:
        lists = list(UpstreamFleet.objects.filter(gateway=upstream.gateway).values_list("callback_types", flat=True))
        listed = found.document.get("remoteTypes") if found is not None else None
        lists.append(listed if isinstance(listed, list) else [])
        known = {name for name in UNPUBLISHED if any(name in names for names in lists)}
    was_refused = upstream.types_refused_at and clock.now() - upstream.types_refused_at < _TYPES_AGAIN
    return known & set(upstream.callback_types) if was_refused else known


def _same(found: Registered, wanted: dict[str, Any]) -> bool:
    """Upstream may keep more than we sent, and may hide attribute values; target and batches are what can change."""
    return found.target == wanted["callback"]["webhook"]["target"] and (
        found.document.get("batchNotify") or None
    ) == wanted.get("batchNotify")


def _let_former_secrets_end(upstream: UpstreamFleet) -> None:
    """Upstream has the present ones now; what was under way with the former ones comes in until it is dropped."""
    now = clock.now()
    former = FormerSecrets.objects.filter(upstream_fleet=upstream)
    former.filter(good_until__lt=now).delete()
    former.filter(good_until__isnull=True).update(good_until=now + KEPT)
