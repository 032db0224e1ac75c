"""The protocol's statuses and causes in words, for pages of the rooms below."""

from django import template

from remotes.words.causes import cause_words
from remotes.words.statuses import status_word

register = template.Library()

register.filter("status_word", status_word)
register.filter("cause_words", cause_words)
