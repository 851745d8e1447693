"""The tables of the database that `cablespan index` builds: what each column holds, what is looked
up quickly.

docs/explore.md draws them. A column `cable_id` names a row of `cables`, and so on; `entity_id`
names one of `people`, `bodies` or `places`, whose ids are no two alike.
"""

from sqlite_utils import Database

VERSION = 1  # one more for each change that a database of before does not have
TOKENIZER = "porter unicode61 remove_diacritics 2"

Columns = dict[str, tuple[type, str]]

_ID: Columns = {"id": (int, "key")}
_CABLE: Columns = {"cable_id": (int, "the cable")}
_MARK: Columns = {
    "paragraph_id": (int, "the paragraph; with start, end and label the key"),
    "start": (int, "offset in the paragraph's text, code points"),
    "end": (int, "end, exclusive"),
    "label": (str, "as the scheme says"),
}
_KNOWN: Columns = {
    **_ID,
    "name": (str, "the name that is used most"),
    "names": (str, "JSON list of all names, the most used first"),
    "roles": (str, "JSON list of offices, the most used first"),
    "countries": (str, "JSON list of ISO 3166 codes, the most named first"),
    "first_cable": (str, "name of the first cable that mentions it, by date"),
    "last_cable": (str, "name of the last"),
    "kb_id": (str, "entry of the lexicon, person:..., iso:KZ"),
    "probability": (
        float,
        "how sure the register is that all of its mentions are one; null without a register",
    ),
    "mentions": (int, "how often it is mentioned"),
    "cables": (int, "in how many cables"),
    "register_id": (
        str,
        "id in the register of the run; without one, what its names have in common",
    ),
}
_WHERE: Columns = {"latitude": (float, "degrees north"), "longitude": (float, "degrees east")}

TABLES: dict[str, Columns] = {
    "meta": {
        "key": (str, "`schema`: version of these tables; `cablespan`: of the package; `labels`"),
        "value": (str, "its value"),
    },
    "runs": {
        **_ID,
        "path": (str, "folder or file of records"),
        "model": (str, "name of the model; null where the run does not say it"),
        "cables": (int, "cables that were read from it"),
        "added": (str, "when, ISO 8601, UTC"),
    },
    "posts": {
        **_ID,
        "name": (str, "as `cables.origin` says it: Embassy Astana"),
        "code": (str, "as ids write it: ASTANA"),
        "city": (str, "city"),
        "country": (str, "ISO 3166 code"),
        **_WHERE,
    },
    "cables": {
        **_ID,
        "name": (str, "canonical reference id, 07ASTANA454; one row each"),
        "created": (str, "ISO 8601, as precise as the header"),
        "released": (str, "when it was published"),
        "year": (int, "year of creation"),
        "origin": (str, "who sends it: Embassy Astana"),
        "country": (str, "ISO 3166 code of the sending post's country"),
        "classification": (str, "as the header says"),
        "subject": (str, "subject line"),
        "precedence": (str, "FLASH to ROUTINE"),
        "classified_by": (str, "person"),
        "declassify_on": (str, "date or exemption"),
        "sender": (str, "the FROM line"),
        "recipients": (str, "JSON list of addressees"),
        "info": (str, "JSON list of addressees for information"),
        "captions": (str, "JSON list: SIPDIS, NOFORN ..."),
        "signers": (str, "JSON list of names at the end"),
        "partial": (int, "1 for an extract of the original"),
        "source_path": (str, "file it was read from"),
        "source_index": (int, "its number in that file, from 0"),
        "source_sha256": (str, "hash of its source text"),
        "run_id": (int, "the run it came with"),
        "warnings": (str, "JSON list of what was repaired or lost in reading"),
    },
    "cable_tags": {**_CABLE, "tag": (str, "one of TAGS")},
    "cable_references": {
        **_ID,
        **_CABLE,
        "name": (str, "what it refers to: 06ASTANA9"),
        "kind": (str, "cable, or what else"),
        "text": (str, "as written"),
        "letter": (str, "A of `REF A`"),
        "target_id": (int, "the cable referred to, where the collection has it"),
    },
    "paragraphs": {
        **_ID,
        **_CABLE,
        "position": (int, "order in the cable, from 0"),
        "number": (int, "the number written before it"),
        "marking": (str, "portion mark: U, SBU, C ..."),
        "section": (str, "summary, comment ..."),
        "kind": (str, "numbered, item, heading, text, header"),
        "name": (str, "id in the record: 07ASTANA454/1"),
        "text": (str, "reflowed text"),
    },
    "clusters": {
        **_CABLE,
        "number": (int, "with `cable_id` the key; its number in the record"),
        "name": (str, "best mention"),
        "label": (str, "entity label"),
        "kb_id": (str, "entry of the lexicon"),
        "entity_id": (int, "the person, body or place that it is"),
        "mentions": (int, "how often it is named in the cable"),
        "office": (str, "of an official"),
        "country": (str, "of an official, ISO 3166 code"),
    },
    "entities": {
        **_MARK,
        "cluster_number": (int, "what it names: with the paragraph's `cable_id` a cluster's key"),
        "entity_id": (int, "the person, body or place that it is"),
        "value": (str, "of dates ISO 8601, of sums amount and currency, of references the id"),
        "score": (int, "the model's confidence in percent, null for rules"),
    },
    "statements": {
        **_MARK,
        "score": (int, "the model's confidence in percent, null for rules"),
    },
    "claims": {
        **_ID,
        "paragraph_id": (int, "the paragraph"),
        **_CABLE,
        "label": (str, "label of the statement that it stands in"),
        "source_start": (int, "the source in the paragraph's text; null where there is none"),
        "source_end": (int, "its end, exclusive"),
        "cue_start": (int, "the cue; null where there is none"),
        "cue_end": (int, "its end, exclusive"),
        "content_start": (int, "what is said"),
        "content_end": (int, "its end, exclusive"),
        "speaker": (str, "who the source is, by its best name"),
        "speaker_cluster_number": (int, "what the speaker is in its cable"),
        "speaker_entity_id": (int, "the person, body or place that the speaker is"),
        "certainty": (str, "asserted, hedged, denied, asked"),
    },
    "people": _KNOWN,
    "bodies": _KNOWN,
    "places": {**_KNOWN, **_WHERE},
}  # fmt: skip
KNOWN = ("people", "bodies", "places")
SEARCHED = {"paragraphs": "text", "cables": "subject"}  # full text: paragraphs_fts, cables_fts

