"""The figures of a fleet."""

from django.urls import path

from plots import views

urlpatterns = [
    path("fleets/<id:fleet_id>/plots", views.plots, name="plots"),
    path("fleets/<id:fleet_id>/plots.csv", views.plot_table, name="plot-table"),
]
