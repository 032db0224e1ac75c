"""What admin pages of records share: nobody changes what has happened, and a long table is not counted."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

# The admin pages through so many rows, newest first; filters and the search lead to older ones.
MOST_ROWS = 10_000


class ReadOnly:
    """Nobody adds to it, changes it or deletes from it by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HidesPlaces:
    """`place_fields` may say where vehicles are, or were sent to: only admins are shown them, since the staff's
    permissions are of no fleet.
    """

    place_fields: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields: list[Any] = list(super().get_fields(request, obj))  # type: ignore[misc]
        return fields if request.user.is_superuser else [each for each in fields if each not in self.place_fields]


class FirstRows(Paginator):
    """Pages of the first MOST_ROWS rows: an exact count would walk over the whole table."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.values_list("pk")[:MOST_ROWS])
