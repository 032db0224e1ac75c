"""Which column of a file is which, by the names that people give them in English and French."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from fleets.labels import codes
from fleets.words.cells import unguarded
from protocol.why import Why

SEPARATORS = {",": codes.COMMA, ";": codes.SEMICOLON, "\t": codes.TAB}

# Without accents, capitals, spaces and signs. Our own lists call the label “Vehicle”, and give the VIN for none.
_NAMES = {
    "vin": (
        *("vin", "vinnumber", "vincode", "numerovin", "nvin", "novin", "chassis", "chassisnumber", "chassisno"),
        *("numerodechassis", "nchassis", "nodechassis", "vehicleidentificationnumber", "fin"),
    ),
    "label": (
        *("label", "name", "vehiclename", "vehiclelabel", "libelle", "nom", "designation", "nomduvehicule"),
        *("libelleduvehicule", "nomvehicule", "libellevehicule"),
    ),
    "plate": (
        *("plate", "platenumber", "numberplate", "licenceplate", "licenseplate", "registration", "registrationnumber"),
        *("registrationplate", "licenceplatenumber", "licenseplatenumber", "plaque", "immatriculation"),
        *("numerodimmatriculation", "plaquedimmatriculation", "ndimmatriculation", "nodimmatriculation"),
    ),
    "list": ("vehicle", "vehicule"),
}
_MEANINGS = {name: meaning for meaning, names in _NAMES.items() for name in names}
# Characters of column names that are shown.
_SHOWN = 200


@dataclass(frozen=True)
class Columns:
    """Places in a line. `width`: cells of the first line. `not_used`: the names of the other columns."""

    vin: int
    label: int | None
    plate: int | None
    width: int
    not_used: tuple[str, ...]


class NoColumns(Exception):
    """The first line does not say what is needed."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


def separator_of(first_line: str) -> str:
    """The one by which the most columns are known, then the one with the most cells."""

    def known(separator: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([first_line], delimiter=separator), [])
        except csv.Error:
            return 0, 0
        return sum(_meaning(cell) is not None for cell in cells), len(cells)

    return max(SEPARATORS, key=known)


def columns_of(cells: Sequence[str]) -> Columns:
    """By the cells of the first line. Raises NoColumns."""
    names = [unguarded(cell.strip()) for cell in cells]
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        meaning = _meaning(name)
        if meaning in places:
            raise NoColumns(Why(codes.TWO_COLUMNS, first=names[places[meaning]], second=name[:_SHOWN]))
        if meaning is not None:
            places[meaning] = place
    listed = places.pop("list", None)
    label = places.get("label", listed)
    told = ", ".join(filter(None, names))[:_SHOWN]
    if "vin" not in places:
        raise NoColumns(Why(codes.NO_VIN_COLUMN, names=told))
    if label is None and "plate" not in places:
        raise NoColumns(Why(codes.NO_OTHER_COLUMN, names=told))
    used = {label, *places.values()}
    others = tuple(name[:_SHOWN] for place, name in enumerate(names) if name and place not in used)
    return Columns(places["vin"], label, places.get("plate"), len(cells), others)


def _meaning(name: str) -> str | None:
    plain = unicodedata.normalize("NFKD", unguarded(name.strip())).casefold()
    return _MEANINGS.get(re.sub(r"[^a-z0-9]", "", plain))
