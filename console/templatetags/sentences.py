"""Stored English sentences, statuses, and why something is so, in the reader's language."""

from django import template

from fleets.words.sentences import said
from fleets.words.why import say
from remotes.words.statuses import status_word

register = template.Library()

register.filter("said", said)
register.filter("say", say)
register.filter("status_word", status_word)
