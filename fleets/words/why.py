"""Why something did not go, waits or has ended (protocol/why.py), in the reader's language."""

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

from protocol.why import Why, worded


def say(why: Why | None) -> str:
    """The words for a page; empty where there is nothing to say."""
    if why is None:
        return ""
    if get_language() in (None, settings.LANGUAGE_CODE):
        return str(why)
    return worded(why, gettext, lambda number: number_format(number, force_grouping=True))
