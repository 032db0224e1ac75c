"""The towns of the gazetteer: those around a place, within a box, and by the beginning of their name.

They are read where they lie in a file that is mapped into memory, so that a process has of them what it looks at.
"""

import json
import mmap
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from typing import Any

from fleets.places import file
from fleets.places.build import HEAD, SCALE, band
from fleets.places.folding import folded
from fleets.places.measure import DEGREE, flat

# Beyond this last letter of any name there is none.
_LAST = b"\xff"
# So many names with the same beginning are looked at; names in the order of the alphabet are as good as drawn.
_MOST_KEYS = 20_000
# The largest of those are looked at once more, as their own names have to be read.
_CHOSEN_FROM = 20


@dataclass(frozen=True)
class Town:
    """`country` is its code of two letters (ISO 3166)."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int


class Gazetteer:
    def __init__(self) -> None:
        """Raises OSError or subprocess.SubprocessError where the file can't be made."""
        with file.path().open("rb") as content:
            self._file = memoryview(mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ))
        head = json.loads(bytes(self._file[:HEAD]))
        self._codes: list[str] = head["countries"]
        arrays: dict[str, Any] = {
            name: self._file[begin : begin + length].cast(code)
            for name, (code, begin, length) in head["arrays"].items()
        }
        self._bands, self._populations, self._countries = arrays["bands"], arrays["populations"], arrays["countries"]
        self._latitudes, self._longitudes = arrays["latitudes"], arrays["longitudes"]
        self._names, self._name_starts = arrays["names"], arrays["name_starts"]
        self._keys = _Keys(arrays["keys"], arrays["key_starts"])
        self._key_towns = arrays["key_towns"]

    def town(self, place: int) -> Town:
        begin, end = self._name_starts[place], self._name_starts[place + 1]
        return Town(
            bytes(self._names[begin:end]).decode(),
            self._codes[self._countries[place]],
            self._latitudes[place] / SCALE,
            self._longitudes[place] / SCALE,
            self._populations[place],
        )

    def around(self, latitude: float, longitude: float, radius: float) -> Iterator[tuple[int, float, float, int]]:
        """Place, latitude, longitude and inhabitants of each town in a box that holds all within so many kilometres."""
        north = radius / DEGREE
        low, high = latitude - north, latitude + north
        # The widest degrees are at the edge that is nearer to a pole.
        widest = flat(min(90.0, max(abs(low), abs(high))))[1]
        east = min(180.0, radius / widest)
        yield from self.within(low, longitude - east, high, longitude + east)

    def within(self, south: float, west: float, north: float, east: float) -> Iterator[tuple[int, float, float, int]]:
        """Those in a box, which may go over the date line; each as above."""
        low, high = round(south * SCALE), round(north * SCALE)
        spans = [(round(a * SCALE), round(b * SCALE)) for a, b in _spans(west, east)]
        longitudes, latitudes, populations = self._longitudes, self._latitudes, self._populations
        for row in range(band(south), band(north) + 1):
            begin, end = self._bands[row], self._bands[row + 1]
            for left, right in spans:
                first = bisect_left(longitudes, left, begin, end)
                for place in range(first, bisect_right(longitudes, right, first, end)):
                    if low <= latitudes[place] <= high:
                        yield place, latitudes[place] / SCALE, longitudes[place] / SCALE, populations[place]

    def named(self, words: str, most: int) -> list[Town]:
        """Those one of whose names begins so, however it is written: first who is called just so in any language, then
        those whose own name begins so, the larger first.
        """
        wanted = folded(words).encode()
        if not wanted:
            return []
        begin = bisect_left(self._keys, wanted)
        end = min(bisect_left(self._keys, wanted + _LAST, begin), begin + _MOST_KEYS)
        whole = bisect_left(self._keys, wanted + b"\0", begin, end)
        ranks: dict[int, tuple[bool, int]] = {}
        for key in range(begin, end):
            place = self._key_towns[key]
            ranks.setdefault(place, (key < whole, self._populations[place]))
        largest = nlargest(_CHOSEN_FROM * most, ranks, key=ranks.__getitem__)
        own = wanted.decode()

        def rank(place: int) -> tuple[bool, bool, int]:
            is_whole, population = ranks[place]
            return is_whole, is_whole or folded(self.town(place).name).startswith(own), population

        return [self.town(place) for place in nlargest(most, largest, key=rank)]


class _Keys(Sequence[bytes]):
    def __init__(self, keys: memoryview, starts: memoryview) -> None:
        self._bytes, self._starts = keys, starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, place: Any) -> Any:
        return bytes(self._bytes[self._starts[place] : self._starts[place + 1]])


def _spans(west: float, east: float) -> list[tuple[float, float]]:
    """Longitudes from -180 to 180."""
    if east - west >= 360:
        return [(-180.0, 180.0)]
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer()
