"""Does the review queue's order pay? Correcting the tasks that a model is least sure of, against as many at random, measured on gold.

    OMP_NUM_THREADS=1 nice -n 15 python scripts/active_learning.py ../shared/gold/train.jsonl.gz ../shared/gold/dev.jsonl.gz

For each seed: a small pipeline learns from a few paragraphs and annotates the rest; 200 of these get their gold, chosen by the queue's
own `uncertainty` or by chance; the pipeline is trained anew on both, from the same initial weights, for as many steps. The scores on
dev are those of the trained heads alone, without the rules around them.
"""

import io
import random
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from statistics import mean
from time import monotonic
from typing import Annotated

import typer
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_nlp
from spacy.util import load_config
from thinc.api import set_current_ops

from cablespan.learning.corpus import unannotated
from cablespan.learning.gold import Gold, read_gold, runs, training_doc
from cablespan.learning.training import write_docs
from cablespan.nlp import add_rules, cpu_ops
from cablespan.records import to_record
from cablespan.review.store.layers import LAYERS, uncertainty

CONFIG = Path(__file__).parents[1] / "models" / "configs" / "cable_sm.cfg"
SCORES = {
    "ents_f": "entities F1",
    "statements_acc": "statements acc.",
    "spans_claim_parts_f": "claim parts F1",
}
CHANCE, UNSURE, UNSURE_WORDS = "at random", "by uncertainty", "by uncertainty, as many words"


def light(seed: int, steps: int, folder: Path) -> dict:
    """Overrides that make cable_sm small and quick: narrow, two layers deep, no vectors, judged once at the end."""
    heads = {
        f"components.{head}.model.tok2vec.width": 48
        for head in ("ner", "statements", "claim_tagger")
    }
    return heads | {
        "system.seed": seed,
        "paths.train": str(folder / "train.spacy"),
        "paths.dev": str(folder / "dev.spacy"),
        "components.tok2vec.model.embed.width": 48,
        "components.tok2vec.model.embed.include_static_vectors": False,
        "components.tok2vec.model.encode.width": 48,
        "components.tok2vec.model.encode.depth": 2,
        "training.max_steps": steps,
        "training.eval_frequency": steps,
        "training.optimizer.learn_rate.total_steps": steps,
        "training.optimizer.learn_rate.warmup_steps": steps // 10,
        "training.optimizer.learn_rate.initial_rate": 0.003,
    }


def learned(
    gold: Sequence[Gold], dev: Sequence[Gold], seed: int, steps: int
) -> tuple[Language, dict[str, float]]:
    """A pipeline trained on the gold, and its scores on dev."""
    with tempfile.TemporaryDirectory() as folder:
        write_docs(gold, Path(folder, "train.spacy"))
        write_docs(dev, Path(folder, "dev.spacy"))
        nlp = init_nlp(
            load_config(CONFIG, overrides=light(seed, steps, Path(folder)), interpolate=True)
        )
        train_nlp(nlp, stdout=io.StringIO(), stderr=io.StringIO())
    return nlp, {score: 100 * nlp.meta["performance"][score] for score in SCORES}


def only(gold: Sequence[Gold], chosen: Collection[str]) -> list[Gold]:
    """The gold of some paragraphs; those that are no neighbours in their document are stretches of their own."""
    found = []
    for record, places in gold:
        paragraphs = [paragraph for paragraph in record["paragraphs"] if paragraph["id"] in chosen]
        found += (Gold(run, places) for run in runs(record | {"paragraphs": paragraphs}))
    return found


def uncertainties(nlp: Language, gold: Sequence[Gold]) -> dict[str, float]:
    """For each paragraph what the review page orders its queue by, after `nlp` and the rules have annotated it."""
    add_rules(nlp)
    found = {}
    for doc in nlp.pipe(unannotated(training_doc(nlp, known)) for known in gold):
        record = to_record(doc)
        for name in (paragraph["id"] for paragraph in record["paragraphs"]):
            found[name] = uncertainty(
                {
                    layer: [mark for mark in record[layer] if mark["paragraph"] == name]
                    for layer in LAYERS
                }
            )
    return found


