"""A figure as plain values: what the drawing, the table behind it and the CSV are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Point:
    """`value` is how high it stands, None where nothing is known. `words` say it; `path` leads to what it counts.

    `amount` is what a program reads, where that is another number.
    """

    value: float | None
    words: str = ""
    path: str = ""
    amount: float | None = None

    @property
    def number(self) -> str:
        """As the CSV has it."""
        found = self.value if self.amount is None else self.amount
        return "" if found is None else f"{found:.6g}" if isinstance(found, float) else str(found)


@dataclass(frozen=True)
class Series:
    """Points of one kind, one a column; `kind` is its class in static/plots.css. Without `drawn`: in the table only."""

    name: str
    kind: str
    points: Sequence[Point]
    drawn: bool = True


@dataclass(frozen=True)
class Line:
    """A value that the points are held against."""

    value: float
    name: str
    kind: str


@dataclass(frozen=True)
class Todo:
    """What can be done about it: a sentence, and where."""

    words: str
    path: str = ""
    link: str = ""


@dataclass(frozen=True)
class Figure:
    """`columns` are what each point is of, `unit` what is counted. As `rows` it lies: a bar for each column's name.

    `empty` says what would fill it, where nothing is there. `notes` are sentences below it.
    """

    of: str
    columns: Sequence[str]
    series: Sequence[Series]
    unit: str
    empty: str
    lying: bool = False
    lines: Sequence[Line] = ()
    todo: Todo | None = None
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def drawn(self) -> list[Series]:
        return [one for one in self.series if one.drawn]

    @property
    def is_empty(self) -> bool:
        return not any(point.value for one in self.drawn for point in one.points)

    @property
    def rows(self) -> list[tuple[str, list[Point]]]:
        """As the table has them: a name, and a point of each series."""
        return [(name, [one.points[index] for one in self.series]) for index, name in enumerate(self.columns)]
