"""The French catalogue is whole, fits the code, and is compiled."""

import re
from typing import Any

import pytest

from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import TITLES
from tests.console import catalogue

DOMAINS = ("django", "djangojs")
_PLACE = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|<[^>]+>|\$\w+")


def test_every_message_of_the_code_is_in_the_catalogue_and_no_other():
    said_in_code = {*catalogue.said_in_python(), *catalogue.said_in_templates()}
    kept = {catalogue.key_of(message) for message in catalogue.messages("django")}
    assert _single(kept) == _single(said_in_code)
    kept = {catalogue.key_of(message) for message in catalogue.messages("djangojs")}
    assert _single(kept) == _single(set(catalogue.said_in_scripts()))


def _single(keys: set[catalogue.Key]) -> set[tuple[str | None, str]]:
    """Each form by itself: gettext keeps a text and the same one with a plural as one message."""
    return {(context, form) for context, text in keys for form in ((text,) if isinstance(text, str) else text)}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_is_translated_and_none_is_a_guess(domain: str):
    for message in catalogue.messages(domain):
        assert not message.fuzzy, message.id
        for text, translated in catalogue.texts_of(message):
            assert translated.strip(), text
    assert not catalogue.catalogue(domain).obsolete


@pytest.mark.parametrize("domain", DOMAINS)
def test_translations_have_the_same_places_and_ends(domain: str):
    for message in catalogue.messages(domain):
        singular = catalogue.texts_of(message)[0][0]
        for text, translated in catalogue.texts_of(message):
            places = set(_PLACE.findall(translated))
            # A plural's singular may say "one" in words.
            assert places <= set(_PLACE.findall(text)), translated
            assert places == set(_PLACE.findall(text)) or text == singular != message.id, translated
            assert (text[:1] == " ", text[-1:] == " ") == (translated[:1] == " ", translated[-1:] == " "), text


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_made_from_the_other(domain: str):
    written = {catalogue.key_of(message): _strings(message.string) for message in catalogue.messages(domain)}
    compiled = {
        catalogue.key_of(message): _strings(message.string) for message in catalogue.compiled(domain) if message.id
    }
    assert compiled == written


def _strings(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def test_the_titles_of_the_protocols_catalogue_are_all_there():
    commands = [command.title for entry in REMOTE_TYPES.values() for command in entry.commands]
    assert set(TITLES) == {*commands, *(entry.title for entry in REMOTE_TYPES.values())}
