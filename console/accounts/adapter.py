"""What FleetRemote wants of django-allauth: nobody signs up, and the entrance is ours (settings.ACCOUNT_ADAPTER)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from console.entrance import typed

# Which of settings.AUTHENTICATION_BACKENDS knows who is logged in.
BACKEND = "console.entrance.guard.Guard"


def let_in(request: HttpRequest, user: User) -> None:
    """Whoever has just made their account with a password is in, and has shown it: nobody asks for it at once."""
    login(request, user, backend=BACKEND)
    record_authentication(request, user, "password")


class Adapter(DefaultAccountAdapter):
    """People are invited, or made by an admin; whoever comes in is not greeted by a message."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """After the last step, which may be another request than the one in which the password was shown."""
        user.backend = BACKEND
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Whoever comes from a form finds in it what they had typed."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        typed.hand_over(request, request.session.pop(typed.SEALED, ""))
        return response

    def get_login_stages(self) -> list[str]:
        """What comes after the password, or after the provider of single sign-on has said who it is."""
        return ["console.factors.stage.SecondFactorStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """As fleetremote/front/addresses.py has settled it, from named proxies only."""
        return str(request.META.get("REMOTE_ADDR", "")) or "unknown"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what was done."""
