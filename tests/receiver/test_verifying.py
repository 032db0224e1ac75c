"""What comes is verified by the Standard Webhooks rules, noted, and shown in a line."""

import hashlib
import os
from collections.abc import Callable

import pytest
import requests

from tests.receiver.driving import BODY, EVENT, OTHER_SECRET, SECRET, Receiver, signed


def test_what_the_library_signed_is_verified_noted_and_shown(receiver: Receiver) -> None:
    headers = {**signed(), "X-Vin": "VF3ABCDE0FG123456"}
    assert receiver.post(headers=headers, path="/hook/of?x=%20y").status_code == 200
    (entry,) = receiver.received()
    assert (entry["verified"], entry["why"], entry["answer"]) == (True, "", 200)
    assert (entry["webhookId"], entry["path"]) == ("msg_1", "/hook/of?x=%20y")
    assert entry["headers"]["x-vin"] == "VF3ABCDE0FG123456"
    assert entry["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert (entry["callbackId"], entry["events"]) == ("c1", [EVENT])
    assert receiver.said.splitlines()[-1].endswith("Z ✓ verified: VF3ABCDE0FG123456 Doors Success")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"webhook-id": "msg_2"}, "no secret that this receiver knows"),
        ({"webhook-signature": "v1a,AAAA"}, "no secret that this receiver knows"),
        ({"webhook-signature": "v1,\u00ff"}, "no secret that this receiver knows"),
        ({"webhook-signature": ""}, "no webhook-signature header"),
        ({"webhook-id": ""}, "no webhook-id header"),
        ({"webhook-timestamp": "now"}, "not a number of seconds"),
        ({"webhook-timestamp": "1" * 5000}, "not a number of seconds"),
    ],
)
def test_what_is_not_verified_says_why(receiver: Receiver, headers: dict[str, str], why: str) -> None:
    assert receiver.post(headers={**signed(), **headers}).status_code == 200
    (entry,) = receiver.received()
    assert not entry["verified"]
    assert why in entry["why"]
    assert f"✗ not verified ({entry['why']})" in receiver.said


def test_the_signature_of_another_secret_or_body_is_none(receiver: Receiver) -> None:
    for headers in (signed(secret=OTHER_SECRET), signed(b"{}"), {}):
        receiver.post(headers=headers)
    assert [entry["verified"] for entry in receiver.received()] == [False] * 3


def test_a_timestamp_is_good_for_five_minutes(receiver: Receiver) -> None:
    for age in (290, -290, 310, -310):
        receiver.post(headers=signed(age=age))
    assert [entry["verified"] for entry in receiver.received()] == [True, True, False, False]
    old, coming = (entry["why"] for entry in receiver.received()[2:])
    assert old.startswith("the timestamp is 31")
    assert old.endswith("seconds old")
    assert coming.endswith("seconds in the future")


def test_while_a_secret_is_replaced_either_signature_will_do(receiver: Receiver) -> None:
    both = signed(secret=OTHER_SECRET)
    both["webhook-signature"] += f" {signed()['webhook-signature']}"
    receiver.post(headers=both)
    assert receiver.received()[0]["verified"]


def test_secrets_are_given_by_option_environment_and_while_it_runs(start: Callable[..., Receiver]) -> None:
    receiver = start("--secret", SECRET, environment={**os.environ, "RECEIVER_SECRET": OTHER_SECRET})
    third = "whsec_MjEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    address = f"{receiver.url}/receiver/secrets"
    for secret in (SECRET, OTHER_SECRET, third):
        receiver.post(headers=signed(secret=secret))
    assert requests.put(address, json={"secrets": [third]}, timeout=20).status_code == 204
    for secret in (SECRET, OTHER_SECRET, third):
        receiver.post(headers=signed(secret=secret))
    assert [entry["verified"] for entry in receiver.received()] == [True, True, False, True, True, True]
    wrongs: list[object] = [{"secrets": ["nonsense!"]}, {"secrets": [7]}, {}, []]
    for wrong in wrongs:
        answer = requests.put(address, json=wrong, timeout=20)
        assert answer.status_code == 400
        assert "whsec_" in answer.json()["message"]
        assert "nonsense" not in answer.text
    receiver.post(headers=signed(secret=third))
    assert receiver.received()[-1]["verified"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"events": [1]}', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_notification_is_noted_too(receiver: Receiver, body: bytes) -> None:
    assert receiver.post(body, {}).status_code == 200
    assert receiver.received()[0]["events"] == []
    assert f"no events in {len(body)} bytes to /hook" in receiver.said
