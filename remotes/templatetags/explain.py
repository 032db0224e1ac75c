"""The words of a failure in the history, from what is loaded already."""

from django import template

from remotes.explain.choice import words_of
from remotes.explain.texts import Text

register = template.Library()


@register.simple_tag
def failure_words(cause: str, detail: str) -> Text:
    return words_of(cause, detail)[1]
