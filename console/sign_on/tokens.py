"""Reads what the provider says about somebody: the ID token, by OpenID Connect Core 1.0, 3.1.3.7.

Its signature is checked even though it comes from the provider itself: who stands between could say anything else.
"""

import json
import time
from typing import Any

import jwt
from django.conf import settings
from jwt.algorithms import get_default_algorithms

from console.sign_on.provider import Provider, keys, userinfo
from console.sign_on.refusals import UNTRUSTED, Refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Those with a key of the provider's own: neither `none`, nor one by a secret that FleetRemote has too."""

LEEWAY = 60
"""Seconds by which its clock may be off."""

_OF_PERSON = ("email", "email_verified", "given_name", "family_name", "name")

Claims = dict[str, Any]


def read(place: Provider, answer: dict[str, Any], nonce: str) -> Claims:
    """The claims of the ID token in the token endpoint's answer, with those about the address from the UserInfo
    endpoint where the token has none. Raises Refused.
    """
    claims = _verified(place, str(answer.get("id_token") or ""))
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if len(audience) > 1 or "azp" in claims:
        _demand(claims.get("azp") == settings.OIDC_CLIENT_ID)
    _demand(bool(nonce) and claims.get("nonce") == nonce)
    _demand(isinstance(claims["sub"], str) and bool(claims["sub"]) and claims["sub"].isprintable())
    if "email" not in claims and (more := userinfo(place, str(answer.get("access_token") or ""))):
        # It answers for an access token, which may be somebody else's.
        _demand(more.get("sub") == claims["sub"])
        claims |= {name: more[name] for name in _OF_PERSON if name in more}
    return claims


def has_second_factor(claims: Claims) -> bool:
    """Whether the provider says that it has asked for more than one factor (RFC 8176), and is trusted with that."""
    methods = claims.get("amr")
    return bool(settings.OIDC_SECOND_FACTOR) and isinstance(methods, list) and "mfa" in methods


def is_new(claims: Claims, seconds: int) -> bool:
    """Whether the person has logged in at the provider within so many seconds, and not before."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and not isinstance(at, bool) and abs(time.time() - at) <= seconds + LEEWAY


def _verified(place: Provider, token: str) -> Claims:
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        _demand(algorithm in ALGORITHMS)
        found: Claims = jwt.decode(
            token,
            _key(place, header.get("kid"), str(algorithm)),
            algorithms=[str(algorithm)],
            audience=settings.OIDC_CLIENT_ID,
            issuer=place.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        raise Refused(UNTRUSTED) from None
    return found


def _key(place: Provider, kid: Any, algorithm: str) -> Any:
    """The provider's that the token names; asked for anew where it is not known yet."""
    for anew in (False, True):
        usable = [key for key in keys(place, anew=anew) if key.get("use", "sig") == "sig"]
        named = [key for key in usable if key.get("kid") == kid] if kid is not None else usable
        if len(named) == 1 and named[0].get("alg", algorithm) == algorithm:
            return get_default_algorithms()[algorithm].from_jwk(json.dumps(named[0]))
    raise Refused(UNTRUSTED)


def _demand(is_so: bool) -> None:
    if not is_so:
        raise Refused(UNTRUSTED)
