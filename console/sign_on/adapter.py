"""What FleetRemote wants of django-allauth's social accounts (settings.SOCIALACCOUNT_ADAPTER)."""

from time import monotonic
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from urllib3.exceptions import HTTPError

LONGEST = 256 * 1024
"""Bytes of an answer."""

SECONDS = 10
"""In which it is there as a whole, however it drips."""


class _Session(requests.Session):
    """Nobody waits long for the provider, nor reads without end, and it leads nowhere else."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        until, content = monotonic() + SECONDS, b""
        response = super().request(*args, **{**kwargs, "timeout": 5, "allow_redirects": False, "stream": True})
        with response:
            try:
                while part := response.raw.read1(16_384, decode_content=True):
                    content += part
                    if len(content) > LONGEST or monotonic() > until:
                        raise requests.ReadTimeout("The answer is too long, or comes too slowly.")
            except HTTPError as error:
                raise requests.ConnectionError(error) from error
        response._content = content
        return response


class SignOnAdapter(DefaultSocialAccountAdapter):
    """There is one provider, and settings alone name it; nobody gets an account by it."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Rows of the library's table, whoever may have put them there, are none."""
        return []

    def get_requests_session(self) -> requests.Session:
        return _Session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
