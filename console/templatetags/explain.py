"""The words of a failure in the history, from what is loaded already."""

from django import template

from protocol.why import Why
from remotes.words.failures import words_of
from remotes.words.texts import Text

register = template.Library()


@register.simple_tag
def failure_words(cause: str, why: Why | None) -> Text:
    return words_of(cause, why)[1]
