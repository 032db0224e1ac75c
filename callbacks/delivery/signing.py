"""Signs what is posted, as Standard Webhooks describes it (standardwebhooks.com, scheme v1)."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

_PREFIX = "whsec_"


def sign(secrets: Sequence[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a request whose body is `body`, tried at `at`; each secret gives one signature."""
    moment = str(int(at.timestamp()))
    content = f"{webhook_id}.{moment}.".encode() + body
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(secret, content) for secret in secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(_key(secret), content, "sha256")).decode()


@lru_cache(maxsize=10_000)
def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX))
