"""The sample cables: each has its golden record, and the bundled model annotates them as the demo
does."""

import sys
from pathlib import Path

import orjson
import pytest

import cablespan
from cablespan.reading import read

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from golden_records import GOLDEN, records  # noqa: E402

SAMPLE = sorted((ROOT / "corpus" / "sample").iterdir())


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_golden_record(bundled, path):
    golden = [
        orjson.loads(line) for line in (GOLDEN / f"{path.name}.jsonl").read_bytes().splitlines()
    ]
    assert orjson.loads(orjson.dumps(records(bundled, path))) == golden


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_every_span_lies_on_the_source(bundled, path):
    for cable in read(str(path)):
        doc = cablespan.to_doc(bundled, cable)
        record = cablespan.to_record(next(iter(bundled.pipe([doc]))))
        maps = {paragraph.id: paragraph for paragraph in cable.paragraphs}
        assert record["entities"] and record["statements"]
        for span in record["entities"]:
            paragraph = maps[span["paragraph"]]
            assert paragraph.text[span["start"] : span["end"]] == span["text"]
            start, end = paragraph.source_map.to_source(span["start"], span["end"])
            assert (
                cable.source_text[start] == span["text"][0]
                and cable.source_text[end - 1] == span["text"][-1]
            )


def test_the_bundled_model_sees_a_recommendation_and_who_says_what(bundled):
    doc = bundled(
        "Post recommends keeping Kazakhstan off the Special 301 Watchlist. "
        "The IPR Committee told Econoff that the GOK would act."
    )
    assert next(span.label_ for span in doc.spans["statements"]) == "RECOMMENDATION"
    assert {("GOK", "AGENCY"), ("Kazakhstan", "PLACE"), ("Special 301 Watchlist", "LAW")} <= {
        (e.text, e.label_) for e in doc.ents
    }
    assert {"The IPR Committee", "told", "the GOK would act"} <= {
        span.text for span in doc.spans["claims"]
    }
    assert "torch" not in sys.modules


def test_the_pipeline_survives_the_disk_and_more_processes(bundled, tmp_path):
    bundled.to_disk(tmp_path / "model")
    again = cablespan.load(tmp_path / "model", ops="numpy")
    texts = [
        "Post recommends that Washington press Ankara.",
        "The MFA told Poloff that talks failed.",
    ] * 2
    alone = [[(e.text, e.label_) for e in doc.ents] for doc in bundled.pipe(texts)]
    assert [
        [(e.text, e.label_) for e in doc.ents] for doc in again.pipe(texts, n_process=2)
    ] == alone
