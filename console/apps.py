from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.socialaccount.models import SocialAccount

        from console.entrance import visits
        from fleets.people.approving import watch_log_in

        visits.listen()
        for model in (Authenticator, EmailAddress, SocialAccount):
            watch_log_in(model, lambda row: row.user_id)
