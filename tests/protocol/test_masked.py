"""A document is shown without its secrets, and stays as it was itself; which hosts are the same."""

import copy
from typing import Any

import pytest

from protocol.canonical.masked import same_host, shown
from protocol.canonical.secret_names import MASK


def test_secrets_are_masked_wherever_an_attribute_stands_and_the_document_stays_as_it_was() -> None:
    secret, plain = {"key": "token", "value": "hush"}, {"key": "gate", "value": "3"}
    document = {"attributes": [secret, plain], "events": [{"deeper": {"attributes": [secret], "at": [[secret]]}}]}
    before = copy.deepcopy(document)
    masked = {**secret, "value": MASK}
    assert shown(document) == {
        "attributes": [masked, plain],
        "events": [{"deeper": {"attributes": [masked], "at": [[masked]]}}],
    }
    assert document == before
    assert shown([secret]) == [masked]
    assert shown(secret) == masked


@pytest.mark.parametrize("document", [None, 3, "token", [], {}, {"key": "token"}, {"key": "token", "value": 7}])
def test_what_is_no_attribute_stays(document: Any) -> None:
    assert shown(document) == document


def test_an_id_that_looks_like_a_secret_is_none() -> None:
    """What the variable `$callbackID` stands for."""
    pair = {"key": "where", "value": "5f0e2b7c9a1d4e6f8a0b1c2d"}
    assert shown(pair)["value"] == MASK
    assert shown(pair, {pair["value"]}) == pair


def test_what_is_nested_deep_is_shown_too() -> None:
    document: Any = {"key": "token", "value": "hush"}
    for _ in range(20_000):
        document = [document]
    found = shown(document)
    while isinstance(found, list):
        found = found[0]
    assert found["value"] == MASK


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example.com/x", "https://A.example.com:443/y?z=1", True),
        ("https://a.example.com/x", "http://a.example.com/x", False),
        ("https://a.example.com/x", "https://a.example.com:8443/x", False),
        ("https://a.example.com/x", "https://b.example.com/x", False),
        ("https://a.example.com/x", "https://a.example.com.b.org/x", False),
        ("https://a@b", "https://a@b", True),
        ("https://a@b", "https://c@b", False),
    ],
)
def test_the_same_host_is_the_same_scheme_name_and_port(one: str, other: str, same: bool) -> None:
    assert same_host(one, other) is same
