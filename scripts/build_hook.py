"""What a wheel holds beside the packages, made while hatch builds it: metadata of each bundled
pipeline, by which `spacy.load("en_cable_sm")` finds it, and `top_level.txt`, by which
`spacy package` finds out that a pipeline with our components requires cablespan.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {description}\n"


class PipelineMetadata(BuildHookInterface):
    """Writes the files to a folder that lives as long as the build."""

    def initialize(self, _kind: str, build_data: dict[str, Any]) -> None:
        number = self.metadata.version
        self.made = TemporaryDirectory()
        place = Path(self.made.name)
        for meta in sorted(Path(self.root, "models").glob("en_*/meta.json")):
            name, description = meta.parent.name, json.loads(meta.read_text())["description"]
            info = place / f"{name}.egg-info"
            info.mkdir()
            text = METADATA.format(name=name, version=number, description=description)
            (info / "PKG-INFO").write_text(text)
            build_data["force_include"] |= {str(meta.parent): name, str(info): info.name}
        (place / "top_level.txt").write_text("cablespan\n")
        top = f"cablespan-{number}.dist-info/top_level.txt"
        build_data["force_include"][str(place / "top_level.txt")] = top

    def finalize(self, _kind: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        self.made.cleanup()
