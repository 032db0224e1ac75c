"""Counts that cost little however much there is: each looks at so many rows only, and says when that was not all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.formats import number_format

# Nobody needs an exact number beyond it.
CAP = 1000


@dataclass(frozen=True)
class Number:
    """How many there are; `is_cut`: at the least."""

    value: int
    is_cut: bool = False

    def __bool__(self) -> bool:
        return self.value > 0

    def __str__(self) -> str:
        words = number_format(self.value, force_grouping=True)
        return f"{words}+" if self.is_cut else words


def capped(found: int, cap: int = CAP) -> Number:
    return Number(min(found, cap), found > cap)


def count(querysets: Mapping[str, QuerySet[Any]]) -> dict[str, Number]:
    """How many rows each has, up to CAP: one statement for all."""
    parts = {name: rows.order_by().values("pk")[: CAP + 1] for name, rows in querysets.items()}
    found = dict(select_all("SELECT %s, count(*) FROM ({}) AS found", parts))
    return {name: capped(found[name]) for name in querysets}


def select_all(template: str, parts: Mapping[str, QuerySet[Any]]) -> list[tuple[Any, ...]]:
    """The rows of one statement: `template` once for each part, its name as the parameter, its SQL in the braces."""
    statements, values = [], list[Any]()
    for name, rows in parts.items():
        statement, parameters = rows.query.sql_with_params()
        statements.append(template.format(statement))
        values += [name, *parameters]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        return list(cursor.fetchall())
