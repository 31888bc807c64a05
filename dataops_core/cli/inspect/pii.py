"""Personal data in a file: which columns hold it, and how easily rows are told apart.

dataops pii sample_data/loan_applications.csv --sensitive migration_background
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, print_table, reading, tell_problems
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.privacy import Recognition, measure_risk, recognize, unique_rows

SHOWN = 20


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument(
        "--quasi",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that others may know, by which rows are told apart (default: those that are proposed)",
    )
    parser.add_argument(
        "--sensitive",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that nobody should learn: l-diversity and t-closeness are counted for each",
    )
    parser.add_argument(
        "--presidio",
        action="store_true",
        help="ask Presidio's patterns too, where installed (requirements-presidio.txt); what they see is a question",
    )


def run(args: argparse.Namespace) -> int:
    """Direct identifiers, special categories, quasi-identifiers, and the risk; 1 where something certain or likely is
    found.
    """
    with reading(args) as (source, _folder):
        table = source.table
        chosen, sensitive = (list(dict.fromkeys(names(given))) for given in (args.quasi, args.sensitive))
        for name in (*chosen, *sensitive):
            table.column(name)
        found = recognize(table)
        if args.presidio:
            from dataops_core.privacy.presidio import with_second_opinion

            found = with_second_opinion(table, found)
        quasi = chosen or list(found.quasi)
        frame = table.frame(list(dict.fromkeys([*quasi, *sensitive])))
        risk = measure_risk(frame, quasi, sensitive)
        alone = np.flatnonzero(unique_rows(frame, quasi)) if quasi else np.zeros(0, dtype=int)
    sure = any(each.state != "ask" for some in found.identifiers.values() for each in some) or bool(found.special)
    told: dict[str, Any] = {
        "rows": table.rows,
        "columns": {
            name: _recognized(some[0]) | {"others": [_recognized(each) for each in some[1:]]}
            for name, some in found.identifiers.items()
        },
        "special_categories": {name: _recognized(each) for name, each in found.special.items()},
        "quasi_identifiers": quasi,
        "proposed": found.quasi,
        "k": risk.k if quasi else None,
        "classes": risk.classes if quasi else None,
        "l": risk.l_diversity,
        "t": {name: round(distance, 6) for name, distance in risk.t_closeness.items()},
        "unique_rows": {"count": risk.unique_rows if quasi else None, "rows": alone[:SHOWN].tolist()},
    }
    if args.json:
        print_json(told)
        return int(sure)
    tell_problems(source)
    _print(told)
    return int(sure)


def _recognized(each: Recognition) -> dict[str, Any]:
    return {
        "type": each.type,
        "state": each.state,
        "confidence": each.confidence,
        "matches": each.matches,
        "share": each.share,
        "inside_text": each.inside,
        "values": {"looked_at": each.looked_at, "of": each.distinct},
        "evidence": list(each.evidence),
    }


def _print(told: dict[str, Any]) -> None:
    if not told["columns"]:
        print("No direct identifiers are recognized.")
    else:
        lines = [(name, each) for name, first in told["columns"].items() for each in (first, *first["others"])]
        print_table(("column", "holds", "state", "cells", "share", "why"), [_line(name, each) for name, each in lines])
    if told["special_categories"]:
        print("Special categories of personal data:")
        print_table(
            ("column", "about", "state", "cells", "share", "why"),
            [_line(name, each) for name, each in told["special_categories"].items()],
        )
    if not told["quasi_identifiers"]:
        print("No columns are known that would tell rows apart together. Name them with --quasi.")
        return
    print(f"Quasi-identifiers: {', '.join(told['quasi_identifiers'])}")
    count = told["unique_rows"]["count"]
    print(f"k-anonymity {told['k']:,} over {told['classes']:,} classes; {count:,} of {told['rows']:,} rows stand alone")
    for name, least in told["l"].items():
        print(f"{name}: l-diversity {least:,}, t-closeness {told['t'][name]:.3f}")


def _line(name: str, each: dict[str, Any]) -> tuple[str, ...]:
    inside = ", inside text" if each["inside_text"] else ""
    return (
        name,
        each["type"].replace("_", " ") + inside,
        each["state"],
        f"{each['matches']:,}",
        f"{each['share']:.1%}",
        " ".join(each["evidence"]),
    )
