"""Commands about missing values: missing, impute-bench."""

from __future__ import annotations

import argparse
from typing import Any

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json, print_table, reading

SHOWN = 10


def missing_command(args: argparse.Namespace) -> int:
    """Where and why cells are missing; exit code 1 when there are any."""
    from dataops_core.imputation import understand

    with reading(args) as (source, _folder):
        told = understand(
            source.table,
            target=args.target,
            groups=_names(args.sensitive),
            time=args.time,
            split=args.split,
            seed=args.seed,
            progress=_tell,
        )
    found = int(told["missing_cells"] > 0)
    if args.json:
        print_json(told)
        return found
    print(told["words"])
    gaps = {name: each for name, each in told["columns"].items() if each["missing"]}
    print_table(
        ("column", "missing", "share"),
        [(name, f"{each['missing']:,}", f"{each['share']:.1%}") for name, each in gaps.items()],
    )
    for each in told["patterns"]["rows"][:SHOWN]:
        print(
            f"{each['rows']:,} row{'' if each['rows'] == 1 else 's'} ({each['share']:.1%}) lack"
            f" {', '.join(each['missing']) or 'nothing'}"
        )
    for name, groups in (*told["by_group"].items(), *([(args.target, told["by_target"])] if args.target else [])):
        print_table(
            (name, "rows", *gaps),
            [
                (level, f"{each['n']:,}", *[f"{each['shares'][gap]:.1%}" for gap in gaps])
                for level, each in groups.items()
            ],
        )
    for each in (told["by_time"] or {"periods": []})["periods"]:
        print(
            f"{each['period']}: {each['n']:,} rows; "
            + ", ".join(f"{name} {share:.1%}" for name, share in each["shares"].items())
        )
    print(told["little"].get("words") or f"Little's test was not done: {told['little']['why_not']}.")
    for name, verdict in told["verdicts"].items():
        print(f"{name}: {verdict}")
    if told["unknown"]:
        print(told["unknown"])
    return found


def impute_bench_command(args: argparse.Namespace) -> int:
    """Compare the methods of filling missing values on this very table."""
    from dataops_core.imputation import bench

    with reading(args) as (source, _folder):
        told = bench(
            source.table,
            target=args.target,
            sensitive=_names(args.sensitive),
            methods=_names([args.methods]) if args.methods is not None else None,
            seed=args.seed,
            split=args.split,
            time=args.time,
            progress=_tell,
        )
    if args.json:
        return print_json(told)
    sampled = "" if told["rows"] == told["of"] else f" (a sample of {told['of']:,})"
    print(
        f"{told['rows']:,} rows{sampled}; {sum(told['hidden'].values()):,} known cells hidden and recovered,"
        f" {told['repeats']} times each: {'; '.join(told['patterns'].values())}"
    )
    print_table(
        (
            "method",
            "error (numbers)",
            "right (categories)",
            "distance (CRPS)",
            "held (95 %)",
            "distribution",
            "correlations",
            "score",
            "seconds",
            "",
        ),
        [
            (
                name,
                _ranged(each, "nrmse", ".3f"),
                _ranged(each, "accuracy", ".1%"),
                _number(each["crps"], ".3f"),
                _number(each["coverage"], ".1%"),
                *[_number(each[what], ".3f") for what in ("wasserstein", "correlations", "score")],
                _number(each["seconds"], ".2f"),
                "one value in some column" if each["degenerate"] else "",
            )
            for name, each in told["methods"].items()
        ],
    )
    for name in _names(args.sensitive):
        for method, each in told["methods"].items():
            groups = [
                f"{group} {_number(of['nrmse'], '.3f')} {_number(of['accuracy'], '.1%')}".strip()
                for group, of in each["by_group"].get(name, {}).items()
            ]
            print(f"{method} by {name}: {'; '.join(groups)}")
    for line in (*(f"{name} was left out: {reason}" for name, reason in told["failed"].items()), *told["notes"]):
        print(line)
    print(f"Recommended: {told['recommended']}. {told['reason']}")
    print("Steps: " + "; ".join(f"{step['op']} {step['with']}" for step in told["steps"]))
    return 0


def _names(parts: list[str]) -> list[str]:
    return [name for part in parts for name in part.split(",") if name]


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _ranged(each: dict[str, Any], what: str, form: str) -> str:
    around = each[f"{what}_interval"]
    return _number(each[what], form) + (f" ({around[0]:{form}} to {around[1]:{form}})" if around else "")
