"""Puts a trained pipeline where the package takes it from, if it is small enough and loads without torch.

Words that the vocabulary only has because they stood in the training texts are left out: the network looks at hashes.

python scripts/bundle_model.py work/student/model-best models/en_cable_sm
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import spacy
from spacy.strings import StringStore

LIMIT_MB = 20
LOADS = "import sys, cablespan; cablespan.load(sys.argv[1])('Post agreed.'); sys.exit('torch' in sys.modules and 'it needs torch')"


def without_training_words(model: Path) -> StringStore:
    """The strings of a pipeline that its word vectors, labels and tokenizer need."""
    nlp = spacy.load(model)
    known, vectors = spacy.blank("en").vocab.strings, nlp.vocab.vectors
    labels = {
        label for name in nlp.pipe_names for label in getattr(nlp.get_pipe(name), "labels", ())
    }
    return StringStore(
        sorted(
            text
            for text in nlp.vocab.strings
            if text in known or text in labels or nlp.vocab.strings[text] in vectors
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("bundle", type=Path)
    arguments = parser.parse_args()
    fresh = arguments.bundle.with_name(f".{arguments.bundle.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(arguments.model, fresh)
    without_training_words(arguments.model).to_disk(fresh / "vocab" / "strings.json")
    size = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file()) / 1e6
    if size > LIMIT_MB:
        sys.exit(
            f"{arguments.model} makes {size:.1f} MB, the bundle may have {LIMIT_MB}: train it with fewer vectors or rows"
        )
    subprocess.run([sys.executable, "-c", LOADS, str(fresh)], check=True)
    shutil.rmtree(arguments.bundle, ignore_errors=True)
    fresh.rename(arguments.bundle)
    print(f"{arguments.bundle}: {size:.1f} MB")


if __name__ == "__main__":
    main()
