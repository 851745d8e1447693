"""Texts that no gold covers, for a model to label."""

import orjson

import unlabelled

LONG = (
    "The Ministry of {} said that the harbor would be open to all ships again by the first of May, "
    "and that pilots of the coast guard would bring them in as before."
)


def write(path, *records):
    """JSON Lines with a blank one at the end, as editors leave it."""
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records) + b"\n")
    return path


def drawn(folder, gold=(), kept=()):
    """What is left of a telegram of three paragraphs and a report of seven."""
    telegram = [{"text": LONG.format(name)} for name in ("Justice", "Trade", "Health")]
    report = [
        {"doc": "2020-oz", "paragraph": n, "text": LONG.format(f"Letter {n}")} for n in range(7)
    ]
    unlabelled.main(
        output=folder / "out.jsonl",
        telegrams=write(folder / "t.jsonl", {"id": "v1/d1", "head": "1", "paragraphs": telegram}),
        reports=write(folder / "r.jsonl", *report),
        gold=[write(folder / "gold.jsonl", *gold)],
        kept=[write(folder / "kept.jsonl", *kept)],
    )
    return {
        text["meta"]["id"]: text["text"].count("Ministry")
        for text in map(orjson.loads, (folder / "out.jsonl").read_bytes().splitlines())
    }


def test_gold_cuts_a_telegram_and_reports_come_six_paragraphs_at_a_time(tmp_path):
    gold = [{"doc": "v1/d1", "paragraph": 1, "text": "."}]
    assert drawn(tmp_path) == {"v1/d1~1": 3, "2020-oz~0": 6, "2020-oz~1": 1}
    assert drawn(tmp_path, gold) == {"v1/d1~1": 1, "v1/d1~2": 1, "2020-oz~0": 6, "2020-oz~1": 1}


def test_documents_for_judging_and_what_quotes_them_are_left_out(tmp_path):
    assert drawn(tmp_path, kept=[{"doc": "2020-oz", "paragraph": 9, "text": "Nil."}]) == {
        "v1/d1~1": 3
    }
    assert drawn(tmp_path, kept=[{"doc": "v9/d9", "text": LONG.format("Peace")}]) == {}
