from django.apps import AppConfig


class FleetRemoteConfig(AppConfig):
    name = "fleetremote"
