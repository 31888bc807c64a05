"""How well personal data is recognized: `make bench-pii`.

Columns made by mimesis in ten locales, many under names that say nothing, beside columns that name nobody; texts with
one identifier each; and a million rows of twenty columns for the processor time. Found is a column of which the
recognizer says "certain" or "likely", and the right kind.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.pii_columns import LOCALES, Made, harmless_columns, personal_columns, sentences
from dataops_core.privacy import recognize, recognize_column, values_of
from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.scratch import scratch_folder
from dataops_core.table import tidy, type_of, write_table

SAME = {"social_security_number": "national_number"}  # one is a kind of the other
BUDGET = 30.0  # seconds of CPU for a million rows of twenty columns


def kind_found(made: Made) -> tuple[str, str]:
    """What is said of a column: its kind and state; of what is certain or likely, the first."""
    cells = made.cells.astype("Int64") if pd.api.types.is_integer_dtype(made.cells) else made.cells
    for found in recognize_column(values_of(made.name, type_of(cells), cells)):
        if found.state != "ask":
            return SAME.get(found.type, found.type), found.state
    return "", ""


def measure_columns(rows: int, seed: int, *, show: bool = False) -> dict[str, float]:
    """Recall and precision by column."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: list[str] = []
    missed: list[str] = []
    told = 0
    for made in (*personal_columns(rows, seed), *harmless_columns(rows, seed)):
        kind, state = kind_found(made)
        told += bool(kind)
        if made.truth:
            total[made.truth] += 1
            right[made.truth] += kind == made.truth
            if kind != made.truth:
                missed.append(f"{made.origin} ({made.name}): {kind or 'nothing'} {list(made.cells[:2])}")
        else:
            total[""] += 1
        if kind and kind != made.truth:
            wrong.append(f"{made.origin} ({made.name}): {kind} {state} {list(made.cells[:3])}")
    found = sum(right.values())
    personal = sum(total.values()) - total[""]
    print(f"{personal} columns with personal data, {total['']} without")
    for kind in sorted(set(total) - {""}):
        print(f"  {kind:24} {right[kind]:3} of {total[kind]:3}")
    out = {"recall": found / personal, "precision": found / max(1, told)}
    print(f"recall {out['recall']:.3f}, precision {out['precision']:.3f}")
    if show:
        print("missed:", *missed, "said wrongly:", *wrong, sep="\n  ")
    return out


def measure_texts(rows: int, seed: int, *, show: bool = False) -> dict[str, float]:
    """Recall of identifiers inside texts, and how many texts without any are said to hold one."""
    hits: dict[str, list[bool]] = defaultdict(list)
    missed: list[str] = []
    for locale, kind, text, value in sentences(rows, seed):
        start = text.index(value)
        found = any(
            SAME.get(span.type, span.type) == kind and span.start < start + len(value) and span.end > start
            for span in find_identifiers(text)
        )
        hits[kind].append(found)
        hits[f"{kind} {locale}"].append(found)
        if not found and len(missed) < 4000:
            missed.append(f"{locale} {kind}: {text}")
    kinds = [kind for kind in hits if " " not in kind]
    for kind in kinds:
        print(f"  {kind:24} {np.mean(hits[kind]):.3f} of {len(hits[kind])}", end="")
        print(
            "   ",
            {each: round(float(np.mean(hits[f"{kind} {each}"])), 2) for each in LOCALES if f"{kind} {each}" in hits},
        )
    recall = float(np.mean([hit for kind in kinds for hit in hits[kind]]))
    plain = [text for made in harmless_columns(rows, seed) if "sentence" in made.origin for text in made.cells]
    alarms = [text for text in plain if find_identifiers(text)]
    print(f"inside texts: recall {recall:.3f}; {len(alarms)} of {len(plain)} harmless texts are said to hold something")
    if show:
        print("missed:", *missed[:: max(1, len(missed) // 60)], "said wrongly:", *alarms[:40], sep="\n  ")
    return {"recall": recall, "false alarms": len(alarms) / len(plain)}


def measure_speed(rows: int, seed: int) -> float:
    """Seconds of CPU for a table of twenty columns, half of them with personal data."""
    names = (
        "en first",
        "en full",
        "de email",
        "fr phone",
        "it address",
        "pl national",
        "nl iban",
        "sv card",
        "de v4",
        "ru full",
    )
    rng = np.random.default_rng(seed)
    frame: dict[str, object] = {}
    for made in personal_columns(2000, seed):
        if made.origin in names and made.origin not in frame:
            frame[made.origin] = made.cells.to_numpy()[rng.integers(0, 2000, rows)]
    numbers = rng.integers(0, 10**7, rows).astype(str).astype(object)
    frame["customer mail"] = np.char.add(numbers.astype(str), "@example.com").astype(object)
    frame["remark"] = np.char.add("called about order number ", numbers.astype(str)).astype(object)
    frame["order"], frame["key"] = np.arange(rows), rng.integers(10**8, 10**9, rows)
    for at in range(20 - len(frame)):
        frame[f"amount {at}"] = rng.lognormal(3, 1, rows) if at % 2 else rng.integers(0, 500, rows)
    with scratch_folder() as folder:
        table = write_table(Path(folder) / "table.parquet", [tidy(pd.DataFrame(frame))])
        before = time.process_time()
        recognize(table)
        spent = time.process_time() - before
    print(f"{rows:,} rows x {len(frame)} columns: {spent:.1f} s of CPU (budget {BUDGET:.0f} s)")
    return spent


def main() -> int:
    """Print all figures; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=120, help="cells a column (default 120)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="list what is missed and what is said wrongly")
    parser.add_argument("--big", type=int, default=1_000_000, help="rows of the table for the processor time; 0: none")
    args = parser.parse_args()
    columns = measure_columns(args.rows, args.seed, show=args.show)
    texts = measure_texts(args.rows, args.seed, show=args.show)
    missed = columns["recall"] < 0.95 or columns["precision"] < 0.95 or texts["recall"] < 0.9
    if args.big:
        missed |= measure_speed(args.big, args.seed) > BUDGET
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
