"""Whatever is posted to the webhook, by upstream or by strangers: no fault of ours, and nothing of upstream's is lost.

`FLEETREMOTE_TEST_LONG=1` makes 10,000 requests of each.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from remotes.models import InboundRequest, RemoteEvent
from tests.long_form import LONG
from tests.remotes.conftest import Yard, event
from tests.web_server import ask

EXAMPLES = 10_000 if LONG else 30

TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(
    [
        "",
        "\x00",
        "\ud800",
        "Success",
        "Failed",
        "Done",
        "Pending",
        "Doors",
        "2026-11-30T12:00:00Z",
        "9999-99-99",
        "x" * 300,
    ]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**30), 2**63, -0.0])
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
FIELDS = ("remoteActionId", "vin", "eventDate", "remoteType", "eventStatus", "type", "status", "failureCause")
STATUS = st.dictionaries(st.sampled_from(["type", "status", "failureCause", "feedbackDetail", "more"]), VALUES)
EVENTS = st.builds(
    lambda more, status: {**event("Success", done=True), **more, **status},
    st.dictionaries(st.sampled_from(FIELDS) | TEXTS, VALUES, max_size=3),
    st.just({}) | st.builds(lambda value: {"eventStatus": value}, STATUS),
)
NOTIFICATIONS = st.builds(
    lambda events, more: {**more, "events": events},
    st.lists(EVENTS | VALUES, max_size=4) | VALUES,
    st.dictionaries(st.sampled_from(["callbackId", "attributes"]) | TEXTS, VALUES, max_size=2),
)
MESSAGES = st.builds(
    lambda one, more: {"type": "Remote", "channelId": "c", "remoteEvent": one, **more},
    EVENTS | VALUES,
    st.dictionaries(st.sampled_from(["date", "attributes", "type"]) | TEXTS, VALUES, max_size=2),
)
DOCUMENTS = NOTIFICATIONS | MESSAGES | VALUES | st.lists(NOTIFICATIONS | MESSAGES | VALUES, max_size=4)


def written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


BODIES = st.one_of(
    DOCUMENTS.map(written),
    DOCUMENTS.map(lambda document: json.dumps(document).encode()),
    st.binary(max_size=100),
    # What was good is cut off, or two of them.
    st.builds(lambda document, end: written(document)[:end], DOCUMENTS, st.integers(0, 400)),
    DOCUMENTS.map(lambda document: written(document) * 2),
)
PLACES = st.text(st.characters(), max_size=60) | st.binary(max_size=40).map(
    lambda data: data.decode("utf-8", "replace")
)
METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "OPTIONS", "HEAD", "TRACE", "X"])

long_enough = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.timeout(1800 if LONG else 120)
@long_enough
@given(body=BODIES)
@example(body=b"[" + b"{}," * 3_000_000 + b"{}]")
@example(body=b"[" * 100_000)
@example(body=b'{"events": [' + b"9" * 5000 + b"]}")
def test_all_that_upstream_posts_is_kept_or_refused_aloud(yard: Yard, body: bytes) -> None:
    before = InboundRequest.objects.count()
    answer = ask("POST", f"/webhook/{yard.upstream.webhook_id}/{yard.upstream.path_secret}", body)
    assert answer.status_code in (200, 413)
    if answer.status_code == 200:
        assert InboundRequest.objects.count() == before + 1
        kept = InboundRequest.objects.order_by("-id").values_list("body", "outcome", "event_count").first()
        assert kept is not None
        assert bytes(kept[0]) == body
    else:
        assert answer.json()["code"] == 41399
        assert InboundRequest.objects.count() == before


@pytest.mark.timeout(1800 if LONG else 120)
@long_enough
@given(place=PLACES, authorization=PLACES, method=METHODS, body=BODIES, knows_the_id=st.booleans())
@example(place="\x00", authorization="", method="POST", body=b"", knows_the_id=False)
@example(place="\x00/\x00", authorization="Bearer \x00", method="POST", body=b"{}", knows_the_id=True)
@example(place="\ud800", authorization="\xff", method="POST", body=b"{}", knows_the_id=False)
@example(place="x" * 60_000, authorization="Bearer " + "x" * 60_000, method="POST", body=b"", knows_the_id=True)
def test_a_stranger_is_told_nothing_and_leaves_nothing(
    yard: Yard, place: str, authorization: str, method: str, body: bytes, knows_the_id: bool
) -> None:
    path = f"/webhook/{yard.upstream.webhook_id}/{place}" if knows_the_id else f"/webhook/{place}"
    answer = ask(method, path, body, quote(authorization, safe=" ", errors="surrogatepass"))
    assert answer.status_code == (401 if method == "POST" else 405)
    assert yard.upstream.path_secret.encode() not in answer.content
    assert not InboundRequest.objects.exists()
    assert not RemoteEvent.objects.exists()
