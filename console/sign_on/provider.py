"""The provider of settings.OIDC_ISSUER: what it publishes of itself, and what it says for a code.

OpenID Connect Discovery 1.0 and Core 1.0, the code flow with PKCE (RFC 7636).
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.http import HttpRequest

from console.sign_on.refusals import ANSWER, AWAY, Refused

KEPT = 600
"""Seconds for which what the provider publishes is not asked again."""

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

_kept: dict[str, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Provider:
    """As it describes itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    is_basic: bool

    @property
    def is_elsewhere(self) -> bool:
        """Whether it logs people in at another origin than the issuer's, to which no form may lead on."""
        return _origin(self.authorization_endpoint) != _origin(self.issuer)


def provider() -> Provider:
    """Raises Refused where it can't be reached, or describes another one."""
    issuer = settings.OIDC_ISSUER
    document = read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    places = {name: document.get(name) for name in (*_ENDPOINTS, "userinfo_endpoint")}
    if document.get("issuer") != issuer or not all(_is_fine(issuer, places[name]) for name in _ENDPOINTS):
        raise Refused(ANSWER)
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    userinfo_endpoint = str(places["userinfo_endpoint"]) if _is_fine(issuer, places["userinfo_endpoint"]) else ""
    named = {name: str(places[name]) for name in _ENDPOINTS}
    return Provider(issuer, **named, userinfo_endpoint=userinfo_endpoint, is_basic="client_secret_post" not in methods)


def keys(place: Provider, *, anew: bool = False) -> list[dict[str, Any]]:
    """The public keys that it publishes. Raises Refused."""
    found = read(place.jwks_uri, anew=anew).get("keys")
    return [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []


def client_of(request: HttpRequest, place: Provider, callback: str) -> OAuth2Client:
    """FleetRemote as a client of it."""
    return OAuth2Client(
        request,
        settings.OIDC_CLIENT_ID,
        settings.OIDC_CLIENT_SECRET,
        "POST",
        place.token_endpoint,
        callback,
        basic_auth=place.is_basic,
    )


def redeem(client: OAuth2Client, code: str, verifier: str) -> dict[str, Any]:
    """What the token endpoint gives for the code. Raises Refused."""
    try:
        answer = client.get_access_token(code, pkce_code_verifier=verifier)
    except (OAuth2Error, ValueError, TypeError, KeyError, RecursionError):
        # Its words may hold the code: they are not kept.
        raise Refused(ANSWER) from None
    except requests.RequestException:
        raise Refused(AWAY) from None
    if not isinstance(answer, dict):
        raise Refused(ANSWER)
    return answer


def userinfo(place: Provider, access_token: str) -> dict[str, Any]:
    """What it tells of the person for the access token; empty where it tells nothing."""
    if not place.userinfo_endpoint:
        return {}
    return _get(place.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})


def read(url: str, *, anew: bool = False) -> dict[str, Any]:
    """A document that it publishes, remembered for a while. Raises Refused."""
    at, document = _kept.get(url, (0.0, {}))
    if anew or not document or monotonic() - at > KEPT:
        document = _get(url, {})
        _kept[url] = (monotonic(), document)
    return document


def _get(url: str, headers: dict[str, str]) -> dict[str, Any]:
    try:
        with get_adapter().get_requests_session() as session:
            response = session.get(url, headers=headers)
            response.raise_for_status()
            document = response.json()
    except (ValueError, RecursionError):
        # Not JSON, which is a RequestException, too; or deeper than anybody reads it.
        raise Refused(ANSWER) from None
    except requests.RequestException:
        raise Refused(AWAY) from None
    if not isinstance(document, dict) or response.status_code != 200:
        raise Refused(ANSWER)
    return document


def _is_fine(issuer: str, url: Any) -> bool:
    """Encrypted, unless the issuer is one of this machine that isn't either."""
    return isinstance(url, str) and urlsplit(url).scheme in {"https", urlsplit(issuer).scheme}


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
