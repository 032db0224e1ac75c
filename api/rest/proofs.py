"""What an API client must still show once its password is known to be right, at each door: v3, tokens, and v1.

The password must not be over, and who is bound to a client certificate must have shown that one to the proxy
(fleetremote/front/certificates.py).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fleets.models import ApiSecret
from fleets.programs.certificates import SHOWN
from fleets.programs.secrets import used

_OVER = "This API client's password ended on %s. Ask whoever manages FleetRemote for a new one."
_NO_CERTIFICATE = (
    "This API client is bound to a client certificate, and none has come with the request: call by the address that "
    "asks for one, and show it."
)
_OTHER_CERTIFICATE = (
    "This API client is bound to a client certificate, and another one has come with the request. Ask whoever manages "
    "FleetRemote to bind the client to the new one."
)


class NotProven(Exception):
    """Why it is not let in, in words for whoever knows the password."""


def check(secret: ApiSecret, environ: Mapping[str, Any], now: datetime) -> None:
    """Raises NotProven; else notes that the password is used. `environ` is the request's META."""
    over_at = secret.over_at
    if over_at is not None and over_at <= now:
        raise NotProven(_OVER % f"{over_at:%Y-%m-%d %H:%M} UTC")
    bound = secret.client.certificate_fingerprint
    shown = environ.get(SHOWN, "") if bound else ""
    if shown != bound:
        raise NotProven(_OTHER_CERTIFICATE if shown else _NO_CERTIFICATE)
    used(secret, now)
