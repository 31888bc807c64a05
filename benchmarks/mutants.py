"""Whether the tests hold the modules that guard people: `make mutants`.

mutmut changes these modules a little, one change at a time (a mutant), and runs the tests that reach the place. A
mutant that no test notices is a guard that no test holds. Works in a copy in build/mutants; what it asks is in
pyproject.toml (tool.mutmut). Exit code 1 when fewer than 90 % of the mutants of a module are noticed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "mutants"
ASKED = 0.90
NOTICED, SURVIVED, NO_TEST = "noticed", "survived", "no test"
# exit codes of mutmut 3.8: 1 and 3 a test failed, 5 and 33 none reaches it, others took too long or broke down
CODES = {0: SURVIVED, 1: NOTICED, 3: NOTICED, 5: NO_TEST, 33: NO_TEST}


def main() -> int:
    """Make the mutants, run the tests, print a line a module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of the names of modules; empty: all")
    parser.add_argument("--show", action="store_true", help="list the mutants that no test noticed")
    asked = parser.parse_args()
    lay_out()
    names = [f"*{name}*" for name in asked.only]
    done = subprocess.run([sys.executable, "-m", "mutmut", "run", *names], cwd=COPY, check=False)
    found = results(asked.only)
    if not found:
        print(f"mutmut gave no results (exit code {done.returncode})", file=sys.stderr)
        return 2
    print(f"\n{'module':<60}{'mutants':>9}{'noticed':>9}{'survived':>10}{'no test':>9}{'share':>8}")
    low = []
    for module, (counted, missed) in found.items():
        total = sum(counted.values())
        share = counted[NOTICED] / total
        low += [module] if share < ASKED else []
        figures = f"{total:>9}{counted[NOTICED]:>9}{counted[SURVIVED]:>10}{counted[NO_TEST]:>9}{share:>8.1%}"
        print(f"{module:<60}{figures}")
        if asked.show:
            print("".join(f"    {each}\n" for each in missed), end="")
    return 1 if low else 0


def lay_out() -> None:
    """Copy what git knows; mutmut keeps its own work beside it, and does only what has changed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, target = ROOT / name, COPY / name
        if source.is_file() and not (target.exists() and target.read_bytes() == source.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


def results(only: list[str]) -> dict[str, tuple[Counter[str], list[str]]]:
    """For each module how many of its mutants were noticed, and the names of the others."""
    found = {}
    for path in sorted((COPY / "mutants").rglob("*.meta")):
        codes = json.loads(path.read_text(encoding="utf-8")).get("exit_code_by_key") or {}
        said = {name: CODES.get(code, NOTICED) for name, code in codes.items() if code is not None}
        module = path.relative_to(COPY / "mutants").as_posix().removesuffix(".meta")
        if said and (not only or any(part in module.replace("/", ".") for part in only)):
            found[module] = (Counter(said.values()), [name for name, how in said.items() if how != NOTICED])
    return found


if __name__ == "__main__":
    sys.exit(main())
