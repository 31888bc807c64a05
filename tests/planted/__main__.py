"""Write the tables and their truth: python -m tests.planted OUT_DIR [--rows N] [--seed S]."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.planted import SETTINGS
from tests.planted.plant import TODAY, Fault, Planted


def plain(faults: tuple[Fault, ...]) -> list[dict]:
    return [{"check": fault.check, "columns": fault.columns, "rows": sorted(fault.rows)} for fault in faults]


def write(planted: Planted, folder: Path) -> None:
    """NAME_clean.csv, NAME_dirty.csv and NAME_truth.json."""
    planted.clean.to_csv(folder / f"{planted.name}_clean.csv", index=False, lineterminator="\n")
    planted.dirty.to_csv(folder / f"{planted.name}_dirty.csv", index=False, lineterminator="\n")
    truth = {
        "name": planted.name,
        "rows": len(planted.dirty),
        "today": TODAY,
        "target": planted.target,
        "favorable": planted.favorable,
        "sensitive": planted.sensitive,
        "faults": plain(planted.faults),
        "also": plain(planted.also),
    }
    (folder / f"{planted.name}_truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.planted", description="Write clean and dirty tables with the truth about them."
    )
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for make in SETTINGS:
        write(make(given.rows, given.seed), given.folder)


if __name__ == "__main__":
    main()
