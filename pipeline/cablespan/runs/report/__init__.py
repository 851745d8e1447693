"""What a run found, as one page for people who would rather look than read.

It opens from the disk, without a network.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from cablespan import __version__
from cablespan.labels import Certainty, Scheme, colour_variables, scheme_beside
from cablespan.learning.pages import render
from cablespan.reading.inputs import in_unicode
from cablespan.runs.batch.results import Results
from cablespan.runs.report.chart import script
from cablespan.runs.report.charts import all_charts
from cablespan.runs.report.findings import SEARCHED, Findings
from cablespan.writing import write_whole


def report(run: str, output: Path, *, warn: Callable[[str], None] = lambda message: None) -> int:
    """Writes the page of a run (a folder, or a file of records) and returns its size in bytes.

    Everything is counted before it goes into the page, which stays under 5 MB whatever the size of
    the run. `warn` hears what an unfinished run lacks; the page says it too. Raises
    FileNotFoundError and ValueError as `Results` does.
    """
    results = Results(run)
    if results.unfinished:
        warn(results.unfinished)
    findings = Findings(unfinished=results.unfinished)
    for record in results.records():
        findings.add(record)
    for reject in results.lines("rejects"):
        findings.add_reject(reject)
    known = scheme_beside([Path(run)])
    scheme = known.with_found(findings.labels["entities"], findings.labels["statements"])
    title = in_unicode(Path(run.rstrip("/")).name)
    return write_whole(output, _page(findings, scheme, title))


def _page(findings: Findings, scheme: Scheme, title: str) -> str:
    charts = all_charts(findings, scheme)
    return render(
        __name__,
        {"thousands": "{:,}".format},
        title=title,
        made=datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        version=__version__,
        findings=findings,
        charts=charts,
        specs=_inline({name: chart.spec for name, chart in charts.items()}),
        things=_inline(findings.search_index()),
        claims=_inline(findings.claim_table()),
        events=_inline(findings.event_table()),
        script=script().replace("</script", "<\\/script"),
        colours=colour_variables(),
        searched=SEARCHED,
        entity_labels=scheme.entities,
        statement_labels=scheme.statements,
        certainties=list(Certainty),
    )


def _inline(value: Any) -> str:
    """JSON that is safe within a script element."""
    return orjson.dumps(value).decode().replace("<", "\\u003c")