def as_many_words(order: Sequence[str], words: dict[str, int], budget: int) -> list[str]:
    """The first of the paragraphs that hold `budget` words together."""
    chosen, total = [], 0
    for paragraph in order:
        if total >= budget:
            break
        chosen.append(paragraph)
        total += words[paragraph]
    return chosen


def main(
    train: Annotated[
        Path,
        typer.Argument(help="Gold in any format of cablespan: the first paragraphs, and the pool."),
    ],
    dev: Annotated[Path, typer.Argument(help="Gold of other documents.")],
    texts: Annotated[
        list[Path] | None, typer.Option(help="Where the texts of stand-off gold are.")
    ] = None,
    first: Annotated[int, typer.Option(help="Paragraphs that the first model learns from.")] = 150,
    added: Annotated[int, typer.Option(help="Tasks that are corrected.")] = 200,
    steps: int = 500,
    seeds: int = 3,
    per_word: Annotated[
        bool,
        typer.Option("--per-word", help="Also choose by uncertainty as few words as chance does."),
    ] = False,
) -> None:
    """Prints scores on dev after correcting tasks by uncertainty and at random."""
    begun = monotonic()
    set_current_ops(cpu_ops())
    gold, judging = read_gold([train], texts=texts or ()), read_gold([dev], texts=texts or ())
    words = {p["id"]: len(p["text"].split()) for known in gold for p in known.record["paragraphs"]}
    results: dict[str, list[dict[str, float]]] = {}
    for seed in range(seeds):
        shuffled = random.Random(seed).sample(sorted(words), len(words))
        start, pool = shuffled[:first], shuffled[first:]
        nlp, scores = learned(only(gold, set(start)), judging, seed, steps)
        results.setdefault("none", []).append(scores | {"tasks": 0, "words": 0})
        unsure = uncertainties(nlp, only(gold, set(pool)))
        queue = sorted(pool, key=unsure.__getitem__, reverse=True)
        arms = {CHANCE: pool[:added], UNSURE: queue[:added]}
        if per_word:
            arms[UNSURE_WORDS] = as_many_words(
                queue, words, sum(words[paragraph] for paragraph in pool[:added])
            )
        for name, chosen in arms.items():
            _, scores = learned(only(gold, {*start, *chosen}), judging, seed, steps)
            size = {"tasks": len(chosen), "words": sum(words[paragraph] for paragraph in chosen)}
            results.setdefault(name, []).append(scores | size)
            typer.echo(f"seed {seed}, {name}: {monotonic() - begun:.0f} s", err=True)
    print(
        f"{first} paragraphs to begin with, {len(words) - first} in the pool, {steps} steps, means of {seeds} seeds\n"
    )
    print(
        f"{'corrected':<32}{'tasks':>6}{'words':>8}"
        + "".join(f"{title:>17}" for title in SCORES.values())
    )
    for name, rows in results.items():
        sizes = (
            f"{mean(row['tasks'] for row in rows):6.0f}{mean(row['words'] for row in rows):8.0f}"
        )
        print(
            f"{name:<32}{sizes}"
            + "".join(f"{mean(row[score] for row in rows):17.1f}" for score in SCORES)
        )
    for name in list(results)[2:]:
        print(f"\n{name}, against {CHANCE}:")
        for score, title in SCORES.items():
            gains = [
                row[score] - other[score]
                for row, other in zip(results[name], results[CHANCE], strict=True)
            ]
            verdict = (
                "better with every seed"
                if min(gains) > 0
                else "worse with every seed"
                if max(gains) < 0
                else "no clear difference"
            )
            print(
                f"  {title:<16}{mean(gains):+6.1f}  ({', '.join(f'{gain:+.1f}' for gain in gains)}): {verdict}"
            )
        ratio = sum(row["words"] for row in results[name]) / sum(
            row["words"] for row in results[CHANCE]
        )
        print(f"  words to read: {ratio:.2f} times as many")
    print(f"\n{monotonic() - begun:.0f} s")


if __name__ == "__main__":
    typer.run(main)
