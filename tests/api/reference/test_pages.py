"""The pages at /api/docs say what the catalogue, the OpenAPI documents and the errors say."""

import html
import json

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from api.reference.document import document
from api.reference.notifications import ALERT, examples, webhooks
from api.reference.operations import operations
from api.reference.problems import PROBLEMS, SHAPES, problems_of
from api.reference.samples import other_bodies, samples, samples_of
from api.reference.shapes import example, shapes
from api.rest.errors import Meaning
from protocol.catalogue import REMOTE_TYPES
from protocol.dialects import CODECS
from tests import published

DIALECTS = ("v3", "v1")
PAGES = ["", "?api=v1&in=python", "/remote-types", "/errors", "/notifications", "/v3", "/v1"]
SMALL = 300_000
# State is no remote type of v1.
TYPES = [(dialect, name) for dialect in DIALECTS for name in REMOTE_TYPES if (dialect, name) != ("v1", "State")]


def page_of(client: Client, path: str) -> str:
    answer = client.get(f"/api/docs{path}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def holds(dialect: str, value: object, schema: str) -> None:
    """Fails where the dialect's own document does not allow the value."""
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(document(dialect)))
    Draft202012Validator({"$ref": f"urn:api#/components/schemas/{schema}"}, registry=registry).validate(value)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_open_small_and_has_no_script_of_its_own(client: Client, path: str) -> None:
    text = page_of(client, path)
    assert len(text.encode()) < SMALL
    assert "style=" not in text
    assert "<h1>" in text


@pytest.mark.parametrize(("dialect", "name"), TYPES)
def test_each_remote_type_has_an_example_that_its_rules_allow(dialect: str, name: str) -> None:
    entry = REMOTE_TYPES[name]
    found = samples_of(entry, dialect)
    assert found
    for sample in found:
        read = CODECS[dialect].decode_remote(sample.request)
        assert read.remote_type is entry
        holds(dialect, sample.request, "Remote")
        holds(dialect, sample.answer, "RemotePostResponse")
    for body in other_bodies(entry, dialect):
        assert CODECS[dialect].decode_remote(body).remote_type is entry
        holds(dialect, body, "Remote")


@pytest.mark.django_db
def test_the_page_of_remote_types_shows_all_of_them(client: Client) -> None:
    text = page_of(client, "/remote-types")
    for dialect in DIALECTS:
        for sample in samples(dialect):
            assert json.dumps(sample.request, indent=2) in text


def test_each_meaning_and_each_status_of_an_operation_is_among_the_errors() -> None:
    assert {problem.meaning for problem in PROBLEMS} == set(Meaning)
    for dialect in DIALECTS:
        told = {str(problem.status_in(dialect)) for problem in problems_of(dialect)}
        for of_tag in operations(document(dialect), dialect).values():
            for operation in of_tag:
                assert {answer.code for answer in operation.answers if answer.is_error} <= told


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_error_has_the_published_shape(dialect: str) -> None:
    for problem in problems_of(dialect):
        holds(dialect, problem.body(dialect), "Error")
        published.hold(problem.body(dialect), "xError", published.API if dialect == "v3" else published.API_V1)


@pytest.mark.django_db
def test_the_page_of_errors_shows_all_of_them(client: Client) -> None:
    text = page_of(client, "/errors")
    for api in SHAPES:
        for problem in problems_of(api):
            assert json.dumps(problem.body(api), indent=2, ensure_ascii=False) in text


def test_what_is_posted_is_as_it_is_published_and_as_we_describe_it() -> None:
    for _, body in examples("v3").values():
        published.hold(body, "RemoteEvents", published.WEBHOOK)
        holds("v3", body, "RemoteEvents")
    holds("v3", ALERT, "AlertEvents")
    for _, body in examples("v1").values():
        for message in body if isinstance(body, list) else [body]:
            published.hold(message, "Message", published.WEBHOOK_V1)
            holds("v1", message, "Message")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_webhooks_are_in_the_document_with_the_headers_of_the_signature(dialect: str) -> None:
    described = document(dialect)["webhooks"]
    assert described == webhooks(dialect)
    for hook in described.values():
        names = [parameter["name"] for parameter in hook["post"]["parameters"]]
        assert names == ["webhook-id", "webhook-timestamp", "webhook-signature"]
        assert "HMAC-SHA256" in hook["post"]["description"]


@pytest.mark.django_db
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_reference_shows_every_operation_and_shape_with_a_true_example(client: Client, dialect: str) -> None:
    text = page_of(client, f"/{dialect}")
    described = document(dialect)
    names = [each["operationId"] for methods in described["paths"].values() for each in methods.values()]
    schemas = described["components"]["schemas"]
    assert [name for name in [*names, *schemas] if f'id="{name}"' not in text] == []
    for shape in shapes(schemas):
        holds(dialect, example(schemas[shape.name], schemas), shape.name)
