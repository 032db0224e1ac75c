"""Rows of models read and written by prepared statements: of one row Django's own way takes longer than PostgreSQL."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import AutoField, Model

from fleets.storage.sql import run_prepared

M = TypeVar("M", bound=Model)


class Rows(Generic[M]):
    """All columns of a model in a statement of ours, where its table goes by `alias`."""

    def __init__(self, model: type[M], alias: str) -> None:
        self._model = model
        self._alias = alias
        self._fields = model._meta.concrete_fields
        self._names = [field.attname for field in self._fields]
        self.width = len(self._fields)

    @property
    def columns(self) -> str:
        """For SELECT."""
        return ", ".join(f'{self._alias}."{field.column}"' for field in self._fields)

    def read(self, values: Sequence[Any]) -> M | None:
        """The model from `width` values of these columns; None where an outer join has found no row."""
        if values[self._place_of_key] is None:
            return None
        found = list(values)
        for place, field, converters in self._converted:
            for convert in converters:
                found[place] = convert(found[place], field, connection)
        return self._model.from_db(connection.alias, self._names, found)

    def insert(self, model: M) -> None:
        """Write the model as a new row; its key is set. Raises IntegrityError, but sends no signals."""
        values = {
            field.column: field.get_db_prep_save(field.pre_save(model, add=True), connection) for field in self._given
        }
        ((model.pk,),) = run_prepared(self._insert, values)
        model._state.adding, model._state.db = False, connection.alias

    @cached_property
    def _insert(self) -> str:
        columns = [field.column for field in self._given]
        names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(f"%({name})s" for name in columns)
        table, key = self._model._meta.db_table, self._fields[self._place_of_key].column
        return f'INSERT INTO "{table}" ({names}) VALUES ({values}) RETURNING "{key}"'  # noqa: S608

    @cached_property
    def _given(self) -> list[Any]:
        """The columns that PostgreSQL doesn't number by itself."""
        return [field for field in self._fields if not isinstance(field, AutoField)]

    @cached_property
    def _place_of_key(self) -> int:
        return next(place for place, field in enumerate(self._fields) if field.primary_key)

    @cached_property
    def _converted(self) -> list[tuple[int, Any, list[Any]]]:
        """Columns whose values are not what the model holds: JSON and encrypted texts."""
        expressions = [(place, field.cached_col) for place, field in enumerate(self._fields)]
        found = [(place, column, column.get_db_converters(connection)) for place, column in expressions]
        return [(place, column, list(converters)) for place, column, converters in found if converters]


def read_several(row: Sequence[Any], *parts: Rows[Any]) -> list[Any]:
    """The models of a row that holds the columns of several, one after the other."""
    found, place = [], 0
    for part in parts:
        found.append(part.read(row[place : place + part.width]))
        place += part.width
    return found
