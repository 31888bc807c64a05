"""Mutated files of every format, each read by the command line in a process of its own: how many get an answer (make
fuzz ARGS="5000 7").

Two numbers may be given: how many files (2,000), and the seed (0). What fails is kept in benchmarks/results/fuzz.
"""

from __future__ import annotations

import collections
import sys
import tempfile
from pathlib import Path

from tests.hostile.mutate import mutations
from tests.hostile.test_fuzz import answers, faults


def main() -> int:
    """Print how many files were read and refused, and every fault."""
    count, seed = (int(sys.argv[at]) if len(sys.argv) > at else usual for at, usual in ((1, 2000), (2, 0)))
    files = mutations(count, seed)
    with tempfile.TemporaryDirectory() as folder:
        told = answers(Path(folder), files)
    codes = collections.Counter(each["code"] for each in told)
    slowest = max(told, key=lambda each: each["seconds"])
    largest = max(told, key=lambda each: each["memory"])
    print(
        f"{len(told):,} mutated files, seed {seed}: {codes[0]:,} read, {codes[2]:,} refused with a reason,"
        f" {len(faults(told))} faults."
    )
    print(
        f"Most processor time: {slowest['seconds']:.1f} s ({slowest['name']}); most memory:"
        f" {largest['memory'] / 1e6:.0f} MB ({largest['name']})."
    )
    kept = Path(__file__).parent / "results" / "fuzz"
    contents = dict(files)
    for each in faults(told):
        kept.mkdir(parents=True, exist_ok=True)
        (kept / each["name"]).write_bytes(contents[each["name"]])
        print(f"  {each['name']}: exit {each['code']}, {each['memory'] / 1e6:.0f} MB, {each['errors'][:300]!r}")
    return int(bool(faults(told)))


if __name__ == "__main__":
    sys.exit(main())
