"""The list of vehicles as CSV, with the columns that were chosen, a piece at a time."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext

from console import spreadsheet
from console.vehicle_list import columns, sorting
from console.vehicle_list.listing import AskedList, VehicleRow, charging_word, rows_of
from remotes.finding.marks import with_stolen_said_at


def lines(asked: AskedList) -> Iterator[str]:
    """The lines of the file: two statements for each sorting.AT_ONCE vehicles, however many there are."""
    titles = [title for name in _columns(asked) for title in _titles(name)]
    titles = [gettext("Vehicle"), gettext("VIN"), *titles, spreadsheet.of_clocks(gettext("Gone since"))]
    return spreadsheet.lines(titles, _values(asked))


def _values(asked: AskedList) -> Iterator[list[str]]:
    for vehicles in sorting.all_rows(with_stolen_said_at(asked.vehicles), asked.sort):
        for row in rows_of(vehicles):
            cells = [cell for name in _columns(asked) for cell in _CELLS[name](row)]
            yield [str(row.vehicle), row.vehicle.vin, *cells, spreadsheet.moment(row.vehicle.gone_at)]


def _columns(asked: AskedList) -> list[str]:
    """Those beside the VIN, which tells vehicles apart whatever is chosen."""
    return [name for name in asked.columns if name != "vin"]


def _titles(name: str) -> list[str]:
    if name == "model":
        return [gettext("Brand"), gettext("Model")]
    if name == "action":
        return [gettext("Last action"), gettext("Status"), gettext("Cause"), spreadsheet.of_clocks(gettext("Asked at"))]
    if name == "heard":
        return [spreadsheet.of_clocks(str(columns.COLUMNS[name]))]
    return [gettext("Charge or fuel (%)") if name == "level" else str(columns.COLUMNS[name])]


def _doors(row: VehicleRow) -> list[str]:
    locked = row.vehicle.is_locked
    return ["" if locked is None else gettext("Locked") if locked else gettext("Unlocked")]


def _action(row: VehicleRow) -> list[str]:
    last = row.last
    return [last.title, str(last.word.text), last.cause, spreadsheet.moment(last.at)] if last else [""] * 4


def _level(row: VehicleRow) -> list[str]:
    level = row.vehicle.energy_level
    return ["" if level is None else f"{level:f}"]


def _charging(row: VehicleRow) -> list[str]:
    return [charging_word(row.vehicle)]


_CELLS: dict[str, Callable[[VehicleRow], list[str]]] = {
    "plate": lambda row: [row.vehicle.plate],
    "model": lambda row: [row.vehicle.brand, row.vehicle.model],
    "energy": lambda row: [row.vehicle.get_motorization_display()],
    "marks": lambda row: ["; ".join(mark.text for mark in row.marks)],
    "level": _level,
    "charging": _charging,
    "doors": _doors,
    "heard": lambda row: [spreadsheet.moment(row.vehicle.heard_at)],
    "action": _action,
}
