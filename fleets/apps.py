from django.apps import AppConfig
from django.urls import register_converter


class FleetsConfig(AppConfig):
    name = "fleets"

    def ready(self) -> None:
        # They make their checks, codes and sentences known, announce changes, and look at new connections.
        import fleets.narrowing
        import fleets.privacy.checks
        import fleets.sight.announcing
        import fleets.storage.continuity
        import fleets.vehicles.capabilities
        import fleets.words.wire_sentences  # noqa: F401
        from fleets.audit import entering
        from fleets.audit.watched import watch_all
        from fleets.people import approving, confirming
        from fleets.programs import trust
        from fleets.proposals import on_approval
        from fleets.rights import Right
        from fleets.storage.ids import PublicIdConverter

        watch_all()
        entering.listen()
        approving.listen()
        confirming.listen()
        on_approval(trust.KIND, trust.grant, trust.describe, Right.CHANGE_CLIENTS, trust.hinders)
        register_converter(PublicIdConverter, "id")
