"""What annotators share and where they differ."""

from cablespan.review.conflicts import agreed_and_conflicts


def version(name: str, action: str = "accept", **layers) -> dict:
    return {"annotator": name, "action": action, "layers": layers}


def mark(start: int, end: int, label: str = "ORG", **facts) -> dict:
    return {"start": start, "end": end, "label": label, **facts}


def conflicts_of(*versions) -> list[tuple[str, int, int, list[list[str]]]]:
    return [
        (one["layer"], one["start"], one["end"], [r["annotators"] for r in one["readings"]])
        for one in agreed_and_conflicts(versions)[1]
    ]


def test_a_mark_that_one_annotator_lacks_is_a_conflict():
    anna, ben = (
        version("ANNA", entities=[mark(0, 4), mark(9, 12)]),
        version("BEN", entities=[mark(0, 4)]),
    )
    agreed, _ = agreed_and_conflicts([anna, ben])
    assert agreed["entities"] == [mark(0, 4)]
    assert conflicts_of(anna, ben) == [("entities", 9, 12, [["ANNA"], ["BEN"]])]


def test_overlapping_readings_are_one_conflict_and_equal_ones_one_reading():
    anna = version("ANNA", entities=[mark(0, 4), mark(5, 9)])
    ben, cleo = (version(name, entities=[mark(0, 9)]) for name in ("BEN", "CLEO"))
    assert conflicts_of(anna, ben, cleo) == [("entities", 0, 9, [["ANNA"], ["BEN", "CLEO"]])]


def test_another_link_and_another_certainty_are_conflicts_but_a_score_is_none():
    one = version("ANNA", entities=[mark(0, 4, kb_id="iso:KZ", score=0.4)])
    assert conflicts_of(one, version("BEN", entities=[mark(0, 4, kb_id="iso:KZ")])) == []
    assert len(conflicts_of(one, version("BEN", entities=[mark(0, 4)]))) == 1
    content = {"source": None, "cue": None, "content": {"start": 0, "end": 4}, "speaker": None}
    claims = [[{**content, "certainty": certainty}] for certainty in ("asserted", "denied")]
    assert (
        len(conflicts_of(*(version(name, claims=c) for name, c in zip("AB", claims, strict=True))))
        == 1
    )


def test_a_sentence_that_is_cut_differently_waits_for_its_label():
    anna = version("ANNA", statements=[mark(0, 20, "REPORT")])
    ben = version("BEN", statements=[mark(0, 9, "CLAIM"), mark(10, 20, "REPORT")])
    agreed, conflicts = agreed_and_conflicts([anna, ben])
    assert agreed["statements"] == [mark(0, 20, None)]
    assert [(one["start"], one["end"]) for one in conflicts] == [(0, 20)]


def test_what_was_not_accepted_counts_only_where_nothing_was():
    anna, ben = version("ANNA", entities=[mark(0, 4)]), version("BEN", "ignore", entities=[])
    assert conflicts_of(anna, ben) == []
    assert len(conflicts_of({**anna, "action": "reject"}, ben)) == 1
