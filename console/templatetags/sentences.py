"""Stored English sentences, statuses, why something is so, and kinds of alerts, in the reader's language."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext

from fleets.words.sentences import said
from fleets.words.why import say
from remotes.models import Alert
from remotes.words.statuses import status_word

register = template.Library()

register.filter("said", said)
register.filter("say", say)
register.filter("status_word", status_word)


@register.filter
def kind_titles(kinds: Sequence[str]) -> str:
    if len(kinds) == len(Alert.Kind):
        return gettext("All alerts")
    return ", ".join(str(kind.label) for kind in Alert.Kind if kind in kinds) or gettext("No alerts")
