from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    name = "callbacks"

    def ready(self) -> None:
        from django.db.models.signals import m2m_changed, pre_delete

        import callbacks.checks
        import callbacks.sentences  # noqa: F401
        from callbacks.channels.lost import client_goes, fleets_changed
        from callbacks.models.audited import watch_all
        from fleets.models import ApiClient

        watch_all()
        m2m_changed.connect(fleets_changed, ApiClient.fleets.through)
        pre_delete.connect(client_goes, ApiClient)
