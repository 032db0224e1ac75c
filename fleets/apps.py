from django.apps import AppConfig
from django.urls import register_converter


class FleetsConfig(AppConfig):
    name = "fleets"

    def ready(self) -> None:
        # They make their codes and sentences known; the first looks at each new connection.
        import fleets.storage.continuity
        import fleets.vehicles.capabilities
        import fleets.words.wire_sentences  # noqa: F401
        from fleets.converters import PublicIdConverter

        register_converter(PublicIdConverter, "id")
