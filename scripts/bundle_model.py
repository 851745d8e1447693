"""Puts a trained pipeline where the package takes it from, if it is small enough and loads without torch.

python scripts/bundle_model.py work/student/model-best models/en_cable_sm
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

LIMIT_MB = 20
LOADS = "import sys, cablespan; cablespan.load(sys.argv[1])('Post agreed.'); sys.exit('torch' in sys.modules and 'it needs torch')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("bundle", type=Path)
    arguments = parser.parse_args()
    size = sum(file.stat().st_size for file in arguments.model.rglob("*") if file.is_file()) / 1e6
    if size > LIMIT_MB:
        sys.exit(f"{arguments.model} has {size:.1f} MB, the bundle may have {LIMIT_MB}: train it with fewer vectors or rows")
    subprocess.run([sys.executable, "-c", LOADS, str(arguments.model)], check=True)
    fresh = arguments.bundle.with_name(f".{arguments.bundle.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(arguments.model, fresh)
    shutil.rmtree(arguments.bundle, ignore_errors=True)
    fresh.rename(arguments.bundle)
    print(f"{arguments.bundle}: {size:.1f} MB")


if __name__ == "__main__":
    main()
