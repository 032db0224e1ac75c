from django.apps import AppConfig
from django.urls import register_converter


class FleetsConfig(AppConfig):
    name = "fleets"

    def ready(self) -> None:
        # They make their codes and sentences known; the first announces changes, the second looks at new connections.
        import fleets.sight.announcing
        import fleets.storage.continuity
        import fleets.vehicles.capabilities
        import fleets.words.wire_sentences  # noqa: F401
        from fleets.converters import PublicIdConverter

        register_converter(PublicIdConverter, "id")
