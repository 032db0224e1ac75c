"""The pages for people."""

from django.contrib.auth import views as auth
from django.urls import path

from fleets import views as fleets
from remotes import views as remotes
from remotes.stream import vehicle_stream

_VEHICLE = "fleets/<id:fleet_id>/vehicles/<id:vehicle_id>"

urlpatterns = [
    path("login", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("", fleets.fleets, name="fleets"),
    path("fleets/<id:fleet_id>", fleets.vehicles, name="vehicles"),
    path(_VEHICLE, remotes.vehicle, name="vehicle"),
    path(f"{_VEHICLE}/actions", remotes.send_action, name="send-action"),
    path(f"{_VEHICLE}/actions/new", remotes.new_action, name="new-action"),
    path(f"{_VEHICLE}/news", remotes.vehicle_news, name="vehicle-news"),
    path(f"{_VEHICLE}/live", vehicle_stream, name="vehicle-live"),
]
