"""Answers are JSON under HAL's media type; errors say application/json themselves."""

from rest_framework.renderers import JSONRenderer


class HalRenderer(JSONRenderer):
    media_type = "application/hal+json"
    charset = None


class PlainJsonRenderer(JSONRenderer):
    """The same bytes, for a caller whose Accept header names only application/json."""
