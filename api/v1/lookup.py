"""What a request is about: vehicles of all fleets that the client may use, its channels, and the two together."""

from dataclasses import dataclass

from django.db.models import QuerySet

from api.rest.errors import ApiError
from callbacks import channels
from callbacks.models import Callback, Channel
from fleets.models import ApiClient, Fleet, Gateway, Vehicle
from fleets.storage.rows import Rows, read_several
from fleets.storage.sql import run_prepared

_vehicle, _fleet, _gateway = Rows(Vehicle, "vehicle"), Rows(Fleet, "fleet"), Rows(Gateway, "gateway")
_channel, _callback = Rows(Channel, "channel"), Rows(Callback, "callback")

# One statement, since each request asks for it. A client has its own channels only.
_PLACE = f"""
SELECT {_vehicle.columns}, {_fleet.columns}, {_gateway.columns}, {_channel.columns}, {_callback.columns}
FROM fleets_vehicle vehicle
JOIN fleets_fleet fleet ON fleet.id = vehicle.fleet_id
JOIN fleets_gateway gateway ON gateway.id = vehicle.gateway_id
LEFT JOIN callbacks_channel channel
    ON channel.public_id = %(channel)s AND channel.created_by_id = %(client)s AND channel.deleted_at IS NULL
LEFT JOIN callbacks_callback callback
    ON callback.channel_id = channel.id AND callback.fleet_id = fleet.id AND callback.deleted_at IS NULL
WHERE vehicle.public_id = %(vehicle)s AND EXISTS (
    SELECT FROM fleets_apiclient_fleets allowed
    WHERE allowed.apiclient_id = %(client)s AND allowed.fleet_id = fleet.id
)
"""  # noqa: S608


@dataclass(frozen=True)
class Place:
    """A vehicle and a channel; `known` is the channel's member in the vehicle's fleet, if there is one yet."""

    vehicle: Vehicle
    channel: Channel
    known: Callback | None

    def member(self) -> Callback:
        """The channel's member in the vehicle's fleet, made where there is none yet. Raises a 404."""
        if self.known is not None:
            return self.known
        try:
            return channels.member(self.channel, self.vehicle.fleet)
        except Channel.DoesNotExist:
            raise no_channel(self.channel.public_id) from None


def vehicles_of(client: ApiClient) -> QuerySet[Vehicle]:
    """Those of all fleets that the client may use: its account."""
    return Vehicle.objects.filter(fleet__api_clients=client.pk)


def find_vehicle(client: ApiClient, vid: str) -> Vehicle:
    """The vehicle if the client may use its fleet; raises a 404."""
    vehicle = vehicles_of(client).filter(public_id=vid).order_by().first()
    if vehicle is None:
        raise _no_vehicle(vid)
    return vehicle


def find_channel(client: ApiClient, chid: str) -> Channel:
    """The client's own channel; raises a 404."""
    channel = channels.channels_of(client).filter(public_id=chid).first()
    if channel is None:
        raise no_channel(chid)
    return channel


def find_place(client: ApiClient, vid: str, chid: str) -> Place:
    """Vehicle and channel, if the client may use the one and has the other; raises a 404."""
    rows = run_prepared(_PLACE, {"client": client.pk, "vehicle": vid, "channel": chid})
    if not rows:
        raise _no_vehicle(vid)
    found = read_several(rows[0], _vehicle, _fleet, _gateway, _channel, _callback)
    vehicle, vehicle.fleet, vehicle.gateway, channel, member = found
    if channel is None:
        raise no_channel(chid)
    if member is not None:
        member.fleet, member.channel = vehicle.fleet, channel
    return Place(vehicle, channel, member)


def _no_vehicle(vid: str) -> ApiError:
    return ApiError(404, f"There is no vehicle {vid} for this client.")


def no_channel(chid: str) -> ApiError:
    return ApiError(404, f"There is no channel {chid} for this client.")
