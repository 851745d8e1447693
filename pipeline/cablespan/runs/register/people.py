"""Which clusters of different cables are one person: Splink scores pairs of profiles, and entries
grow from the best pair down, as far as nothing speaks against it.

A profile is what the cables of a country call by one name with no longer gap than GAP years.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import orjson

if TYPE_CHECKING:
    from splink import Linker

MODEL = "people.json"  # Splink's settings and the number of profiles they were trained on
GAP = 4  # years without a mention after which a name's next profile begins
SAME = 0.95  # from this probability on a pair is one person
MOST = 0.05  # the prior of small collections, however small
OTHER = 0.05  # below it, a pair of full names is never in one entry

# A surname without an office ("Perez") is nobody's profile beyond its cable.
_PROFILE_OF = f"""
CREATE TABLE profile_of AS
WITH named AS (
  SELECT n, cable, kb_id, home, year, office, words, array_to_string(words, ' ') AS called,
    CASE
      WHEN len(words) = 0 OR list_aggregate(words, 'min') SIMILAR TO 'x+' THEN key
      WHEN home IS NULL OR (len(words) = 1 AND office IS NULL AND kb_id IS NULL) THEN cable
      WHEN len(words) = 1 AND kb_id IS NULL THEN office
    END AS apart
  FROM mentions WHERE kind = 'people'
), gaps AS (
  SELECT *, coalesce(year - lag(year) OVER w > {GAP}, false) AS is_new
  FROM named WINDOW w AS (PARTITION BY called, home, kb_id, apart ORDER BY year, n)
), eras AS (
  SELECT *, sum(is_new::int) OVER (
    PARTITION BY called, home, kb_id, apart ORDER BY year, n ROWS UNBOUNDED PRECEDING) AS era
  FROM gaps
)
SELECT *, min(n) OVER (PARTITION BY called, home, kb_id, apart, era) AS profile FROM eras
"""
_PROFILES = """
CREATE OR REPLACE TABLE profiles AS
SELECT profile AS unique_id, any_value(called) AS called, any_value(kb_id) AS kb_id,
  any_value(home) AS home, min(year) AS first_year, max(year) AS last_year,
  count(DISTINCT cable) AS cables,
  list_sort(list_distinct(list(office) FILTER (office IS NOT NULL))) AS offices,
  any_value(words) AS words, any_value(words)[2:] AS later, any_value(words)[-1] AS family,
  CASE WHEN len(any_value(words)) > 1 THEN any_value(called) END AS full_name,
  CASE WHEN len(any_value(words)) > 1 THEN any_value(words)[1] END AS first_name,
  CASE WHEN len(any_value(words)) > 1
    THEN any_value(words)[1] || ' ' || any_value(words)[-1] END AS short_name
FROM profile_of GROUP BY profile
HAVING len(any_value(words)) > 0 AND NOT list_aggregate(any_value(words), 'min') SIMILAR TO 'x+'
ORDER BY profile
"""

# How often a first and a last name meet by chance: full names that are shared are mostly one
# person's, so that their own frequency says nothing of chance.
_FREQUENCY = """
WITH named AS (
  SELECT DISTINCT full_name, short_name, first_name, family FROM profiles
  WHERE full_name IS NOT NULL
), firsts AS (
  SELECT first_name, count(*) / (SELECT count(*) FROM named) AS share FROM named GROUP BY ALL
), families AS (
  SELECT family, count(*) / (SELECT count(*) FROM named) AS share FROM named GROUP BY ALL
)
SELECT DISTINCT {name}, firsts.share * families.share AS tf_{name}
FROM named JOIN firsts USING (first_name) JOIN families USING (family) ORDER BY {name}
"""


class Pair(NamedTuple):
    """Two profiles and the probability that they are one person."""

    left: int
    right: int
    probability: float


class People(NamedTuple):
    """The entry of each profile (its first profile), and the pairs that made the entries."""

    entry_of: dict[int, int]
    merges: list[Pair]


def settings_for(profiles: int) -> dict[str, Any]:
    """Splink's settings, as scripts/train_register.py wrote them, for a number of profiles.

    Two random profiles are the less often one person the more there are: each person has a few.

    >>> few, many = settings_for(10_000), settings_for(1_000_000)
    >>> prior = "probability_two_random_records_match"
    >>> round(few[prior] / many[prior])
    100
    """
    model = orjson.loads(files(__package__).joinpath(MODEL).read_bytes())
    prior = model["settings"]["probability_two_random_records_match"]
    scaled = min(MOST, prior * model["profiles"] / max(1, profiles))
    return model["settings"] | {"probability_two_random_records_match": scaled}


def make_profiles(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes the tables `profile_of` (a row a cluster) and `profiles` out of `mentions`."""
    connection.execute(_PROFILE_OF)
    connection.execute(_PROFILES)


