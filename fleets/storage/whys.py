"""A column that says why."""

from typing import Any

from django.db import models

from protocol.why import Why, read_why


class WhyField(models.JSONField):
    """A Why (protocol/why.py), null where there is nothing to say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"null": True, "blank": True, **options})

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Why | None:
        return read_why(super().from_db_value(value, expression, connection))

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.document() if isinstance(value, Why) else value)
