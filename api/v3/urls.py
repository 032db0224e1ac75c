"""The published paths of the Fleet Owner API v3 (fleet-owner-v3.yaml), and our extensions below a callback's."""

from django.urls import path

from api.v3 import callbacks, deliveries, fleets, remotes

app_name = "v3"

_CALLBACK = "fleets/<id:fid>/remote/callbacks/<id:cbid>"
_REMOTES = "fleets/<id:fid>/vehicles/<id:vid>/callbacks/<id:cbid>/remotes"

urlpatterns = [
    path("fleets", fleets.FleetsView.as_view(), name="fleets"),
    path("fleets/<id:fid>", fleets.FleetView.as_view(), name="fleet"),
    path("fleets/<id:fid>/vehicles", fleets.VehiclesView.as_view(), name="vehicles"),
    path("fleets/<id:fid>/vehicles/<id:vid>", fleets.VehicleView.as_view(), name="vehicle"),
    path("fleets/<id:fid>/vehicles/<id:vid>/status", fleets.VehicleStatusView.as_view(), name="vehicle-status"),
    path("fleets/<id:fid>/remote/callbacks", callbacks.CallbacksView.as_view(), name="callbacks"),
    path(_CALLBACK, callbacks.CallbackView.as_view(), name="callback"),
    path(f"{_CALLBACK}/status", callbacks.CallbackStatusView.as_view(), name="callback-status"),
    path(f"{_CALLBACK}/batches", deliveries.BatchesView.as_view(), name="callback-batches"),
    path(f"{_CALLBACK}/batches/<id:bid>", deliveries.BatchView.as_view(), name="callback-batch"),
    path(f"{_CALLBACK}/batches/<id:bid>/replay", deliveries.BatchReplayView.as_view(), name="callback-batch-replay"),
    path(f"{_CALLBACK}/attempts", deliveries.AttemptsView.as_view(), name="callback-attempts"),
    path(f"{_CALLBACK}/replay", deliveries.ReplayView.as_view(), name="callback-replay"),
    path(f"{_CALLBACK}/test", deliveries.TrialView.as_view(), name="callback-test"),
    path(f"{_CALLBACK}/health", deliveries.HealthView.as_view(), name="callback-health"),
    path(f"{_CALLBACK}/secret", deliveries.SecretView.as_view(), name="callback-secret"),
    path(_REMOTES, remotes.RemotesView.as_view(), name="remotes"),
    path(f"{_REMOTES}/<id:rid>", remotes.RemoteView.as_view(), name="remote"),
]
