"""The pages that describe the API."""

from django.urls import path

from api.reference import views

urlpatterns = [
    path("api/docs", views.guide, name="api-docs"),
    path("api/docs/remote-types", views.remote_types, name="api-docs-remote-types"),
    path("api/docs/errors", views.errors, name="api-docs-errors"),
    path("api/docs/notifications", views.notifications, name="api-docs-notifications"),
    path("api/docs/v3", views.reference, {"dialect": "v3"}, name="api-docs-v3"),
    path("api/docs/v1", views.reference, {"dialect": "v1"}, name="api-docs-v1"),
    # Where the page of v1 was before.
    path("api/v1/docs", views.moved, name="docs-v1"),
]
