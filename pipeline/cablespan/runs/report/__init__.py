"""What a run found, as one page for people who would rather look than read. It opens from the disk, without a network."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import orjson
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from cablespan import __version__
from cablespan.labels import Entity, Statement
from cablespan.runs.batch.folder import Folder
from cablespan.runs.batch.results import lines
from cablespan.runs.report.charts import ENTITY_COLOURS, STATEMENT_COLOURS, all_charts, script
from cablespan.runs.report.findings import SEARCHED, Findings


def report(run: str, output: Path) -> int:
    """Writes the page of a run (a folder, or a file of records) and returns its size in bytes.

    Everything is counted before it goes into the page, which stays under 5 MB whatever the size of the run.
    """
    findings = Findings()
    for record in lines(run):
        findings.add(record)
    for reject in _rejects(run):
        findings.add_reject(reject)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["thousands"] = "{:,}".format
    template = environment.from_string(
        files(__name__).joinpath("page.html.jinja").read_text("utf-8")
    )
    charts = all_charts(findings)
    page = template.render(
        title=Path(run.rstrip("/")).name,
        made=datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        version=__version__,
        findings=findings,
        charts=charts,
        specs=_inline({name: chart.spec for name, chart in charts.items()}),
        things=_inline(findings.search_index()),
        script=Markup(script().replace("</script", "<\\/script")),
        statement_colours=STATEMENT_COLOURS,
        entity_colours=ENTITY_COLOURS,
        searched=SEARCHED,
        entity_labels=list(Entity),
        statement_labels=list(Statement),
    ).encode()
    output.write_bytes(page)
    return len(page)


def _rejects(run: str) -> Iterator[dict]:
    if Folder(run).fs.isdir(Folder(run).root):
        with suppress(FileNotFoundError):
            yield from lines(run, "rejects")


def _inline(value) -> Markup:
    """JSON that is safe within a script element."""
    return Markup(orjson.dumps(value).decode().replace("<", "\\u003c"))
