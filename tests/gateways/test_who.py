"""Who has refused: status by status and shape by shape, the rules as a table."""

import pytest

from gateways.answers.shapes import Shape, read
from gateways.answers.who import has_reached_nobody, source
from gateways.bounded import Answer
from gateways.interface import Source

API, GATEWAY, CREDENTIALS = Source.API, Source.GATEWAY, Source.CREDENTIALS

BODIES = {
    "published": '{"code": 40399, "uuid": "u", "message": "No service.", "timestamp": "t"}',
    "published, code as text": '{"code": "40499", "message": "No such vehicle."}',
    "v1": '{"name": "FORBIDDEN", "debug": "ERROR_1", "message": "No."}',
    "v1, wrapped": '{"xError": {"name": "FORBIDDEN", "debug": "ERROR_1", "message": "No."}}',
    "gateway": '{"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Not allowed by the gateway."}',
    "gateway about us": '{"httpCode": "403", "httpMessage": "Forbidden", "moreInformation": "Invalid client id."}',
    "fault": '{"fault": {"faultstring": "No route"}}',
    "fault about us": '{"fault": {"faultstring": "Invalid ApiKey"}}',
    "oauth": '{"error": "invalid_grant", "error_description": "The grant is revoked."}',
    "error": '{"response": null, "error": "vehicle is offline or asleep", "error_description": ""}',
    "problem": '{"type": "about:blank", "title": "Forbidden", "status": 403}',
    "message alone": '{"message": "Forbidden"}',
    "errors": '{"errors": {"400": "BAD REQUEST"}}',
    "cut": '{"code": 40399, "mess',
    "page": "<html><title>Blocked</title></html>",
    "page about us": "<html><title>400 No required SSL certificate was sent</title></html>",
    "text": "Forbidden",
    "nothing": "",
}
# By body: who it is with 400, 403, 404, 405, 422, 502.
TABLE = {
    "published": (API, API, API, API, API, API),
    "published, code as text": (API, API, API, API, API, API),
    "v1": (API, API, API, API, API, API),
    "v1, wrapped": (API, API, API, API, API, API),
    "gateway": (GATEWAY, GATEWAY, GATEWAY, GATEWAY, GATEWAY, GATEWAY),
    "gateway about us": (CREDENTIALS, CREDENTIALS, GATEWAY, GATEWAY, GATEWAY, GATEWAY),
    "fault": (GATEWAY, GATEWAY, GATEWAY, GATEWAY, GATEWAY, GATEWAY),
    "fault about us": (CREDENTIALS, CREDENTIALS, GATEWAY, GATEWAY, GATEWAY, GATEWAY),
    "oauth": (CREDENTIALS, CREDENTIALS, GATEWAY, GATEWAY, API, API),
    "error": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
    "problem": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
    "message alone": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
    "errors": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
    "cut": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
    "page": (GATEWAY, GATEWAY, GATEWAY, GATEWAY, GATEWAY, GATEWAY),
    "page about us": (CREDENTIALS, CREDENTIALS, GATEWAY, GATEWAY, GATEWAY, GATEWAY),
    "text": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
    "nothing": (API, GATEWAY, GATEWAY, GATEWAY, API, API),
}
CASES = [
    pytest.param(status, BODIES[body], who, id=f"{status} {body}")
    for body, row in TABLE.items()
    for status, who in zip((400, 403, 404, 405, 422, 502), row, strict=True)
]


def test_each_body_has_its_row() -> None:
    assert TABLE.keys() == BODIES.keys()


@pytest.mark.parametrize(("status", "body", "who"), CASES)
def test_who_has_refused(status: int, body: str, who: Source) -> None:
    assert source(Answer(status, [], body.encode())) is who


@pytest.mark.parametrize("body", BODIES)
def test_a_401_is_about_us_whoever_says_it(body: str) -> None:
    assert source(Answer(401, [], BODIES[body].encode())) is CREDENTIALS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", ["page", "nothing", "text", "message alone"])
def test_a_redirect_comes_from_in_front(status: int, body: str) -> None:
    assert source(Answer(status, [("Location", "/login")], BODIES[body].encode())) is GATEWAY


def test_the_apis_own_code_says_more_than_the_status() -> None:
    assert source(Answer(403, [], b'{"code": 40199, "message": "Unknown account."}')) is CREDENTIALS


def test_what_is_sent_is_believed_not_what_its_type_says() -> None:
    published = BODIES["published"].encode()
    for kind in ("text/html", "text/plain; charset=utf-16", "application/json; charset=nonsense", ""):
        assert source(Answer(403, [("Content-Type", kind)], published)) is API
        assert source(Answer(403, [("Content-Type", kind)], BODIES["page"].encode())) is GATEWAY
    assert read([], BODIES["published"].encode("utf-16")).shape is Shape.API


@pytest.mark.parametrize(("status", "surely"), [(403, True), (404, True), (413, True), (408, False), (499, False)])
def test_a_proxy_that_waited_for_the_api_may_have_passed_it_on(status: int, surely: bool) -> None:
    assert has_reached_nobody(Answer(status, [], b"<html>")) is surely
