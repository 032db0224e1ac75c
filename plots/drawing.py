"""Draws a figure as SVG: shapes and classes, whose colours static/plots.css gives, in light, dark and print.

What a strict Content-Security-Policy forbids is not in it. Whoever reads instead, or has no mouse, has the table
behind it, which says the same; so the drawing is hidden from them, and its links are no stops of the keyboard.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

import svg
from django.utils.safestring import SafeString, mark_safe

from plots.asked import whole
from plots.figure import Figure, Line, Point, Series
from plots.of_actions import rounded

WIDTH = 720
_LEFT, _TOP, _HEIGHT, _FOOT = 52, 14, 210, 26
_ROW, _NAME = 40, 16
# Names below the columns at the most, so that none stands in another.
_NAMES = 7
# Half of the widest name.
_ENDS = 40


def drawn(figure: Figure) -> SafeString:
    """The <svg>; empty where there is nothing to see."""
    if figure.is_empty:
        return SafeString("")
    parts, height = _lying(figure) if figure.lying else _standing(figure)
    image = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, WIDTH, height),
        class_=["plot"],
        elements=parts,
        extra={"aria-hidden": "true", "focusable": "false"},
    )
    # Each text and address in it went through `escape`.
    return mark_safe(str(image))  # noqa: S308


def ticks(highest: float, number: int = 4) -> list[float]:
    """Round values from 0 to the first that is not below the highest."""
    if highest <= 0:
        return [0.0, 1.0]
    size = 10.0 ** floor(log10(highest / number))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor * number >= highest)
    return [step * index for index in range(ceil(round(highest / step, 9)) + 1)]


def _standing(figure: Figure) -> tuple[list[svg.Element], float]:
    """Columns side by side, the series on top of one another."""
    sums = [sum(one.points[at].value or 0 for one in figure.drawn) for at in range(len(figure.columns))]
    scale = [tick for tick in ticks(max([*sums, *(line.value for line in figure.lines)])) if tick == int(tick)]
    most = scale[-1]
    parts = list(_guides(scale, most))
    wide = (WIDTH - _LEFT - 4) / len(figure.columns)
    for at in range(len(figure.columns)):
        parts += _column(figure, at, _LEFT + at * wide, wide, most)
    each = max(1, ceil(len(figure.columns) / _NAMES))
    for at in range(0, len(figure.columns), each):
        parts.append(
            _text(min(_LEFT + (at + 0.5) * wide, WIDTH - _ENDS), _TOP + _HEIGHT + 18, figure.columns[at], "name")
        )
    for line in figure.lines:
        parts += _line(line, most)
    return parts, _TOP + _HEIGHT + _FOOT


def _column(figure: Figure, at: int, left: float, wide: float, most: float) -> Iterator[svg.Element]:
    gap, below = min(wide * 0.2, 6), 0.0
    for one in figure.drawn:
        point = one.points[at]
        if not point.value:
            continue
        top, bottom = _y(below + point.value, most), _y(below, most)
        below += point.value
        # What is little is still seen.
        tall = max(bottom - top, 1.5)
        shape = svg.Rect(
            x=_r(left + gap / 2), y=_r(bottom - tall), width=_r(wide - gap), height=_r(tall), class_=[one.kind]
        )
        yield _linked(shape, point, f"{figure.columns[at]} · {one.name}: {point.words}")


def _lying(figure: Figure) -> tuple[list[svg.Element], float]:
    """A row each: its name, and below it the bars of the series, the longest behind."""
    scale = ticks(max(point.value or 0 for one in figure.drawn for point in one.points))
    most, parts = scale[-1], list[svg.Element]()
    foot = _TOP + _ROW * len(figure.columns)
    for tick in scale:
        x = _r(4 + (WIDTH - 60) * tick / most)
        parts.append(svg.Line(x1=x, x2=x, y1=_TOP, y2=foot, class_=["guide"]))
        parts.append(_text(x, foot + 16, rounded(tick) if tick else "0", "name"))
    for at, name in enumerate(figure.columns):
        top = _TOP + _ROW * at
        parts.append(_text(4, top + 11, name, "row"))
        for one in reversed(figure.drawn):
            point = one.points[at]
            wide = max((WIDTH - 60) * (point.value or 0) / most, 1.5)
            bar = svg.Rect(x=4, y=top + _NAME, width=_r(wide), height=_ROW - _NAME - 8, class_=[one.kind])
            parts.append(_linked(bar, point, f"{name} · {one.name}: {point.words}"))
    return parts, foot + _FOOT


def _guides(scale: Sequence[float], most: float) -> Iterator[svg.Element]:
    for tick in scale:
        y = _y(tick, most)
        yield svg.Line(x1=_LEFT, x2=WIDTH - 4, y1=y, y2=y, class_=["guide"])
        yield _text(_LEFT - 6, y + 4, whole(tick), "tick")


def _line(line: Line, most: float) -> Iterator[svg.Element]:
    y = _y(line.value, most)
    yield svg.Line(x1=_LEFT, x2=WIDTH - 4, y1=y, y2=y, class_=["line", line.kind])
    yield _text(_LEFT + 6, y - 4, line.name, f"line-name {line.kind}")


def _linked(shape: svg.Rect, point: Point, words: str) -> svg.Element:
    title = svg.Title(text=escape(words))
    if not point.path:
        shape.elements = [title]
        return shape
    return svg.A(href=escape(point.path), tabindex=-1, elements=[title, shape])


def _text(x: float, y: float, text: str, kind: str) -> svg.Text:
    return svg.Text(x=_r(x), y=_r(y), text=escape(text), class_=[kind])


def _y(value: float, most: float) -> float:
    return _r(_TOP + _HEIGHT * (1 - value / most))


def _r(value: float) -> float:
    return round(value, 1)


def legend(figure: Figure) -> list[Series]:
    """The series that have a colour to be told by, where there are several."""
    return figure.drawn if len(figure.drawn) > 1 else []
