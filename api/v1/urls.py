"""The published paths of the Connected Car API v1 (connected-car-v1.yaml) for vehicles, channels and remotes."""

from django.urls import path

from api.v1 import channels, remotes, telemetry, vehicles

app_name = "v1"

_VEHICLE = "accounts/vehicles/<id:vid>"
_CHANNEL = "accounts/channels/<id:chid>"
_REMOTES = f"{_VEHICLE}/channels/<id:chid>/remotes"

urlpatterns = [
    path("accounts/vehicles", vehicles.VehiclesView.as_view(), name="vehicles"),
    path(_VEHICLE, vehicles.VehicleView.as_view(), name="vehicle"),
    path(f"{_VEHICLE}/capability", vehicles.CapabilityView.as_view(), name="capability"),
    path(f"{_VEHICLE}/telemetries/latest", telemetry.TelemetryView.as_view(), name="telemetry"),
    path("accounts/channels", channels.ChannelsView.as_view(), name="channels"),
    path(_CHANNEL, channels.ChannelView.as_view(), name="channel"),
    path(f"{_CHANNEL}/status", channels.ChannelStatusView.as_view(), name="channel-status"),
    path(_REMOTES, remotes.RemotesView.as_view(), name="remotes"),
    path(f"{_REMOTES}/<id:rid>", remotes.RemoteView.as_view(), name="remote"),
]
