from django.apps import AppConfig


class RemotesConfig(AppConfig):
    name = "remotes"

    def ready(self) -> None:
        from callbacks.pending import register_pending_check
        from remotes.models import OPEN_STATES, RemoteAction

        register_pending_check(
            lambda callback: RemoteAction.objects.filter(callback=callback, state__in=OPEN_STATES).exists()
        )