# Rows of these lie in the order of their keys, without a number and an index of their own: that
# saves half of the text's size.
_KEYS = {
    "cable_tags": ("cable_id", "tag"),
    "clusters": ("cable_id", "number"),
    "entities": tuple(_MARK),
    "statements": tuple(_MARK),
}
_HOMES = {
    "cable_id": "cables",
    "target_id": "cables",
    "paragraph_id": "paragraphs",
    "run_id": "runs",
}
_NAMED_ONCE = ("cables", "posts")
INDEXES = {
    "cables": ["origin", "year", "country", "classification", "created"],
    "cable_tags": ["tag"],
    "cable_references": ["cable_id", "name", "target_id"],
    "paragraphs": ["cable_id"],
    "clusters": ["entity_id"],
    "claims": ["paragraph_id", "speaker_entity_id"],
    **{table: ["name"] for table in KNOWN},
}
# For reading: the words of a mark, cut from its paragraph, and what the cable says of itself.
_OF_CABLE = (
    "cables.id AS cable_id, cables.name AS cable, cables.created, cables.year, cables.origin"
)
_IN_CABLE = (
    "JOIN paragraphs ON paragraphs.id = paragraph_id JOIN cables ON cables.id = paragraphs.cable_id"
)
VIEWS = {
    "register": " UNION ALL ".join(
        f"SELECT '{table}' AS kind, id, name, names, roles, countries, first_cable, last_cable, "
        f"kb_id, probability, mentions, cables, register_id FROM {table}"
        for table in KNOWN
    ),
    "mentions": f"""SELECT entities.entity_id, entities.label,
        substr(text, start + 1, "end" - start) AS words, clusters.name, clusters.kb_id, value,
        score, {_OF_CABLE}, paragraphs.number, start, "end", paragraph_id, cluster_number
        FROM entities {_IN_CABLE}
        LEFT JOIN clusters ON clusters.cable_id = cables.id AND clusters.number = cluster_number""",
    "appearances": """SELECT clusters.entity_id, paragraph_id, paragraphs.cable_id, start, "end",
        entities.label, clusters.number AS cluster_number
        FROM clusters JOIN paragraphs ON paragraphs.cable_id = clusters.cable_id
        JOIN entities ON paragraph_id = paragraphs.id AND cluster_number = clusters.number""",
    "sentences": f"""SELECT label, substr(text, start + 1, "end" - start) AS words,
        score, {_OF_CABLE}, cables.country, paragraphs.number, section, start, "end", paragraph_id,
        paragraphs.name AS paragraph
        FROM statements {_IN_CABLE}""",
    "sayings": f"""SELECT claims.id, speaker, certainty, label,
        substr(text, source_start + 1, source_end - source_start) AS source,
        substr(text, cue_start + 1, cue_end - cue_start) AS cue,
        substr(text, content_start + 1, content_end - content_start) AS content,
        {_OF_CABLE}, cables.country, paragraphs.number, speaker_entity_id, speaker_cluster_number,
        content_start, content_end, paragraph_id, paragraphs.name AS paragraph
        FROM claims {_IN_CABLE.replace("cables.id = paragraphs", "cables.id = claims")}""",
}


def create(database: Database) -> None:
    """Creates tables, indexes and views in an empty database, without the full text."""
    for table, columns in TABLES.items():
        query = database.create_table_sql(
            table,
            {name: type for name, (type, _) in columns.items()},
            pk=_KEYS.get(table, "key" if table == "meta" else "id"),
            foreign_keys=[(name, home) for name, home in _HOMES.items() if name in columns],
        )
        clustered = " WITHOUT ROWID" if table in _KEYS else ""
        database.execute(query.rstrip().removesuffix(";") + clustered)
    for table in _NAMED_ONCE:
        database.table(table).create_index(["name"], unique=True)
    for table, indexed in INDEXES.items():
        for column in indexed:
            database.table(table).create_index([column])
    for view, query in VIEWS.items():
        database.create_view(view, query)
    database.table("meta").insert({"key": "schema", "value": str(VERSION)})


def enable_full_text(database: Database) -> None:
    """Creates the full text of the rows that are there."""
    for table, column in SEARCHED.items():
        database.table(table).enable_fts([column], tokenize=TOKENIZER)
