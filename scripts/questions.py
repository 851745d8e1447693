"""Questions to a run, answered by DuckDB over its tables: which agencies say what about whom, by
year; who promises; where posts advise.

    cablespan export run tables
    python scripts/questions.py tables

Each cell below stands for itself and can be copied into a notebook.
"""

# %% The tables, as views over the Parquet files
import sys
from pathlib import Path

import duckdb

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tables")
database = duckdb.connect()
for table in ("cables", "paragraphs", "entities", "clusters", "statements", "claims"):
    database.read_parquet(str(folder / f"{table}.parquet")).create_view(table)


def show(question: str, query: str) -> None:
    print(question)
    print(database.sql(query))


# %% Who says what about whom, by year? A claim is about the entities that its content names: those
# of the same paragraph whose offsets lie within the content's.
show(
    "Which agencies and officials make claims about whom, by year, and how sure are they?",
    """
    SELECT cables.year, claims.speaker_name AS speaker,
           coalesce(clusters.name, entities.text) AS about, count(*) AS claims,
           round(avg((claims.certainty = 'asserted')::INT), 2) AS asserted,
           any_value(claims.content_text) AS example
    FROM claims
    JOIN cables USING (cable_id)
    JOIN entities ON entities.paragraph_id = claims.paragraph_id
         AND entities.start >= claims.content_start AND entities."end" <= claims.content_end
    LEFT JOIN clusters ON clusters.cable_id = entities.cable_id
         AND clusters.cluster = entities.cluster
    WHERE claims.speaker_label IN ('AGENCY', 'OFFICIAL')
          AND entities.label IN ('AGENCY', 'OFFICIAL', 'PLACE', 'ORG')
    GROUP BY ALL ORDER BY claims DESC, year, speaker, about LIMIT 15
    """,
)

# %% Who commits himself to what, and until when?
# A commitment's sentence, the first one named in it, and the dates that it names.
show(
    "Which commitments name an agency or official and a date?",
    """
    SELECT statements.cable_id,
           arg_min(entities.text, entities.start)
               FILTER (entities.label IN ('AGENCY', 'OFFICIAL')) AS who,
           string_agg(entities.text, ', ' ORDER BY entities.start)
               FILTER (entities.label = 'DATE') AS "when",
           any_value(statements.text) AS commitment
    FROM statements JOIN entities ON entities.paragraph_id = statements.paragraph_id
         AND entities.start >= statements.start AND entities."end" <= statements."end"
    WHERE statements.label = 'COMMITMENT'
    GROUP BY statements.cable_id, statements.statement_id
    HAVING who IS NOT NULL AND "when" IS NOT NULL ORDER BY statements.cable_id LIMIT 15
    """,
)

# %% How much of what a post writes is its own judgement?
show(
    "Which posts comment and advise most, as a share of what they write?",
    """
    SELECT origin, count(DISTINCT cable_id) AS cables, count(*) AS statements,
           round(100 * avg((statements.label = 'COMMENT')::INT), 1) AS "comment %",
           round(100 * avg((statements.label = 'RECOMMENDATION')::INT), 1) AS "recommendation %",
           round(100 * avg((statements.label = 'CLAIM')::INT), 1) AS "claim %"
    FROM statements JOIN cables USING (cable_id)
    WHERE statements.label <> 'ADMIN' AND origin IS NOT NULL
    GROUP BY origin ORDER BY "comment %" DESC, origin LIMIT 15
    """,
)
