"""The published paths of the Fleet Owner API v3 (fleet-owner-v3.yaml)."""

from django.urls import path

from callbacks import api as callbacks
from fleets import api as fleets
from remotes import api as remotes

app_name = "v3"

_REMOTES = "fleets/<id:fid>/vehicles/<id:vid>/callbacks/<id:cbid>/remotes"

urlpatterns = [
    path("fleets", fleets.FleetsView.as_view(), name="fleets"),
    path("fleets/<id:fid>", fleets.FleetView.as_view(), name="fleet"),
    path("fleets/<id:fid>/vehicles", fleets.VehiclesView.as_view(), name="vehicles"),
    path("fleets/<id:fid>/vehicles/<id:vid>", fleets.VehicleView.as_view(), name="vehicle"),
    path("fleets/<id:fid>/vehicles/<id:vid>/status", fleets.VehicleStatusView.as_view(), name="vehicle-status"),
    path("fleets/<id:fid>/remote/callbacks", callbacks.CallbacksView.as_view(), name="callbacks"),
    path("fleets/<id:fid>/remote/callbacks/<id:cbid>", callbacks.CallbackView.as_view(), name="callback"),
    path(
        "fleets/<id:fid>/remote/callbacks/<id:cbid>/status",
        callbacks.CallbackStatusView.as_view(),
        name="callback-status",
    ),
    path(_REMOTES, remotes.RemotesView.as_view(), name="remotes"),
    path(f"{_REMOTES}/<id:rid>", remotes.RemoteView.as_view(), name="remote"),
]
