from django.apps import AppConfig


class RemotesConfig(AppConfig):
    name = "remotes"

    def ready(self) -> None:
        from django.db.models.signals import pre_delete

        import remotes.sentences  # noqa: F401
        from callbacks.pending import register_pending_check
        from callbacks.watch import register_watcher
        from fleets.clients import watch
        from fleets.models import ApiClient
        from remotes.alerts import gateways, subscribers
        from remotes.askers import end_unsent
        from remotes.explain.texts import know_causes
        from remotes.gate import observer, on_change
        from remotes.models import OPEN_STATES, RemoteAction

        register_pending_check(
            lambda callback: RemoteAction.objects.filter(callback=callback, state__in=OPEN_STATES).exists()
        )
        register_watcher(subscribers.note_failed, subscribers.note_recovered)
        watch(observer)
        know_causes()
        pre_delete.connect(end_unsent, sender=ApiClient)
        on_change(lambda health, _: gateways.note_health(health.pk))
