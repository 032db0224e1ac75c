"""The protocol's statuses in words, for pages of the rooms below."""

from django import template

from remotes.words.statuses import status_word

register = template.Library()

register.filter("status_word", status_word)
