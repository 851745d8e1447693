"""scripts/measure_identities.py: records scored by a gold of who is who."""

import orjson
import pytest

import measure_identities
from cablespan.cable import text_hash

TEXT = "Roe told Poe that Post agreed. Roe left."
PEOPLE = [["X/1", 0, 3], ["X/1", 31, 34]]
ROE, POE, POST = (
    {"label": "PERSON", "kb_ids": [None], "mentions": PEOPLE},
    {"label": "PERSON", "kb_ids": ["person:Poe"], "mentions": [["X/1", 9, 12]]},
    {"label": "AGENCY", "kb_ids": ["post:OSLO"], "mentions": [["X/1", 18, 22]]},
)
CLAIM = {"paragraph": "X/1", "source": [0, 3], "cue": [4, 8], "content": [18, 29]}


def entity(start: int, end: int, cluster: int, kb_id: str | None = None, label: str = "PERSON"):
    place = {"paragraph": "X/1", "start": start, "end": end}
    return {**place, "label": label, "cluster": cluster, "kb_id": kb_id}


def cables(tmp_path, entities, speaker=0, wanted=(0,), text_marked=TEXT):
    gold = {
        "doc": "X",
        "author": "post:OSLO",
        "paragraphs": {"X/1": text_hash(text_marked)},
        "clusters": [ROE, POE, POST],
        "claims": [{**CLAIM, "speaker": wanted if isinstance(wanted, str) else list(wanted)}],
    }
    record = {
        "id": "X",
        "paragraphs": [{"id": "X/1", "text": TEXT}],
        "entities": entities,
        "clusters": [{"cluster": e["cluster"], "kb_id": e["kb_id"] or ""} for e in entities],
        "claims": [{"paragraph": "X/1", "content": {"start": 18, "end": 29}, "speaker": speaker}],
    }
    for name, line in (("gold", gold), ("records", record)):
        (tmp_path / name).write_bytes(orjson.dumps(line))
    return list(measure_identities.read(tmp_path / "gold", tmp_path / "records"))


def scores(found):
    return {name: figure(found) for name, figure in measure_identities.FIGURES.items()}


ALL = [
    entity(0, 3, 0),
    entity(9, 12, 1, "person:Poe"),
    entity(18, 22, 2, "post:OSLO", "AGENCY"),
    entity(31, 34, 0),
]


def test_a_record_that_agrees_in_all_has_full_scores(tmp_path):
    assert set(scores(cables(tmp_path, ALL)).values()) == {1.0}


def test_two_people_in_one_cluster_cost_precision_and_a_wrong_link_its_share(tmp_path):
    joined = [ALL[0], entity(9, 12, 0, "person:Edgar"), *ALL[2:]]
    found = scores(cables(tmp_path, joined))
    # three of four mentions share a cluster: (2/3 + 1/3 + 2/3 + 1) / 4
    assert found["B-cubed precision"] == pytest.approx(2 / 3)
    assert (found["links right"], found["link recall"]) == (0.5, 0.5)


def test_a_missed_mention_costs_recall_and_one_too_many_precision(tmp_path):
    missed = scores(cables(tmp_path, ALL[:3]))
    # one of two mentions of Roe is alone: (1/2 + 1 + 1 + 1/2) / 4
    assert (missed["B-cubed precision"], missed["B-cubed recall"]) == (1.0, 0.75)
    too_many = scores(cables(tmp_path, [*ALL, entity(35, 39, 0)]))
    assert too_many["B-cubed precision"] < 1 == too_many["B-cubed recall"]


def test_a_link_on_what_names_nothing_is_wrong(tmp_path):
    assert scores(cables(tmp_path, [*ALL, entity(35, 39, 3, "org:LEFT")]))["links right"] == 2 / 3


@pytest.mark.parametrize(
    ("speaker", "wanted", "right"),
    [
        (0, (0,), True),
        (1, (0,), False),
        (1, (0, 1), True),
        (None, (0,), False),
        ("post:OSLO", "author", True),
        (2, "author", True),
        ("post:OSLO", (2,), True),
        (0, "author", False),
    ],
)
def test_a_speaker_is_right_by_cluster_or_as_the_author(tmp_path, speaker, wanted, right):
    assert scores(cables(tmp_path, ALL, speaker, wanted))["speakers right"] == right


def test_other_text_than_the_marked_one_and_missing_records_are_refused(tmp_path):
    with pytest.raises(ValueError, match="X/1: the text is not the one"):
        cables(tmp_path, ALL, text_marked="Roe left.")
    (tmp_path / "records").write_bytes(b'{"id": "Y"}')
    with pytest.raises(ValueError, match="no record of X"):
        list(measure_identities.read(tmp_path / "gold", tmp_path / "records"))


def test_figures_and_mistakes_are_printed(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(measure_identities, "_DRAWS", 40)
    cables(tmp_path, [*ALL[:3], entity(31, 34, 4, "person:Ray")], speaker=1)
    measure_identities.main(tmp_path / "gold", tmp_path / "records", show=True)
    told = capsys.readouterr().out
    assert "X: 'Roe' linked to person:Ray, not [None]" in told
    assert "X: one in the gold: [(0, \"'Roe'\"), (4, \"'Roe'\")]" in told
    assert "X: 1 does not say 'Post agreed'" in told
    assert "links right: 0.667 (0.667 to 0.667)" in told
