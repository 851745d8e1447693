"""The review page: annotators correct the three layers of a cable in the browser.

`review` serves it, `create_app` is its application.
"""

import shutil
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from cablespan.labels import LAYERS, labels_beside, scheme_of
from cablespan.review.safety import is_loopback

if TYPE_CHECKING:
    from cablespan.review.store import Store

DATABASE = "review.sqlite"


def database_of(paths: Iterable[Path]) -> Path:
    """Where the answers to these inputs are kept.

    `review.sqlite` in the folder, or beside the first file.
    """
    first = next(iter(paths))
    return (first if first.is_dir() else first.parent) / DATABASE


def labels_file(paths: Sequence[Path]) -> Path | None:
    """The file of labels that a review begins with: what `annotate` left beside the records.

    None where there is none, or where the database of an earlier review knows its labels.
    """
    return None if database_of(paths).exists() else labels_beside(paths)


def review(
    paths: list[Path],
    *,
    annotator: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8321,
    token: str | None = None,
    overlap: int | None = None,
    adjudicate: bool = False,
    layers: Sequence[str] | None = None,
    labels: Path | None = None,
) -> None:
    """Serves the page until it is interrupted. `port` 0 takes a free one.

    `layers` is what annotators are asked for (entities, statements, claims), `labels` a file of
    labels (`scheme_of`); None: as before, at first labels.json of the run, else ours. Raises
    ValueError for a host that others reach without a token, for a name, layers or labels that do
    not fit, and for a damaged database; OSError where the port is taken or the folder cannot be
    written or has no room, FileNotFoundError for a wrong path.
    """
    import uvicorn

    from cablespan.review.app import create_app
    from cablespan.review.intake import input_files, take_in
    from cablespan.review.listening import address, listen, require_token, server_config
    from cablespan.review.store import Store
    from cablespan.review.store.annotators import sound_name
    from cablespan.review.store.database import named_trouble

    require_token(host, token)
    annotator = None if annotator is None else sound_name(annotator)
    files = input_files(paths)
    database = database_of(paths)
    labels = labels or labels_file(paths)
    scheme = scheme_of(labels) if labels else None
    with named_trouble(database):
        store = Store(database, overlap=overlap, layers=layers, scheme=scheme)
        intake = take_in(store, files)
        next(intake, None)  # the page opens with the first paragraphs, the rest comes in meanwhile
    sys.setswitchinterval(0.0005)  # answers must not wait for the intake's turns of 5 ms
    threading.Thread(target=_finish, args=(intake, store), daemon=True).start()

    config = server_config(host, port)
    listening = listen(config)
    config.app = create_app(
        store,
        dataset=dataset_of(database),
        annotator=annotator,
        token=token,
        adjudicate=adjudicate,
        any_host=not is_loopback(host),
        # Cookies do not tell ports apart, and two servers must not share a session.
        cookie=f"cablespan_{listening.getsockname()[1]}",
    )
    print(
        f"Review at {address(host, listening)}  answers in {database}  "
        "(Ctrl+C stops; nothing is lost)",
        file=sys.stderr,
        flush=True,
    )
    uvicorn.Server(config).run(sockets=[listening])
    store.close()


class Export(NamedTuple):
    """Paragraphs written, by folder, and answered ones whose correction is open still."""

    counts: dict[str, int]
    corrections: list[str]


def export_answers(paths: list[Path], output: Path) -> Export:
    """Writes the answers to these inputs as Prodigy tasks: see `outcome.write_answers`.

    Raises FileNotFoundError where there are none, FileExistsError where `output` holds what they
    are answers to.
    """
    from cablespan.review.outcome import write_answers

    _must_hold_no_input(output, paths)
    database = database_of(paths)
    if not database.exists():
        raise FileNotFoundError(
            f"{database}: nothing was reviewed yet; begin with `cablespan review {paths[0]}`"
        )
    with _store_to_read(database) as store:
        counts = write_answers(store, output, dataset=dataset_of(database))
        open_work = [
            f"{row['paragraph']} ({row['annotator']})"
            for row in store.corrections()
            if row["answered"]
        ]
    if not counts:
        raise FileNotFoundError(f"{database}: no answers yet, or all of them were taken back")
    return Export(counts, open_work)


def _must_hold_no_input(output: Path, paths: Iterable[Path]) -> None:
    """The files of a run, or under review, have the names of those that answers go to."""
    from cablespan.formats.detection import is_of_a_run
    from cablespan.review.outcome import folders_of

    reviewed = {path.resolve() for path in paths}
    for folder in folders_of(output).values():
        written = {folder, *(folder / f"{layer}.jsonl" for layer in LAYERS)}
        if is_of_a_run(folder) or reviewed & {path.resolve() for path in written}:
            raise FileExistsError(
                f"{folder}: holds a run or what is under review, and answers would take the place "
                "of its tasks; name another folder"
            )


@contextmanager
def _store_to_read(database: Path) -> "Iterator[Store]":
    """The store of a database; of one that cannot be written that of a copy, as SQLite opens no
    other with all that its log holds."""
    from cablespan.review.store import Store

    with TemporaryDirectory() as folder:
        try:
            store = Store(database)
        except PermissionError:
            for file in filter(Path.exists, (database, Path(f"{database}-wal"))):
                shutil.copyfile(file, Path(folder, file.name))
            store = Store(Path(folder, database.name))
        with closing(store):
            yield store


def dataset_of(database: Path) -> str:
    """The name of the folder, as part of Prodigy's session names."""
    return database.parent.resolve().name


def _finish(intake: Iterable[int], store: "Store") -> None:
    from cablespan.formats.tasks import blank_pipeline
    from cablespan.review.store.database import named_trouble

    blank_pipeline()  # spaCy first: the first paragraph waits for it
    try:
        with named_trouble(store.path):
            for _ in intake:
                pass
    except (OSError, ValueError) as error:
        print(f"The rest is not taken in. {error}", file=sys.stderr)
    for problem in store.problems():
        print(problem, file=sys.stderr)
