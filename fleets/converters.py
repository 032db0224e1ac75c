"""The form of ids in addresses; anything else is no address of ours."""

from django.urls.converters import StringConverter


class PublicIdConverter(StringConverter):
    """`([0-9a-fA-F]|-|_)*` of the published API, with a length."""

    regex = "[0-9a-fA-F_-]{1,100}"
