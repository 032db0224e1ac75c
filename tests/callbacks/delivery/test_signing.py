"""A subscriber verifies what it got with the library that Standard Webhooks publishes for that."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from callbacks.delivery.signing import sign
from callbacks.models import Callback
from tests.strategies import TEXTS


def test_what_is_signed_is_verified() -> None:
    callback = Callback()
    now = datetime.now(UTC)
    signed = sign(callback.signing_secrets(now), "msg_1", now, b'{"events": []}')
    assert Webhook(callback.secret).verify(b'{"events": []}', signed) == {"events": []}
    assert signed["webhook-id"] == "msg_1"


@given(body=TEXTS, key=st.binary(min_size=24, max_size=64))
def test_whatever_the_body_and_the_key_are(body: str, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    signed = sign([secret], "msg_1", datetime.now(UTC), body.encode())
    Webhook(secret).verify(body, signed, json_parse=False)


def test_either_secret_verifies_while_one_replaces_the_other() -> None:
    callback = Callback()
    now = datetime.now(UTC)
    old, new = callback.secret, callback.rotate_secret(now)
    signed = sign(callback.signing_secrets(now), "msg_1", now, b"[1]")
    assert len(signed["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(b"[1]", signed) == [1]
    assert callback.previous_secret_until
    later = sign(callback.signing_secrets(callback.previous_secret_until), "msg_1", now, b"[1]")
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(b"[1]", later)


@pytest.mark.parametrize(
    "change", [{"webhook-id": "msg_2"}, {"webhook-timestamp": "1"}, {"webhook-signature": "v1,AAAA"}], ids=str
)
def test_a_changed_request_is_not_verified(change: dict[str, str]) -> None:
    secret = Callback().secret
    signed = sign([secret], "msg_1", datetime.now(UTC), b"[1]")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b"[1]", {**signed, **change})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b"[2]", signed)
