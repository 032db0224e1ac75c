from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    name = "callbacks"

    def ready(self) -> None:
        import callbacks.checks
        import callbacks.sentences  # noqa: F401
