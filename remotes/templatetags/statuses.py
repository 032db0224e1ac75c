"""The protocol's statuses and causes in words, for pages of the rooms below."""

from django import template

from remotes.explain.texts import cause_words
from remotes.words import status_word

register = template.Library()

register.filter("status_word", status_word)
register.filter("cause_words", cause_words)
