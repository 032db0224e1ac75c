from django.apps import AppConfig


class RemotesConfig(AppConfig):
    name = "remotes"

    def ready(self) -> None:
        from django.db.models.signals import pre_delete

        import remotes.words.sentences  # noqa: F401
        from callbacks.pending import register_pending_check
        from fleets.clients import watch
        from fleets.models import ApiClient
        from fleets.narrowing import evaluate_with
        from fleets.proposals import on_approval
        from fleets.rights import Right
        from fleets.storage.continuity import on_loss
        from remotes.asking import rules
        from remotes.finding.vehicles import meant_by
        from remotes.gate.gate import client
        from remotes.life.askers import end_unsent
        from remotes.life.unseen import look_for_all
        from remotes.models import OPEN_STATES, RemoteAction
        from remotes.words.causes import know_causes
        from remotes.words.statuses import know_statuses

        register_pending_check(
            lambda callback: RemoteAction.objects.filter(callback=callback, state__in=OPEN_STATES).exists()
        )
        watch(client)
        evaluate_with(meant_by)
        on_loss(look_for_all)
        know_causes()
        know_statuses()
        on_approval(rules.KIND, rules.apply, rules.describe, Right.CHANGE_RULES)
        pre_delete.connect(end_unsent, sender=ApiClient)