def make_single_profiles(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes `profiles` anew with each cluster as its own, as training compares them."""
    connection.execute("UPDATE profile_of SET profile = n")
    connection.execute(_PROFILES)


def linker_of(
    connection: duckdb.DuckDBPyConnection, settings: dict[str, Any] | None = None
) -> "Linker":
    """Splink's linker over `profiles`, with the trained settings or others."""
    from splink import DuckDBAPI, Linker

    number = connection.sql("SELECT count(*) FROM profiles").fetchall()[0][0]
    database = DuckDBAPI(connection)
    profiles = database.register("profiles")
    linker = Linker(profiles, settings or settings_for(number), log_level=None)
    for name in ("full_name", "short_name"):
        connection.execute(f"CREATE OR REPLACE TABLE tf_{name} AS {_FREQUENCY.format(name=name)}")
        lookup = database.register(f"tf_{name}")
        linker.table_management.register_term_frequency_lookup(lookup, name)
    return linker


def scored_pairs(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """The pairs of `profiles` that Splink compares, by falling probability; then by number."""
    linker = linker_of(connection)
    scored = linker.inference.predict(warning_mode="never").physical_name
    return connection.sql(f"""
        SELECT least(unique_id_l, unique_id_r) AS l, greatest(unique_id_l, unique_id_r) AS r,
          match_probability AS probability
        FROM {scored} ORDER BY probability DESC, l, r
    """)


def resolve(connection: duckdb.DuckDBPyConnection) -> People:
    """Who is who among the `profiles`, which `make_profiles` has made."""
    profiles = connection.sql(
        "SELECT unique_id, kb_id, full_name IS NULL, cables FROM profiles"
    ).fetchall()
    kb_ids = {number: kb_id for number, kb_id, *_ in profiles if kb_id}
    single = {number for number, kb_id, is_single, _ in profiles if is_single and not kb_id}
    pairs = [Pair(*row) for row in scored_pairs(connection).fetchall()]
    of_full_names = [pair for pair in pairs if single.isdisjoint(pair[:2])]
    entries = Entries(kb_ids, (pair for pair in of_full_names if pair.probability < OTHER))
    same = [pair for pair in of_full_names if pair.probability >= SAME]
    merges = [*entries.by_id(), *(pair for pair in same if entries.merge(pair))]
    cables: Counter[int] = Counter()
    for number, *_, own in profiles:
        cables[entries.first(number)] += own
    merges += [pair for pair in _attached(entries, pairs, single, cables) if entries.merge(pair)]
    return People({number: entries.first(number) for number, *_ in profiles}, merges)


def _attached(
    entries: "Entries", pairs: Iterable[Pair], single: set[int], cables: Mapping[int, int]
) -> Iterator[Pair]:
    """Surnames alone ("President Pacheco") with the entry that they name.

    A profile names one entry at most, so that its entries are rival hypotheses: each has the odds
    of its best pair, less where fewer `cables` name it than another, and the probability is its
    share in the odds of all and of none.
    """
    rivals: dict[int, dict[int, Pair]] = defaultdict(dict)
    for pair in pairs:
        if (pair.left in single) != (pair.right in single):
            alone, full = pair[:2] if pair.left in single else pair[1::-1]
            rivals[alone].setdefault(entries.first(full), pair)  # the best, as they fall
    for _, pair_of in sorted(rivals.items()):
        most = max(cables[entry] for entry in pair_of)
        odds = {entry: _odds(pair) * cables[entry] / most for entry, pair in pair_of.items()}
        best = max(odds, key=lambda entry: odds[entry])
        share = odds[best] / (1 + sum(odds.values()))
        if share >= SAME:
            yield pair_of[best]._replace(probability=share)
    yield from (p for p in pairs if single.issuperset(p[:2]) and p.probability >= SAME)


def _odds(pair: Pair) -> float:
    return pair.probability / max(1e-12, 1 - pair.probability)


class Entries:
    """Disjoint sets of profiles, of which each has one lexicon id at most and no two that are
    others.

    >>> entries = Entries({1: "person:A", 3: "person:B"}, [Pair(2, 4, 0.01)])
    >>> entries.merge(Pair(1, 2, 0.99)), entries.merge(Pair(2, 3, 0.98))
    (True, False)
    >>> entries.merge(Pair(1, 4, 0.97)), entries.first(2)
    (False, 1)
    """

    def __init__(self, kb_ids: dict[int, str], others: Iterable[Pair]):
        self.parents: dict[int, int] = {}
        self.kb_ids = dict(kb_ids)
        self.others: dict[int, set[int]] = defaultdict(set)  # of a first profile: its strangers
        for left, right, _ in others:
            self.others[left].add(right)
            self.others[right].add(left)

    def first(self, profile: int) -> int:
        """The first profile of the entry that a profile is in."""
        root = profile
        while (parent := self.parents.get(root, root)) != root:
            root = parent
        while profile != root:
            self.parents[profile], profile = root, self.parents.get(profile, profile)
        return root

    def by_id(self) -> list[Pair]:
        """Merges the profiles of one lexicon id, and tells which."""
        numbers: dict[str, int] = {}
        merged = []
        for number, kb_id in sorted(self.kb_ids.items()):
            pair = Pair(numbers.setdefault(kb_id, number), number, 1.0)
            if pair.left != pair.right:
                self._unite(pair.left, pair.right)
                merged.append(pair)
        return merged

    def merge(self, pair: Pair) -> bool:
        """Merges the entries of two profiles; False where they are one or must not be."""
        left, right = sorted((self.first(pair.left), self.first(pair.right)))
        ids = {self.kb_ids[number] for number in (left, right) if number in self.kb_ids}
        if left == right or len(ids) > 1 or self._strangers(left, right):
            return False
        self._unite(left, right)
        return True

    def _strangers(self, left: int, right: int) -> bool:
        if len(self.others[left]) > len(self.others[right]):
            left, right = right, left
        return any(self.first(number) == right for number in self.others[left])

    def _unite(self, left: int, right: int) -> None:
        left, right = sorted((self.first(left), self.first(right)))
        self.parents[right] = left
        self.others[left] |= self.others.pop(right, set())
        if kb_id := self.kb_ids.get(right):
            self.kb_ids.setdefault(left, kb_id)
