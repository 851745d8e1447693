"""Puts a trained pipeline where the package takes it from, if it is small enough and loads.

Words that the vocabulary only has because they stood in the training texts are left out: the
network looks at hashes. Weights are stored in half precision, which loading widens again.

python scripts/bundle_model.py work/small-gold/model-best models/en_cable_sm
"""

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import spacy
import typer
from spacy.language import Language
from spacy.strings import StringStore
from thinc.api import Config

from cablespan.components.network.storage import StoredInHalf, change_precision
from cablespan.learning.training.finetuning import bundled_config

TRANSFORMER = "transformer"
# With and without a transformer.
LIMITS_MB = {True: 60, False: 20}
CONFIGS = {True: "cable_trf.cfg", False: "cable_sm_pages.cfg"}
LOADS = """
import sys, cablespan
doc = cablespan.load(sys.argv[1])("Post agreed.")
assert len(doc.spans["statements"]) == 1, "no statement"
sys.exit("torch" in sys.modules and sys.argv[2] == "False" and "it needs torch")
"""
WHAT = "Entities, statements and claims in diplomatic cables"
PACKAGE = """\"\"\"The pipeline `{name}` as a package: `spacy.load("{name}")`.\"\"\"

import cablespan

__version__ = "{version}"


def load(**options):
    \"\"\"The whole pipeline, rule components included: `cablespan.load` with its options.\"\"\"
    return cablespan.load("{name}", **options)
"""


def without_training_words(nlp: Language) -> StringStore:
    """The strings that a pipeline needs: labels, the tokenizer's, words (in small letters) with
    vectors."""
    known, vectors = spacy.blank("en").vocab.strings, nlp.vocab.vectors
    labels = {
        label for name in nlp.pipe_names for label in getattr(nlp.get_pipe(name), "labels", ())
    }
    return StringStore(
        sorted(
            text
            for text in nlp.vocab.strings
            if text in known
            or text in labels
            or (text.islower() and nlp.vocab.strings[text] in vectors)
        )
    )


def describe(nlp: Language, name: str) -> None:
    """What `spacy info` and `spacy package` say of the pipeline; `name` is that of its folder."""
    lang, _, short = name.partition("_")
    extra = "[trf]" if TRANSFORMER in nlp.pipe_names else ""
    nlp.meta |= {
        "lang": lang,
        "name": short,
        "version": version("cablespan"),
        "description": WHAT,
        "author": "The cablespan authors",
        "license": "MIT",
        "spacy_version": ">=3.8.7,<3.9",
        "requirements": [f"cablespan{extra}>={version('cablespan')}"],
    }


def with_settings_of(config: Config, whole: Config) -> Config:
    """The config with the training of `whole`, the config of a whole pipeline.

    Its own tells of the last stretch alone, which may have left components as they are; whoever
    goes on from the bundle trains all of it.
    """
    for section in ("corpora", "training"):
        config[section] = whole[section]
    config["initialize"]["after_init"] = whole["initialize"].get("after_init")
    return config


def main(model: Path, bundle: Path) -> None:
    """Writes MODEL as BUNDLE, a folder that is named after language and kind: en_cable_sm."""
    nlp = spacy.load(model)
    has_transformer = TRANSFORMER in nlp.pipe_names
    describe(nlp, bundle.name)
    whole = Config().from_disk(bundled_config(CONFIGS[has_transformer]), interpolate=False)
    nlp.config = with_settings_of(nlp.config, whole)
    if has_transformer:
        nlp.get_pipe(TRANSFORMER).model.transformer.half()
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, StoredInHalf):
            change_precision(pipe.model, "e")
    fresh = bundle.with_name(f".{bundle.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    nlp.to_disk(fresh)
    without_training_words(nlp).to_disk(fresh / "vocab" / "strings.json")
    for told in ("README.md", "scores.json"):
        if (model / told).is_file():
            shutil.copy(model / told, fresh)
    package = PACKAGE.format(name=bundle.name, version=version("cablespan"))
    (fresh / "__init__.py").write_text(package)
    size = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file()) / 1e6
    limit = LIMITS_MB[has_transformer]
    if size > limit:
        sys.exit(f"{model} makes {size:.1f} MB, the bundle may have {limit}: train it smaller")
    subprocess.run([sys.executable, "-c", LOADS, str(fresh), str(has_transformer)], check=True)
    shutil.rmtree(bundle, ignore_errors=True)
    fresh.rename(bundle)
    print(f"{bundle}: {size:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
