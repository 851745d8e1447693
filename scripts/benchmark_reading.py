"""Makes up a dump of any size and reads it: MB a second on one core, and the memory that it took at
most.

    python scripts/benchmark_reading.py --megabytes 1000 --file /tmp/dump.csv

The rows are invented cables in the dump's own form: eight cells, backslash escapes, line breaks,
about 6.8 KB a row as in the real one; every thousandth row is torn.
"""

import argparse
import random
import resource
import time
from pathlib import Path

from cablespan.cable import Cable
from cablespan.reading import scan

WORDS = [
    "post",
    "believes",
    "that",
    "the",
    "ministry",
    "will",
    "delay",
    "its",
    "answer",
    "until",
    "the",
    "talks",
    "on",
    "the",
    "harbor",
    "have",
    "ended",
    "and",
    "the",
    "committee",
    "has",
    "met",
    "again",
    "in",
    "public",
    "with",
    "officials",
    "who",
    "told",
    "econoff",
    "privately",
    "of",
    "their",
    "doubts",
    "about",
    "the",
    "draft",
    "agreement",
    "Oslo",
    "Astana",
    "Bergen",
    "Parliament",
    "February",
]


def body(draw: random.Random, serial: int) -> str:
    lines = [
        f"C O N F I D E N T I A L SECTION 01 OF 02 OSLO {serial:06d}", "", "SIPDIS", "",
        "E.O. 12958: DECL: 02/21/2017", "TAGS: PREL, ECON, NO", "SUBJECT: TALKS ON THE HARBOR", "",
        f"REF: A. OSLO {serial % 900 + 1}", f"     B. 06 STATE {serial}", "",
        "Classified By: DCM Jane Roe for reasons 1.4 (b) and (d).", "",
    ]  # fmt: skip
    for number in range(1, draw.randint(8, 14)):
        text = f"{number}. (C) " + ("Summary: " if number == 1 else "")
        for _ in range(draw.randint(4, 7)):
            text += " ".join(draw.choices(WORDS, k=draw.randint(8, 20))).capitalize() + ".  "
        line = ""
        for word in (text + ("End summary." if number == 1 else "")).split(" "):
            if len(line) + len(word) >= 68:
                lines.append(line + " ")
                line = ""
            line += word + " "
        lines.extend([line, ""])
        if number == 5:
            lines.extend([f"OSLO {serial:08d}  002 OF 002 ", ""])
    return "\n".join([*lines, "DOE", ""])


HEAD = """VZCZCXRO1234
PP RUEHXX RUEHYY
DE RUEHNY #{serial:04d}/01 0520941
ZNY CCCCC ZZH
P 210941Z FEB 07
FM AMEMBASSY OSLO
TO RUEHC/SECSTATE WASHDC PRIORITY {serial:04d}
INFO RUEHXX/NATO EU COLLECTIVE
RUEHTA/AMEMBASSY ASTANA 0044
"""


def make(path: Path, megabytes: int) -> None:
    draw = random.Random(7)
    bodies = [body(draw, serial) for serial in range(1, 400)]
    size, serial = 0, 0
    with path.open("w", encoding="utf-8") as dump:
        while size < megabytes * 1_000_000:
            serial += 1
            cells = [
                str(serial), "2/21/2007 9:41", f"07OSLO{serial}", "Embassy Oslo", "CONFIDENTIAL",
                f"07OSLO{serial % 900 + 1}|06STATE{serial}", HEAD.format(serial=serial % 10000),
                bodies[serial % len(bodies)].replace("believes", 'believes \\"firmly\\"'),
            ]  # fmt: skip
            row = ",".join(f'"{cell}"' for cell in cells)
            if serial % 1000 == 0:
                row = row[: len(row) // 2]
            dump.write(row + "\n")
            size += len(row) + 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--file", type=Path, default=Path("/tmp/cablespan-dump.csv"))
    arguments = parser.parse_args()
    if not arguments.file.exists():
        make(arguments.file, arguments.megabytes)
    size = arguments.file.stat().st_size / 1e6
    cables = paragraphs = rejects = 0
    begun, used = time.perf_counter(), time.process_time()
    for item in scan(arguments.file):
        if isinstance(item, Cable):
            cables += 1
            paragraphs += len(item.paragraphs)
        else:
            rejects += 1
    wall, processor = time.perf_counter() - begun, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{size:,.0f} MB: {cables:,} cables, {paragraphs:,} paragraphs, {rejects:,} rejects; "
        f"{size / processor:.1f} MB a second of processor time ({size / wall:.1f} of wall time); "
        f"at most {memory:.0f} MB of memory"
    )


if __name__ == "__main__":
    main()
