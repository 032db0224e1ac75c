"""Why a vehicle can't be asked for something: by what it has, by its cloud's API, and by what our account may do."""

from collections.abc import Iterable

from fleets.models import Gateway, Vehicle
from fleets.tokens.state import granted
from fleets.vehicles import capabilities
from protocol.canonical import JsonObject
from protocol.canonical.travel import cannot_travel
from protocol.catalogue import RemoteType
from protocol.dialects import codec
from protocol.v1 import scopes
from protocol.why import Why, code
from protocol.why import gettext_noop as _

NOT_TAKEN = code("not-taken-there", _("the API of its cloud (%(api)s) does not take %(path)s"))
NEEDED = code("needed-there", _("the API of its cloud (%(api)s) needs %(path)s, which is not given"))
OTHERWISE = code("otherwise-there", _("the API of its cloud (%(api)s) does not take %(path)s as it is: %(words)s"))
NO_SCOPE = code("no-scope-for-it", _("our account at its cloud was not granted the scope %(scope)s"))


def why_unable(vehicle: Vehicle, remote_type: RemoteType, payload: JsonObject, extra: Iterable[str] = ()) -> Why | None:
    """What speaks against it, naming the field or the scope; None when nothing does.

    `payload` is a valid one in its canonical form, `extra` are the names of what stands beside it. What upstream has
    not told yet stays allowed.
    """
    return (
        capabilities.refusal(vehicle.capability_document, remote_type.name, payload)
        or _untravelled(vehicle, remote_type, payload, extra)
        or _unscoped(vehicle, remote_type)
    )


def takes(vehicle: Vehicle, remote_type: RemoteType, path: str) -> bool:
    """Whether a field of the payload may be given at all, by what the vehicle and the API of its cloud take.

    `path` is in terms of the canonical payload: `preferences.level`.
    """
    limit = capabilities.allowed(vehicle.capability_document, remote_type.name).get(path, {})
    has_place = path not in codec(vehicle.gateway.dialect).no_place(remote_type)
    return bool(limit.get("supported", True)) and has_place


def unscoped(vehicle: Vehicle) -> dict[str, Why]:
    """The remote types of the catalogue that our account at the vehicle's cloud may not send, each with why.

    One statement at the most; none is named while nobody knows.
    """
    has = granted(vehicle.gateway)
    if has is None:
        return {}
    refused = (name for name in scopes.WRITE if not scopes.may_send_upstream(has, name))
    return {name: Why(NO_SCOPE, scope=scopes.WRITE[name]) for name in refused}


def _untravelled(vehicle: Vehicle, remote_type: RemoteType, payload: JsonObject, extra: Iterable[str]) -> Why | None:
    refused = cannot_travel(remote_type, payload, vehicle.gateway.dialect, extra)
    if refused is None:
        return None
    told = {"api": _api(vehicle.gateway), "path": refused.path}
    if refused.message.startswith("is required"):
        return Why(NEEDED, **told)
    if refused.message.startswith(("has no place", "is no remote action")):
        return Why(NOT_TAKEN, **told)
    return Why(OTHERWISE, **told, words=refused.message)


def _unscoped(vehicle: Vehicle, remote_type: RemoteType) -> Why | None:
    """Scopes come with a token, and are known once there was one."""
    return unscoped(vehicle).get(remote_type.name)


def _api(gateway: Gateway) -> str:
    return str(Gateway.Dialect(gateway.dialect).label)
