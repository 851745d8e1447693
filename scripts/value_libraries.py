"""What general libraries make of dates and sums that a reader gave a value, beside our component.

pip install dateparser price-parser babel      # in a copy of the environment
python scripts/value_libraries.py annotations/values/third.jsonl --count 200

A date is right where it lies in the reader's interval at the reader's precision: libraries return
one moment, so that of an interval its first day is enough. A sum is right with amount and currency.
"""

import argparse
import re
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import orjson
import spacy

from cablespan.components.entities.values import Values
from cablespan.components.entities.values.dates import Anchor
from cablespan.labels import Entity
from measure_values import Sources, found_values


def by_dateparser(text: str, anchor: Anchor | None) -> str | None:
    """dateparser, with the cable's day as the base and dates of the past preferred."""
    import dateparser

    settings = {"PREFER_DATES_FROM": "past", "RETURN_TIME_AS_PERIOD": False}
    if anchor:
        settings["RELATIVE_BASE"] = datetime.combine(anchor.day, datetime.min.time())
    found = dateparser.date.DateDataParser(languages=["en"], settings=settings).get_date_data(text)
    if found.date_obj is None:
        return None
    length = {"year": 4, "month": 7}.get(found.period, 10)
    return found.date_obj.date().isoformat()[:length]


def by_price_parser(text: str) -> str | None:
    """price-parser: the amount, and the currency sign as it was written."""
    from price_parser import Price

    price = Price.fromstring(text)
    codes = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "euro": "EUR"}
    if price.amount is None or price.currency is None:
        return None
    return f"{price.amount.normalize():f} {codes.get(price.currency, price.currency)}"


def by_babel(text: str) -> str | None:
    """Babel: its names of currencies in the plural and its parser of numbers."""
    from babel import Locale
    from babel.numbers import NumberFormatError, get_currency_name, parse_decimal

    english = Locale("en")
    names = {
        get_currency_name(code, count=count, locale=english).lower(): code
        for code in english.currencies
        for count in (None, 2)
    }
    plain = text.lower().replace("us$", "$")
    code = next((code for name, code in names.items() if name in plain), None)
    code = code or ("USD" if "$" in plain else None)
    number = re.search(r"\d[\d,.]*", plain)
    try:
        amount = parse_decimal(number[0].strip(".,"), locale="en") if number else None
    except NumberFormatError:
        return None
    return f"{amount.normalize():f} {code}" if amount is not None and code else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marks", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    nlp = spacy.blank("en")
    values = Values(nlp, "values")
    marks = [orjson.loads(line) for line in options.marks.read_bytes().splitlines()]
    marks = [mark for mark in marks if mark["label"] in (Entity.DATE, Entity.MONEY)]
    contexts = Sources(nlp, options.shared).find(marks)
    # In the order of their texts' hashes, so that no kind of source comes first.
    drawn = sorted(marks, key=lambda mark: (mark["sha256"], mark["start"]))[: options.count]
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    for mark in drawn:
        context = contexts[mark["sha256"]]
        ((_, text, ours),) = found_values(values, nlp, [mark], context)
        wanted, label = mark["value"], mark["label"]
        found: dict[str, str | None] = {"cablespan": ours}
        if label == Entity.DATE:
            found["dateparser"] = by_dateparser(text, Anchor.of(context.cable))
            of_one_moment = wanted.split("/")[0] if wanted else None
        else:
            readers: dict[str, Callable[[str], str | None]] = {
                "price-parser": by_price_parser,
                "babel": by_babel,
            }
            found |= {name: read(text) for name, read in readers.items()}
            of_one_moment = wanted
        total[label] += 1
        for name, value in found.items():
            is_ours = name == "cablespan"
            right[label, name] += value == (wanted if is_ours else of_one_moment)
    for (label, name), count in sorted(right.items()):
        print(f"{label} {name}: {count} of {total[label]}")


if __name__ == "__main__":
    main()
