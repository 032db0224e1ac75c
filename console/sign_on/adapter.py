"""What FleetRemote wants of django-allauth's social accounts (settings.SOCIALACCOUNT_ADAPTER)."""

from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class _Session(requests.Session):
    """Nobody waits long for the provider, and it leads nowhere else."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{**kwargs, "timeout": 5, "allow_redirects": False})


class SignOnAdapter(DefaultSocialAccountAdapter):
    """There is one provider, and settings alone name it; nobody gets an account by it."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Rows of the library's table, whoever may have put them there, are none."""
        return []

    def get_requests_session(self) -> requests.Session:
        return _Session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
