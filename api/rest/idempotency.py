"""The `Idempotency-Key` header on POST remotes, an extension: the same key and request give the same answer."""

import hashlib
import json

from rest_framework.request import Request

from api.rest.errors import ApiError
from fleets.models import ApiClient
from remotes.asking.ask import Idempotency
from remotes.models import RemoteAction

MAX_KEY = 255


def read_idempotency(request: Request) -> Idempotency | None:
    """The caller's key with a digest of path and body, None without the header; 400 for a key that is none."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise ApiError(400, f"Idempotency-Key: must be 1 to {MAX_KEY} printable ASCII characters.")
    asked = json.dumps([request.path, request.data], sort_keys=True)
    return Idempotency(key, hashlib.sha256(asked.encode()).hexdigest())


def earlier(client: ApiClient, idempotency: Idempotency | None) -> RemoteAction | None:
    """The action that the same request made before, None when the key is new; 409 when it asked for something else."""
    if idempotency is None:
        return None
    action = RemoteAction.objects.filter(api_client=client, idempotency_key=idempotency.key).first()
    if action is not None and action.request_digest != idempotency.digest:
        raise ApiError(409, "Idempotency-Key: was used for another request; take a new key for a new request.")
    return action
