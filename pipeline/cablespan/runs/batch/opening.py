"""The manifest that a run goes on with: a new one, that of an unfinished run, or of one of which some shards are done again."""

from collections.abc import Mapping
from typing import Any

from cablespan.runs.batch.folder import WORK, Folder
from cablespan.runs.batch.manifest import NAME, Manifest
from cablespan.runs.batch.stream import changed_inputs, is_of_a_run


def open_run(
    folder: Folder,
    settings: Mapping[str, Any],
    paths: list[str],
    *,
    resume: bool | None = None,
    retry_rejects: bool = False,
) -> Manifest:
    """The manifest to go on with. With `resume` the shards of which a file is missing or changed are done again.

    Raises FileExistsError or ValueError where the folder holds something else, or a run that `resume` must be said to.
    """
    names = [name for name in folder.names() if is_of_a_run(name)]
    if resume is False:
        _empty(folder, names)
        return Manifest(dict(settings))
    manifest = Manifest.load(folder)
    if manifest is None:
        if names:
            raise FileExistsError(
                f"{folder}: holds {names[0]} of another run; take another --output, or --overwrite"
            )
        return Manifest(dict(settings))
    _must_be_the_same(folder, manifest, settings, paths, may_differ=retry_rejects)
    resume = resume or retry_rejects
    if not (resume or manifest.end):
        raise FileExistsError(
            f"{folder}: holds an unfinished run; go on with --resume, or --overwrite"
        )
    damage = manifest.damage(folder)
    if damage and not resume:
        told = "; ".join(f"{name} {problem}" for name, problem in damage.items())
        raise ValueError(f"{folder}: {told}; --resume does it again")
    if damage or (retry_rejects and manifest.totals().get("rejects")):
        _do_again(folder, manifest, retry_rejects)
    return manifest


def _empty(folder: Folder, names: list[str]) -> None:
    """Removes what a run has written and nothing else."""
    ids = [f"{WORK}/{name}" for name in ("ids.sqlite", "ids.sqlite-wal", "ids.sqlite-shm")]
    for name in [*names, *ids, f"{WORK}/{NAME}.more"]:
        folder.remove(name)


def _must_be_the_same(
    folder: Folder,
    manifest: Manifest,
    settings: Mapping[str, Any],
    paths: list[str],
    may_differ: bool,
) -> None:
    """The run that is gone on with must have the settings and inputs of the one that was begun; the time limit may differ."""
    if may_differ:
        manifest.settings["time_limit"] = settings["time_limit"]
    differences = [*manifest.differences(settings), *changed_inputs(manifest, paths)]
    if differences:
        told = "; ".join(differences)
        raise ValueError(
            f"{folder}: holds a run that differs: {told}. Take another --output, --overwrite, or make it as it was"
        )


def _do_again(folder: Folder, manifest: Manifest, retry_rejects: bool) -> None:
    """Takes out what is damaged or was rejected, so that only its shards are done again."""
    manifest.reopen(folder)
    manifest.forget(manifest.damage(folder))
    if retry_rejects:
        manifest.forget_rejects()
