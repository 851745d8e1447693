"""Estimates the register's model of people on a run: Splink's settings with their parameters,
pipeline/cablespan/runs/register/people.json, written anew.

    python scripts/train_register.py RUN

u comes from random pairs of profiles with a fixed seed; m by expectation maximisation (Fellegi and
Sunter 1969, Winkler 1988): of country, time and office among clusters of one full name, of the
name among clusters of one country and office.
"""

import argparse
from pathlib import Path
from typing import Any

import orjson
from splink import block_on

from cablespan.runs import register
from cablespan.runs.batch.results import Results
from cablespan.runs.register.people import MODEL, linker_of, make_profiles, make_single_profiles

SEED = 7
PAIRS = 5e7


def train(run: str) -> dict[str, Any]:
    with register.gathered(Results(run)) as connection:
        make_profiles(connection)
        profiles = connection.sql("SELECT count(*) FROM profiles").fetchall()[0][0]
        linker = linker_of(connection)
        linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED)
        make_single_profiles(connection)
        linker = linker_of(connection, linker.misc.save_model_to_json())
        for rule in (block_on("full_name"), block_on("home", "offices")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        return {"profiles": profiles, "settings": linker.misc.save_model_to_json()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    model = train(parser.parse_args().run)
    Path(register.__path__[0], MODEL).write_bytes(
        orjson.dumps(model, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
