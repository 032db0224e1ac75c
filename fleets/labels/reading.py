"""Reads a file of labels and plates, in the forms of CSV that people have. No line is half taken."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from fleets.labels import codes
from fleets.labels.columns import SEPARATORS, Columns, NoColumns, columns_of, separator_of
from fleets.labels.decoding import NoText, decode
from fleets.labels.lines import Fault, File, Line
from fleets.models import Vehicle
from fleets.models.fleet import VIN_PATTERN
from fleets.words.cells import unguarded
from protocol.why import Why

MOST_MEGABYTES = 4
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
MOST_LINES = 20_000
# Stands for “take it away”.
CLEAR = "-"

_LONGEST_LABEL = Vehicle._meta.get_field("label").max_length or 0
_LONGEST_PLATE = Vehicle._meta.get_field("plate").max_length or 0
# Controls, ends of lines and of paragraphs, halves of surrogate pairs.
_NO_TEXT = {"Cc", "Zl", "Zp", "Cs"}
# By what Python's reader says.
_MISREAD = {
    "unexpected end of data": codes.NEVER_CLOSED,
    "expected after": codes.AFTER_QUOTES,
    "field larger than field limit": codes.LONG_CELL,
}
# Excel understands such a first line.
_SEPARATOR_LINE = re.compile(r"sep=.\s*", re.IGNORECASE)


def read(data: bytes) -> File:
    """The file's lines, and what is wrong with others; what is wrong with all of it is at line 0 or 1."""
    if len(data) > MOST_BYTES:
        return File(faults=[too_large()])
    try:
        text, encoding = decode(data)
        return _read_text(text, encoding)
    except NoText as error:
        return File(faults=[error.fault])


def too_large() -> Fault:
    return Fault(0, Why(codes.TOO_LARGE, most=MOST_MEGABYTES))


def _read_text(text: str, encoding: str) -> File:
    lines = io.StringIO(text, newline="")
    skipped, first = _first_line(lines)
    separator = separator_of(first)
    records = _records(lines, separator, skipped)
    head = next(records, None)
    if head is None:
        return File(faults=[Fault(0, Why(codes.EMPTY))])
    if isinstance(head, Fault):
        return File(faults=[head])
    try:
        columns = columns_of(head[1])
    except NoColumns as error:
        return File(faults=[Fault(head[0], error.why)])
    file = File(notes=[Why(codes.READ_AS, encoding=encoding, separator=Why(SEPARATORS[separator]))])
    if columns.not_used:
        file.notes.append(Why(codes.NOT_USED, names=", ".join(columns.not_used)[:1000]))
    _take(file, records, columns)
    if not file.lines and not file.faults:
        file.faults.append(Fault(0, Why(codes.EMPTY)))
    return file


def _first_line(lines: io.StringIO) -> tuple[int, str]:
    """The number of lines before the titles, and the titles' line, which is read next."""
    skipped = 0
    while True:
        place = lines.tell()
        line = lines.readline()
        if not line or (line.strip(" \t\r\n;,") and not _SEPARATOR_LINE.fullmatch(line)):
            lines.seek(place)
            return skipped, line
        skipped += 1


def _records(lines: io.StringIO, separator: str, skipped: int) -> Iterator[tuple[int, list[str]] | Fault]:
    """Each record with the number of its first line; blank ones are left out."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        number = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(
                number, Why(next((code for words, code in _MISREAD.items() if words in str(error)), codes.BAD_CELLS))
            )
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _take(file: File, records: Iterator[tuple[int, list[str]] | Fault], columns: Columns) -> None:
    seen: dict[str, int] = {}
    for count, record in enumerate(records):
        if count == MOST_LINES:
            file.lines.clear()
            file.faults[:] = [Fault(0, Why(codes.TOO_MANY_LINES, most=MOST_LINES))]
            return
        found = record if isinstance(record, Fault) else _line(*record, columns)
        if isinstance(found, Line):
            before = seen.setdefault(found.vin, found.number)
            if before != found.number:
                found = Fault(found.number, Why(codes.TWICE, vin=found.vin, line=before))
        if isinstance(found, Fault):
            file.faults.append(found)
        else:
            file.lines.append(found)


def _line(number: int, cells: list[str], columns: Columns) -> Line | Fault:
    why = _wrong(cells, columns)
    if why is not None:
        return Fault(number, why)
    vin = _cell(cells, columns.vin).upper()
    label, plate = _wanted(_cell(cells, columns.label)), _wanted(_cell(cells, columns.plate))
    # Our own lists show the VIN of a vehicle without a label.
    label = None if label is not None and label.upper() == vin else label
    why = _unfit(vin, label or "", plate or "")
    return Line(number, vin, label, plate) if why is None else Fault(number, why)


def _wrong(cells: list[str], columns: Columns) -> Why | None:
    """Why the cells can't be told apart, or read."""
    number = len(cells)
    while number > columns.width and not cells[number - 1].strip():
        number -= 1
    if number > columns.width:
        return Why(codes.MORE_CELLS, number=number, most=columns.width)
    used = [_cell(cells, place) for place in (columns.vin, columns.label, columns.plate)]
    no_text = next((char for text in used for char in text if unicodedata.category(char) in _NO_TEXT), None)
    if no_text is None and any("\0" in cell for cell in cells):
        no_text = "\0"
    return None if no_text is None else Why(codes.CONTROL, name=f"U+{ord(no_text):04X}")


def _unfit(vin: str, label: str, plate: str) -> Why | None:
    if not vin:
        return Why(codes.NO_VIN)
    if not re.fullmatch(VIN_PATTERN, vin):
        return Why(codes.NOT_A_VIN, vin=vin[:40])
    if len(label) > _LONGEST_LABEL:
        return Why(codes.LONG_LABEL, number=len(label), most=_LONGEST_LABEL)
    if len(plate) > _LONGEST_PLATE:
        return Why(codes.LONG_PLATE, number=len(plate), most=_LONGEST_PLATE)
    return None


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _wanted(cell: str) -> str | None:
    """None where it is left alone, empty where it is taken away."""
    if not cell:
        return None
    return "" if cell == CLEAR else unguarded(cell).strip()
