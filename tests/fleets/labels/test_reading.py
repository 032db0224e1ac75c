"""Files of labels and plates as people have them, and what is wrong with others, line by line."""

import pytest

from fleets.labels import codes
from fleets.labels.lines import File, Line
from fleets.labels.reading import MOST_BYTES, MOST_LINES, read

VIN = "VF3ABCDE0FG000001"
OTHER = "VF3ABCDE0FG000002"


def faults(file: File) -> list[tuple[int, str]]:
    return [(fault.line, fault.why.code) for fault in file.faults]


def one(text: str, encoding: str = "utf-8") -> Line:
    file = read(text.encode(encoding))
    assert [str(fault.why) for fault in file.faults] == []
    (line,) = file.lines
    return line


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_each_form_of_csv(separator: str, end: str, encoding: str) -> None:
    rows = (["VIN", "Libellé", "Immatriculation"], [VIN, "Fourgonnette à Évry – n° 1", "AB-123-CD"])
    text = "".join(separator.join(row) + end for row in rows)
    assert one(text, encoding) == Line(2, VIN, "Fourgonnette à Évry – n° 1", "AB-123-CD")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_its_mark(encoding: str) -> None:
    assert one(f"\ufeffVIN;Label\r\n{VIN};Été\r\n", encoding).label == "Été"


def test_it_says_how_it_was_read() -> None:
    file = read(f"VIN;Label;Km;;Dépôt\n{VIN};Été;12;;Lyon\n".encode("cp1252"))
    assert [str(note) for note in file.notes] == [
        "Read as Windows-1252, separated by semicolons.",
        "Columns that are not used: Km, Dépôt",
    ]


@pytest.mark.parametrize(
    ("titles", "label", "plate"),
    [
        ("vin,NAME,Registration", "a", "b"),
        ("Plate,x,VIN", None, "V"),
        (" Nom ,N° d’immatriculation,Numéro de châssis", "V", "a"),
        ("Label,License plate,VIN number", "V", "a"),
        ("Numero VIN,libelle,PLAQUE D'IMMATRICULATION", "a", "b"),
        ("VIN,Véhicule,Plaque", "a", "b"),
        ("VIN,Label,Vehicle", "a", None),
        ("VIN,Vehicle,Label", "b", None),
    ],
)
def test_titles_in_english_and_french_in_any_order(titles: str, label: str | None, plate: str | None) -> None:
    """`V` stands for the first cell of a line whose VIN is the last."""
    cells = ("V", "a", VIN) if "V" in (label, plate) else (VIN, "a", "b")
    line = one(f"{titles}\n{','.join(cells)}\n")
    assert (line.vin, line.label, line.plate) == (VIN, label, plate)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("", None),
        ("   ", None),
        ("\u00a0Van 1 ", "Van 1"),
        ("-", ""),
        ("'-", "-"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("''=x", "'=x"),
        ("'t Hoen", "'t Hoen"),
        ('"Van; the ""blue"" one"', 'Van; the "blue" one'),
        ('12" van', '12" van'),
        (VIN.lower(), None),
    ],
)
def test_what_a_cell_means(cell: str, wanted: str | None) -> None:
    """Empty: left alone; a hyphen: taken away; what guards a formula goes; our lists give the VIN for no label."""
    assert one(f"VIN;Label\n{VIN};{cell}\n").label == wanted


def test_small_letters_and_spaces_around_a_vin() -> None:
    assert one(f"vin,label\n {VIN.lower()} ,x\n").vin == VIN


def test_a_line_may_be_shorter_or_have_empty_cells_at_its_end() -> None:
    assert one(f"VIN;Label;Plate\n{VIN};x\n") == Line(2, VIN, "x", None)
    assert one(f"VIN;Label\n{VIN};x;;;\n") == Line(2, VIN, "x", None)


def test_lines_are_numbered_as_an_editor_does() -> None:
    """Also behind an empty line, a separator's line, and a cell with several lines."""
    file = read(f'sep=;\n\nVIN;Note;Label\n;;\n{VIN};"two\nlines";a\n\nX;;b\n'.encode())
    assert file.lines == [Line(5, VIN, "a", None)]
    assert faults(file) == [(8, codes.NOT_A_VIN)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (";x;y", codes.NO_VIN),
        ("VF3ABCDE0FG00000O;x;y", codes.NOT_A_VIN),
        (f"{VIN};again;", codes.TWICE),
        (f"{OTHER};{'x' * 101};", codes.LONG_LABEL),
        (f"{OTHER};x;{'y' * 21}", codes.LONG_PLATE),
        (f"{OTHER};a\0b;", codes.CONTROL),
        (f"{OTHER};a\x07b;", codes.CONTROL),
        (f'{OTHER};"a\nb";', codes.CONTROL),
        (f"{OTHER};a;b;c", codes.MORE_CELLS),
        (f'{OTHER};"a"b;c', codes.AFTER_QUOTES),
        (f'{OTHER};"a;b', codes.NEVER_CLOSED),
        (f'{OTHER};"{"x" * 140_000}";b', codes.LONG_CELL),
    ],
)
def test_each_error_has_its_line(line: str, code: str) -> None:
    file = read(f"VIN;Label;Plate\n{VIN};x;y\n{line}\n".encode())
    assert faults(file) == [(3, code)]
    assert file.lines == [Line(2, VIN, "x", "y")]


def test_words_say_what_and_where() -> None:
    file = read(f"VIN,Label\n{VIN},x\n{VIN},Van, blue\n{VIN.lower()},x\n".encode())
    assert [str(fault.why) for fault in file.faults] == [
        "This line has 3 cells, the first one 2. Put text with a separator in it into quotation marks.",
        f"{VIN} stands in line 2 already.",
    ]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", (0, codes.EMPTY)),
        (b"\n\n", (0, codes.EMPTY)),
        (b"VIN,Label\n", (0, codes.EMPTY)),
        (b"PK\x03\x04\x14\x00", (0, codes.WORKBOOK)),
        (b"\xd0\xcf\x11\xe0\xa1", (0, codes.WORKBOOK)),
        (b"\xff\xfeV\x00I\x00N", (0, codes.UNREADABLE)),
        (b"VIN,Label\nx,\x81\n", (2, codes.BAD_BYTE)),
        (b"\xef\xbb\xbfVIN,Label\nx,\xe9\n", (2, codes.BAD_BYTE)),
        (f"{VIN},x\n".encode(), (1, codes.NO_VIN_COLUMN)),
        (f"VIN,Colour\n{VIN},x\n".encode(), (1, codes.NO_OTHER_COLUMN)),
        (f"VIN,Label,Name\n{VIN},x,y\n".encode(), (1, codes.TWO_COLUMNS)),
        (b'"VIN,Label\n', (1, codes.NEVER_CLOSED)),
        (b"x" * (MOST_BYTES + 1), (0, codes.TOO_LARGE)),
        (b"VIN,Label\n" + b"\n".join(b"%d,x" % n for n in range(MOST_LINES + 1)), (0, codes.TOO_MANY_LINES)),
    ],
)
def test_a_file_that_cannot_be_taken(data: bytes, fault: tuple[int, str]) -> None:
    file = read(data)
    assert faults(file) == [fault]
    assert file.lines == []


def test_as_many_lines_as_are_taken() -> None:
    data = b"VIN,Label\n" + b"\n".join(b"VF3ABCDE0FG%06d,x" % n for n in range(MOST_LINES))
    file = read(data)
    assert (len(file.lines), file.faults) == (MOST_LINES, [])
