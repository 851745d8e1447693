"""Does the review queue's order pay? Real pages corrected by uncertainty, against as many at
random.

A pipeline that has not seen the pages annotates those of POOL. Some tasks get their gold, chosen by
the queue's own `uncertainty` or by chance; the pipeline is trained on with them, `cablespan train
--base` with the same steps each time, and scored on DEV, documents of its own.

    python scripts/active_learning.py work/pages-train.jsonl work/pages-dev.jsonl --base old
"""

import io
import random
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy
import spacy
import typer
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_nlp
from spacy.util import import_file
from thinc.api import Config, set_current_ops

from cablespan.labels import LAYERS
from cablespan.learning.corpus import unannotated
from cablespan.learning.evaluation import judge
from cablespan.learning.evaluation.counts import Judged
from cablespan.learning.evaluation.scores import Measure, f1, ratio
from cablespan.learning.gold import Gold, read_gold, runs, training_doc
from cablespan.learning.training import write_docs
from cablespan.learning.training.finetuning import finetuning_config, mix_weights
from cablespan.nlp import add_rules, cpu_ops, load, model_folder
from cablespan.records import to_record
from cablespan.review.store.layers import uncertainty


def tuned(base: str, gold: Sequence[Gold], seed: int, overrides: Mapping[str, Any]) -> Language:
    """The pipeline `base` trained on with the gold as `cablespan train --base` does, rules
    included.

    The weights are those of the last step: nothing is chosen by dev.
    """
    with tempfile.TemporaryDirectory() as folder:
        examples, one = Path(folder, "train.spacy"), Path(folder, "one.spacy")
        write_docs(gold, examples)
        write_docs(gold[:1], one)
        settings = {"system.seed": seed, "paths.train": str(examples), "paths.dev": str(one)}
        config = Config().from_str(
            finetuning_config(base).to_str(), overrides={**settings, **overrides}
        )
        config["training"]["eval_frequency"] = config["training"]["max_steps"]
        nlp = init_nlp(config.interpolate())
        train_nlp(nlp, stdout=io.StringIO(), stderr=io.StringIO())
    mix_weights(nlp, spacy.load(model_folder(base)))
    add_rules(nlp)
    return nlp


def only(gold: Sequence[Gold], chosen: Collection[str]) -> list[Gold]:
    """The gold of some paragraphs; those that are no neighbours in their document are stretches of
    their own."""
    found = []
    for record, places in gold:
        paragraphs = [paragraph for paragraph in record["paragraphs"] if paragraph["id"] in chosen]
        layers = {
            layer: [mark for mark in record[layer] if mark["paragraph"] in chosen]
            for layer in LAYERS
            if layer in record
        }
        found += (Gold(run, places) for run in runs({**record, "paragraphs": paragraphs, **layers}))
    return [known for known in found if known.record["paragraphs"]]


def tasks(gold: Sequence[Gold]) -> dict[str, int]:
    """The annotated paragraphs, with their numbers of words."""
    paragraphs = (paragraph for known in gold for paragraph in known.record["paragraphs"])
    return {
        paragraph["id"]: len(paragraph["text"].split())
        for paragraph in paragraphs
        if not paragraph.get("unannotated")
    }


def uncertainties(nlp: Language, gold: Sequence[Gold]) -> Iterator[tuple[str, float]]:
    """For each paragraph what the review page orders its queue by."""
    for doc in nlp.pipe(unannotated(training_doc(nlp, known)) for known in gold):
        record = to_record(doc)
        for paragraph in record["paragraphs"]:
            name = paragraph["id"]
            marks = {
                layer: [mark for mark in record[layer] if mark["paragraph"] == name]
                for layer in LAYERS
            }
            yield name, uncertainty(marks)


def samples(paragraphs: Sequence[Judged]) -> dict[str, numpy.ndarray]:
    """Each score of SCORES, of all documents and of the bootstrap samples of them."""
    measure = Measure(paragraphs)

    def total(*key: str) -> numpy.ndarray:
        return measure.sum(n for known, n in measure.counts.items() if known[: len(key)] == key)

    labels = {label for layer, *both in measure.counts if layer == "statements" for label in both}
    right = measure.sum(measure.count("statements", label, label) for label in labels)
    return {
        "entities": f1(*(total("entities", kind) for kind in ("right", "gold", "guesses"))),
        "statements": ratio(right, total("statements")),
        "claims": f1(*(measure.count("claims", kind) for kind in ("matched", "gold", "guesses"))),
    }


def told(scores: Mapping[str, numpy.ndarray], sign: str = "") -> str:
    """Each score with the middle 95 % of its samples."""
    ends = {name: numpy.nanpercentile(found[1:], [2.5, 97.5]) for name, found in scores.items()}
    return "  ".join(
        f"{name} {found[0]:{sign}.3f} ({ends[name][0]:{sign}.3f} to {ends[name][1]:{sign}.3f})"
        for name, found in scores.items()
    )


def main(
    pool: Annotated[Path, typer.Argument(help="Gold that the base has not seen.")],
    dev: Annotated[Path, typer.Argument(help="Gold of other documents.")],
    base: Annotated[str, typer.Option(help="Pipeline that has seen neither.")],
    added: Annotated[int, typer.Option(help="Tasks that are corrected.")] = 200,
    seeds: int = 2,
    code: Annotated[Path | None, typer.Option(help="Registered functions of the base.")] = None,
    steps: Annotated[int | None, typer.Option(help="Of fine-tuning, else its own.")] = None,
) -> None:
    """Prints scores on dev after correcting tasks by uncertainty and at random."""
    if code:
        import_file("python_code", code)
    set_current_ops(cpu_ops())
    gold, judging = read_gold([pool]), read_gold([dev])
    nlp, words = load(base), tasks(gold)
    unsure = dict(uncertainties(nlp, gold))
    queue = sorted(words, key=lambda task: (-unsure[task], task))
    print(f"before: {told(samples(judge(nlp, judging)))}", flush=True)
    overrides = {"training.max_steps": steps} if steps else {}
    for seed in range(seeds):
        draw = random.Random(seed).sample(sorted(words), added)
        found = {}
        for name, chosen in (("at random", draw), ("by uncertainty", queue[:added])):
            trained = tuned(base, only(gold, set(chosen)), seed, overrides)
            found[name] = samples(judge(trained, judging))
            size = sum(words[task] for task in chosen)
            print(f"seed {seed}, {name}, {size} words: {told(found[name])}", flush=True)
        chance, unsure_first = found.values()
        gains = {name: unsure_first[name] - chance[name] for name in chance}
        print(f"seed {seed}, gain of uncertainty: {told(gains, '+')}", flush=True)


if __name__ == "__main__":
    typer.run(main)
