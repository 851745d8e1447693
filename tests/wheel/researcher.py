"""What a researcher tries first, with nothing but the wheel installed (scripts/check_wheel.py)."""

import subprocess
import sys
from pathlib import Path

import spacy
from spacy.tokens import DocBin

import cablespan

CABLE = """R 210941Z FEB 07
FM AMEMBASSY ASTANA
TO SECSTATE WASHDC
UNCLAS ASTANA 000454

SUBJECT: A FIRST CABLE
TAGS: ECON KIPR KZ

1. (U) Summary: The Justice Ministry told Econoff on May 22 that it plans to amend the law.
Post recommends keeping Kazakhstan off the Special 301 Watchlist. End summary.

2. (U) Minister Zhumabekov said that the Financial Police had closed ten shops.
"""
Path("cable.txt").write_text(CABLE)

nlp = cablespan.load()
cables = list(cablespan.read("cable.txt"))
docs = list(nlp.pipe([cablespan.to_doc(nlp, cable) for cable in cables]))
record = cablespan.to_record(docs[0])
assert record["id"] == record["header"]["reference_id"] == "07ASTANA454", record["id"]
assert {"AGENCY", "OFFICIAL"} <= {entity["label"] for entity in record["entities"]}
assert "RECOMMENDATION" in {statement["label"] for statement in record["statements"]}
assert any(claim["cue"]["text"] == "said" for claim in record["claims"] if claim["cue"])

assert spacy.load("en_cable_sm").pipe_names == nlp.pipe_names
assert cablespan.parse(CABLE).header.subject == cables[0].header.subject
assert cablespan.to_record(nlp("Poe said it rained."))["claims"][0]["cue"]["text"] == "said"
assert docs[0]._.claims[0].cue.text in CABLE

kept = DocBin(store_user_data=True, docs=docs).to_bytes()
(again,) = DocBin().from_bytes(kept).get_docs(nlp.vocab)
assert [ent.text for ent in again.ents] == [ent.text for ent in docs[0].ents]
nlp.to_disk("pipeline")
assert spacy.load("pipeline").pipe_names == nlp.pipe_names

mine = spacy.blank("en", vocab=nlp.vocab)
for name in ("sentences", "tok2vec", "ner", "linker", "values"):
    mine.add_pipe(name, source=nlp)
assert [ent.text for ent in mine(docs[0].text).ents] == [ent.text for ent in docs[0].ents]

command = [sys.executable, "-m", "cablespan.cli", "annotate", "cable.txt", "--output", "run"]
subprocess.run(command, check=True, capture_output=True)
assert Path("run/cables.jsonl").read_text().count("\n") == 1
