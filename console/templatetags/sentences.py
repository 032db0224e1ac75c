"""Stored English sentences in the reader's language."""

from django import template

from fleets.words.sentences import said

register = template.Library()

register.filter("said", said)
