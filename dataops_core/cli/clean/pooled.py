"""Commands about tables filled several times: pooled, impute-chains."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json, print_table, reading
from dataops_core.errors import SettingError

HEAD = ("estimate", "95 % from", "to", "standard error", "degrees of freedom", "lost to gaps")


def pooled_command(args: argparse.Namespace) -> int:
    """Means, shares or a linear regression of a table filled several times, by Rubin's rules."""
    from dataops_core.imputation import pooled, regression

    if (
        bool(args.column) == bool(args.target)
        or bool(args.target) != bool(args.predictors)
        or (args.by and not args.column)
    ):
        raise SettingError(
            "It is not clear what to pool.",
            "pooled",
            "Name --column (and --by, if you like) for a mean, or --target and --predictors for a linear regression.",
        )
    with reading(args) as (source, _folder):
        told = (
            regression(source.table, args.target, _names(args.predictors))
            if args.target
            else pooled(source.table, args.column, args.by)
        )
    if args.json:
        return print_json(told)
    if args.target:
        print(
            f"{args.target} by {', '.join(_names(args.predictors))}: linear regression, pooled over {told['m']} copies"
        )
        print_table(("coefficient", *HEAD), [(name, *_row(each)) for name, each in told["coefficients"].items()])
    else:
        print(f"{args.column}, pooled over {told['m']} copies")
        print_table(
            (args.by or "rows", "value", *HEAD),
            [
                (group, value, *_row(each))
                for group, part in (("all", told["all"]), *told["groups"].items())
                for value, each in ({"(mean)": part} if "estimate" in part or "why_not" in part else part).items()
            ],
        )
    if told["warning"]:
        print(told["warning"])
    return 0


def impute_chains_command(args: argparse.Namespace) -> int:
    """Whether the chains of filling several times have settled; exit code 1 where they have not, or where donors are
    too few.
    """
    from dataops_core.imputation import chains

    with reading(args) as (source, _folder):
        told = chains(
            source.table,
            _names(args.columns),
            using=_names(args.using),
            logarithm=_names(args.logarithm),
            draw=args.draw,
            chains=args.chains,
            iterations=args.iterations,
            split=args.split,
            seed=args.seed,
            progress=_tell,
        )
    failed = int(told["settled"] is False or bool(told["warnings"]))
    if args.json:
        print_json(told)
        return failed
    sampled = "" if told["rows"] == told["of"] else f" (a sample of {told['of']:,})"
    print(
        f"{told['rows']:,} rows{sampled}; {told['chains']} chains of {told['iterations']} iterations; R-hat without the"
        f" first {told['rounds']}"
    )
    print_table(
        ("column", "cells", "of", "R-hat", "first iteration", "last iteration"),
        [
            (
                name,
                f"{each['cells']:,}",
                what if each["value"] is None else f"share of {each['value']}",
                "" if each["r_hat"][what] is None else f"{each['r_hat'][what]:.3f}",
                *[", ".join(f"{line[at]:.4g}" for line in lines) for at in (0, -1)],
            )
            for name, each in told["columns"].items()
            for what, lines in each["traces"].items()
        ],
    )
    for words in (told["words"], *told["warnings"]):
        print(words)
    return failed


def _row(each: Mapping[str, Any]) -> tuple[str, ...]:
    if "why_not" in each:
        return (each["why_not"], *[""] * 5)
    low, high = each["interval"] or (None, None)
    return (
        f"{each['estimate']:.5g}",
        "" if low is None else f"{low:.5g}",
        "" if high is None else f"{high:.5g}",
        f"{each['standard_error']:.3g}",
        "no limit" if each["df"] is None else f"{each['df']:.1f}",
        f"{each['missing_information']:.1%}",
    )


def _names(text: str | None) -> list[str]:
    return [name for name in (text or "").split(",") if name]
