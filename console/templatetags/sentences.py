"""Stored English sentences, statuses, why something is so, and kinds of alerts, in the reader's language."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext

from console.zones import by_page
from fleets.words.sentences import said
from fleets.words.why import say
from protocol.why import Why
from remotes.models import Alert
from remotes.words.statuses import status_word

register = template.Library()

register.filter("status_word", status_word)


@register.filter("said")
def said_here(sentence: str) -> str:
    return by_page(said(sentence))


@register.filter("say")
def say_here(why: Why | None) -> str:
    return by_page(say(why))


@register.filter
def kind_titles(kinds: Sequence[str]) -> str:
    if len(kinds) == len(Alert.Kind):
        return gettext("All alerts")
    return ", ".join(str(kind.label) for kind in Alert.Kind if kind in kinds) or gettext("No alerts")
