"""The text of a file, whatever a spreadsheet has written it in."""

import codecs

from fleets.labels import codes
from fleets.labels.lines import Fault
from protocol.why import Why

_MARKS = {
    codecs.BOM_UTF8: ("utf-8", "UTF-8"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
# How workbooks begin: those of today are ZIP files, older ones OLE.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Bytes that are looked at to find UTF-16 without a mark.
_LOOK = 400


class NoText(Exception):
    """The file can't be read at all, or not from a line on."""

    def __init__(self, line: int, why: Why) -> None:
        super().__init__(str(why))
        self.fault = Fault(line, why)


def decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding. What is no UTF-8 is Windows-1252, as Excel writes it. Raises NoText."""
    if data.startswith(_WORKBOOKS):
        raise NoText(0, Why(codes.WORKBOOK))
    encoding, name = _encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff"), name
    except UnicodeDecodeError as error:
        if name == "UTF-16":
            raise NoText(0, Why(codes.UNREADABLE)) from None
        line = data[: error.start].count(b"\n") + 1
        raise NoText(line, Why(codes.BAD_BYTE, encoding=name)) from None


def _encoding(data: bytes) -> tuple[str, str]:
    """As Python calls it, and as people do."""
    for mark, found in _MARKS.items():
        if data.startswith(mark):
            return found
    head = data[:_LOOK]
    # Every other byte of Latin text is 0 then.
    if head[1::2].count(0) > len(head) / 4 > head[::2].count(0):
        return "utf-16-le", "UTF-16"
    if head[::2].count(0) > len(head) / 4 > head[1::2].count(0):
        return "utf-16-be", "UTF-16"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "cp1252", "Windows-1252"
    return "utf-8", "UTF-8"
