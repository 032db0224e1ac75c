from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts.audited import watch_all
        from alerts.causes import actions, gateways, second_person, subscribers
        from callbacks.watch import register_watcher
        from remotes.gate.gate import on_change
        from remotes.life.ends import on_end

        watch_all()
        register_watcher(subscribers.note_failed, subscribers.note_recovered)
        on_change(lambda health, _: gateways.note_health(health.pk))
        on_end(actions.note_end)
        second_person.listen()
