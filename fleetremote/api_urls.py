"""The published paths of the Fleet Owner API v3 (fleet-owner-v3.yaml)."""

from django.urls import path

from callbacks import api as callbacks
from fleets import api as fleets
from remotes import api as remotes

app_name = "v3"

_REMOTES = "fleets/<str:fid>/vehicles/<str:vid>/callbacks/<str:cbid>/remotes"

urlpatterns = [
    path("fleets", fleets.FleetsView.as_view(), name="fleets"),
    path("fleets/<str:fid>", fleets.FleetView.as_view(), name="fleet"),
    path("fleets/<str:fid>/vehicles", fleets.VehiclesView.as_view(), name="vehicles"),
    path("fleets/<str:fid>/vehicles/<str:vid>", fleets.VehicleView.as_view(), name="vehicle"),
    path("fleets/<str:fid>/remote/callbacks", callbacks.CallbacksView.as_view(), name="callbacks"),
    path("fleets/<str:fid>/remote/callbacks/<str:cbid>", callbacks.CallbackView.as_view(), name="callback"),
    path(_REMOTES, remotes.RemotesView.as_view(), name="remotes"),
    path(f"{_REMOTES}/<str:rid>", remotes.RemoteView.as_view(), name="remote"),
]
