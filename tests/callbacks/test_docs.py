"""docs/callbacks.md says what the code does."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from api.rest.hal import MAX_TOTAL
from callbacks.delivery import policy
from callbacks.delivery.policy import Policy
from callbacks.delivery.signing import sign
from callbacks.models.callback import ROTATION, new_secret
from protocol.canonical.attributes import VARIABLES
from protocol.v3 import SUBSCRIBE, decode_subscribe
from tests.published import WEBHOOK, hold

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "callbacks.md").read_text()
WORDS = " ".join(PAGE.split())

ABSENT = Policy.of({})
HOOK = decode_subscribe({"callback": {"webhook": {"target": "https://example.com", "name": "hook"}}})
WINDOW = SUBSCRIBE["properties"]["batchNotify"]["properties"]["timeWindow"]


def minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


@pytest.mark.parametrize(
    "words",
    [
        f"| absent | `{ABSENT.name}`, {ABSENT.retries} retries, {ABSENT.delay.seconds} s apart |",
        f"retried for {policy.LIFE.days} days at the most",
        f"stretched by up to {policy.JITTER:.0%}".replace("%", " %"),
        f"at most {minutes(policy.LONGEST_RELEASE) // 60} hour.",
        f"after {policy.FAILED_AFTER} batches in a row",
        f"every {policy.ALWAYS_TRIES}th failed try",
        f"the first after {policy.FIRST_PROBE.seconds} seconds, then after a quarter of the time",
        f"at least {policy.FIRST_PROBE.seconds} seconds and at most {minutes(policy.LONGEST_PROBE)} minutes",
        f"s seconds ({HOOK.batch_window} if left out, at least {WINDOW['minimum']})",
        f"For {ROTATION // timedelta(hours=1)} hours each request carries the signatures of both",
        f"within {settings.CALLBACK_TIMEOUT:g} seconds",
        f"Up to {settings.CALLBACK_IN_FLIGHT} requests are under way at once",
        f"kept for {settings.DELIVERY_DAYS} days",
        f"at port {' or '.join(map(str, settings.CALLBACK_ALLOWED_PORTS))}",
    ],
)
def test_its_numbers_are_those_of_the_code(words: str) -> None:
    assert words in WORDS


def test_the_policies_are_as_the_table_says() -> None:
    once = Policy.of({"retryPolicy": {"policy": "None"}})
    assert (once.tries, once.releases) == (1, False)
    assert Policy.of({"retryPolicy": {"policy": "Bounded"}}) == ABSENT
    always = Policy.of({"retryPolicy": {"policy": "Always"}})
    assert (always.tries, always.delay) == (None, ABSENT.delay)
    assert "one try and no retry" in WORDS


def test_every_policy_and_variable_is_there() -> None:
    policies = SUBSCRIBE["properties"]["retryPolicy"]["properties"]["policy"]["enum"]
    assert [name for name in policies if f'"policy": "{name}"' not in PAGE] == []
    assert [name for name in VARIABLES if f"| `{name}` |" not in PAGE] == []


def test_lists_are_counted_as_far_as_the_page_of_the_api_says() -> None:
    assert f"counted to {MAX_TOTAL:,}" in " ".join((DOCS / "api.md").read_text().split())


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found.group(1)


def test_the_body_shown_is_a_published_notification() -> None:
    hold(json.loads(block("json")), "RemoteEvents", WEBHOOK)


def test_the_code_shown_tells_a_genuine_request_from_a_forged_one() -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    is_genuine = names["is_genuine"]
    old, new, body, now = new_secret(), new_secret(), b'{"events": []}', timezone.now()
    headers = sign([new, old], "msg_1", now, body)
    assert is_genuine(old, headers, body)
    assert is_genuine(new, headers, body)
    assert not is_genuine(new_secret(), headers, body)
    assert not is_genuine(new, headers, body + b" ")
    assert not is_genuine(new, {**headers, "webhook-id": "msg_2"}, body)
    assert not is_genuine(new, sign([new], "msg_1", now - timedelta(hours=1), body), body)
