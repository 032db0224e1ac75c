"""A figure as CSV: the same numbers as its table."""

from collections.abc import Iterator, Sequence

from console import spreadsheet
from plots.figure import Figure


def lines(figures: Sequence[Figure]) -> Iterator[str]:
    """The lines of the file, the first with the titles; the first figure is what it is of."""
    figure = figures[0]
    rows = ([name, *(point.number for point in points)] for name, points in figure.rows)
    return spreadsheet.lines([figure.of, *(one.name for one in figure.series)], rows)
