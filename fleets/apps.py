from django.apps import AppConfig
from django.urls import register_converter


class FleetsConfig(AppConfig):
    name = "fleets"

    def ready(self) -> None:
        from fleets.converters import PublicIdConverter

        register_converter(PublicIdConverter, "id")
