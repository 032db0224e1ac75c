"""Stored English sentences, and why something is so, in the reader's language."""

from django import template

from fleets.words.sentences import said
from fleets.words.why import say

register = template.Library()

register.filter("said", said)
register.filter("say", say)
