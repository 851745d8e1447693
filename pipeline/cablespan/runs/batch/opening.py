"""The manifest that a run goes on with: a new one, that of an unfinished run, or of one of which
some shards are done again.
"""

import os
from collections.abc import Mapping
from itertools import chain
from typing import Any

from cablespan.cable import Cable
from cablespan.reading import scan
from cablespan.runs.batch.folder import WORK, Folder
from cablespan.runs.batch.manifest import NAME, Manifest, holds_a_run
from cablespan.runs.batch.stream import can_be_read_once, changed_inputs, is_of_a_run


def open_run(
    folder: Folder,
    settings: Mapping[str, Any],
    paths: list[str],
    *,
    resume: bool | None = None,
    retry_rejects: bool = False,
) -> Manifest:
    """The manifest to go on with.

    With `resume` the shards of which a file is missing or changed are done again, with
    `retry_rejects` those that rejected something. Raises FileExistsError or ValueError where the
    folder holds something else, or a run that `resume` must be said to, or one that nothing would
    take the place of.
    """
    if resume is not False and (manifest := Manifest.load(folder)):
        _must_be_the_same(folder, manifest, settings, paths, may_differ=retry_rejects)
        if resume or retry_rejects:
            _go_on(folder, manifest, retry_rejects)
        else:
            _must_be_whole(folder, manifest)
        return manifest
    names = [name for name in folder.names() if is_of_a_run(name)]
    if holds_a_run(folder):
        _must_need_none(names, folder, settings)
        _must_have_a_cable(folder, paths, settings["format"])
    elif names:
        raise FileExistsError(
            f"{folder}: holds {names[0]}, which no run is known to have written: there is no "
            f"{NAME} of one; move it away, or take another --output"
        )
    _empty(folder, names)
    return Manifest(dict(settings))


def _must_need_none(names: list[str], folder: Folder, settings: Mapping[str, Any]) -> None:
    """What the new run is told to use cannot be replaced by it."""
    ours = {os.path.realpath(folder / name): name for name in names if folder.local}
    for option in ("kb", "labels"):
        used = settings[option]
        if used and (name := ours.get(os.path.realpath(used["name"]))):
            raise FileExistsError(
                f"{folder}: kept, as its {name} is given as --{option}; give a copy of it"
            )


def _must_be_whole(folder: Folder, manifest: Manifest) -> None:
    """Only a finished run of which every file is as it was written needs no word of the user."""
    if not manifest.end:
        raise FileExistsError(
            f"{folder}: holds an unfinished run; go on with --resume, or --overwrite"
        )
    damage = manifest.damage(folder)
    if damage:
        told = "; ".join(f"{name} {problem}" for name, problem in damage.items())
        raise ValueError(f"{folder}: {told}; --resume does it again")


def _go_on(folder: Folder, manifest: Manifest, retry_rejects: bool) -> None:
    """Takes out what is damaged or was rejected, so that only its shards are done again."""
    counts = manifest.totals()
    rejected = retry_rejects and (counts.get("rejects") or counts.get("failed"))
    if not rejected and not manifest.damage(folder):
        return
    manifest.reopen(folder)
    manifest.forget(manifest.damage(folder))
    if retry_rejects:
        manifest.forget_rejects()


def _must_have_a_cable(folder: Folder, paths: list[str], format: str | None) -> None:
    """A run is given up only for inputs with a cable in them; no pipe is read to look for one."""
    if any(map(can_be_read_once, paths)):
        return
    reject = None
    for item in chain.from_iterable(scan(path, format) for path in paths):
        if isinstance(item, Cable):
            return
        reject = reject or item
    why = reject and f": {reject.path}, {reject.place}: {reject.reason}; {reject.remedy}"
    raise ValueError(f"{folder}: kept, as there is no cable in the inputs{why or ''}")


def _empty(folder: Folder, names: list[str]) -> None:
    """Removes what a run has written; last what shows that a run has written it."""
    ids = [f"{WORK}/{name}" for name in ("ids.sqlite", "ids.sqlite-wal", "ids.sqlite-shm")]
    for name in sorted([*names, *ids, f"{WORK}/{NAME}.more"], key=NAME.__eq__):
        folder.remove(name)


def _must_be_the_same(
    folder: Folder,
    manifest: Manifest,
    settings: Mapping[str, Any],
    paths: list[str],
    may_differ: bool,
) -> None:
    """The run that is gone on with must have the settings and inputs of the one that was begun.

    The time limit may differ.
    """
    if may_differ:
        manifest.settings["time_limit"] = settings["time_limit"]
    differences = [*manifest.differences(settings), *changed_inputs(manifest, paths)]
    if differences:
        told = "; ".join(differences)
        raise ValueError(
            f"{folder}: holds a run that differs: {told}. "
            "Take another --output, --overwrite, or make it as it was"
        )
