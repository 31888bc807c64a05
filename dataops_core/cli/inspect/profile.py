"""Facts and findings of a file.

dataops profile sample_data/loan_applications.csv --target approved --sensitive sex --html report.html
"""

from __future__ import annotations

import argparse
import csv
import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.checks.profile_memory import check_profile_memory
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.errors import SettingError, nearest
from dataops_core.facts import table_facts
from dataops_core.printable import printable
from dataops_core.privacy.masking import shape
from dataops_core.scratch import replaced
from dataops_core.table import Table
from dataops_core.write import write_text

if TYPE_CHECKING:
    import numpy as np

    from dataops_core.checks import Context, Finding
    from dataops_core.repair import Proposals
from pathlib import Path

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_outcome, names
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options

SHOWN = 20
NAMING = ("direct_identifiers", "identifiers_in_text")  # the checks that say which columns name people


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--facts", action="store_true", help="count only, and judge nothing")
    parser.add_argument("--findings", type=Path, metavar="OUT.csv", help="write every affected row of every finding")
    parser.add_argument("--repairs", action="store_true", help="propose right values for the cells of findings")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out the values that only a comparison of rows shows to be wrong; tables of more than three million"
        " cells are never compared (see repair)",
    )
    parser.add_argument(
        "--html", type=Path, metavar="OUT.html", help="write the report: one HTML file that names nobody"
    )
    parser.add_argument(
        "--show-values", action="store_true", help="show values that may name a person, in the report, too"
    )
    parser.add_argument(
        "--full", type=Path, metavar="OUT.html", help="write the full report of ydata-profiling, which shows values"
    )
    parser.add_argument("--sample", type=int, metavar="ROWS", help="so many rows for the full report (default: all)")
    parser.add_argument(
        "--on",
        choices=("memory", "batches", "spark"),
        help="where it is counted: in memory (default, refused where it would not fit), in batches on this machine, or"
        " on Apache Spark, where FILE may be a folder of files; on the last two, findings are those that follow from"
        " counts",
    )
    parser.add_argument("--master", metavar="URL", help="the Spark master: spark://HOST:PORT (default: this machine)")
    parser.add_argument(
        "--shared",
        type=Path,
        metavar="FOLDER",
        help="a folder that driver and workers see, for files other than Parquet (default: one of this machine)",
    )
    group = parser.add_argument_group("what the columns are for")
    add_outcome(group)
    group.add_argument("--today", metavar="DATE", help="the day after which nothing has happened yet (default: today)")


def run(args: argparse.Namespace) -> int:
    """Facts and findings of a file."""
    _sensible(args)
    if args.on in ("batches", "spark"):
        return _elsewhere(args)
    if args.on is None and _is_parquet(args.file):
        check_profile_memory(args.file, args.file)  # before it is read
    with reading(args) as (source, _folder):
        if args.on is None:
            check_profile_memory(source.table.path, args.file)
        if args.facts:
            return _facts(args, table_facts(source.table))
        from dataops_core.checks.profile import profile_table  # brings all checks and steps
        from dataops_core.repair.full_profile import full_profile

        context = _context(args, source.table.names)
        if args.favorable:
            _check_value(args, source.table)
        kept: list[tuple[Finding, np.ndarray]] = []
        keep = (lambda finding, places: kept.append((finding, places))) if args.findings or args.repairs else None
        proposals = None
        if args.quick:
            told, _ = profile_table(source.table, context=context, keep=keep, blanked=source.blanked)
        else:
            told, proposals = full_profile(source.table, context=context, keep=keep, blanked=source.blanked)
        if args.findings:
            _write_findings(args, kept)
        if args.repairs:
            _add_repairs(told, kept, source.table, proposals)
        reports = _write_reports(args, told, source.table)
    for finding in told["findings"]:
        finding["rows"] = finding["rows"][:SHOWN]
    if args.json:
        print_json(told | {"scores": _scores(told)} | reports)
        return int(_found(told))
    _print_profile(told, args.show_values)
    print("Scores: " + ", ".join(f"{name} {value:.1%}" for name, value in _scores(told).items() if value is not None))
    _print_failed(told)
    print(*_said(reports), sep="\n", end="\n" if reports else "")
    return int(_found(told))


def _is_parquet(file: Path) -> bool:
    try:
        return bool(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError):
        return False


def _elsewhere(args: argparse.Namespace) -> int:
    """Facts and findings of a file or a folder, counted on a cluster or in batches."""
    from dataops_core.cli.inspect.profile_elsewhere import print_left_out, profile_elsewhere

    told = profile_elsewhere(args)
    if args.json:
        print_json(told)
        return int(_found(told))
    _print_profile(told, args.show_values)
    _print_failed(told)
    print_left_out(told, args.on)
    return int(_found(told))


def _found(told: dict[str, Any]) -> bool:
    return any(finding["severity"] != "note" for finding in told["findings"]) or any(
        "failed" in facts for facts in told["facts"].values()
    )


def _print_profile(told: dict[str, Any], show_values: bool) -> None:
    """Size, facts and findings, with the first repairs of each; of columns that name people, values are shown as their
    shape.
    """
    print(
        f"{told['rows']:,} rows, {told['columns']} columns, {told['duplicate_rows']:,} duplicate rows, "
        f"{_counted(told['missing_cells'])} missing cells"
    )
    findings = told["findings"]
    naming = (
        set() if show_values else {name for each in findings if each["check"] in NAMING for name in each["columns"]}
    )
    _print_facts(told["facts"], naming)
    for finding in findings:
        _print_finding(finding, naming)
        for each in finding.get("repairs", [])[:3]:
            _print_repair(each, naming)


def _print_finding(finding: dict[str, Any], naming: Collection[str]) -> None:
    """What a finding says; about columns that name people, values are shown as their shape."""
    where, message = ", ".join(finding["columns"]) or "whole rows", finding["message"]
    if set(finding["columns"]) & set(naming):
        for start, end in sorted(finding["values"], reverse=True):
            message = message[:start] + shape(message[start:end]) + message[end:]
    print(printable(f"[{finding['severity']}] {finding['title']} in {where}: {message}", one_line=True))


def _print_repair(repair: dict[str, Any], naming: Collection[str]) -> None:
    """What is proposed for a cell; of columns that name people, values are shown as their shape."""
    told = shape if repair["column"] in naming else str
    old, new = (told(each) if each else "(missing)" for each in (repair["old"], repair["new"]))
    sure = "not tested" if repair["confidence"] is None else f"{repair['confidence']:.0%} sure"
    because = sure if repair["column"] in naming else f"{sure}; {repair['why']}"
    print(printable(f"    row {repair['row']}, {repair['column']}: {old} -> {new} ({because})", one_line=True))


def _print_failed(told: dict[str, Any]) -> None:
    for failed in told["failed_checks"]:
        print(f"[failed] {failed['check']} in {', '.join(failed['columns']) or 'whole rows'}: {failed['reason']}")


def _add_repairs(
    told: dict[str, Any], kept: list[tuple[Finding, np.ndarray]], table: Table, proposals: Proposals | None
) -> None:
    """Give every finding the right values that are proposed for its cells; they are looked for if not known."""
    from dataops_core.repair import propose, row_ids
    from dataops_core.repair.in_findings import repairs_of_findings

    places = {row: place for place, row in enumerate(row_ids(table).tolist())}
    rows = {
        (finding.check, finding.columns, finding.message): [places[row] for row in ids.tolist()]
        for finding, ids in kept
    }
    findings = told["findings"]
    keys = [(each["check"], tuple(each["columns"]), each["message"]) for each in findings]
    asked = [(key[1], rows.get(key, each["rows"])) for key, each in zip(keys, findings, strict=True)]
    found = (proposals or propose(table)).repairs
    for each, repairs in zip(findings, repairs_of_findings(asked, found), strict=True):
        each["repairs"] = repairs


def _scores(told: dict[str, Any]) -> dict[str, float | None]:
    from dataops_core.checks.score import scores

    return {score.name: score.value for score in scores(told)}


def _sensible(args: argparse.Namespace) -> None:
    """Options that need each other come together; said before any work is done."""
    if args.sample is not None and args.sample < 1:
        raise SettingError(f"A sample of {args.sample} rows is none.", "--sample", "Give a number of rows from 1.")
    if args.sample is not None and not args.full:
        raise SettingError("--sample is about a report, and none is asked for.", "--sample", "Add --full OUT.html.")
    named = (("--html", args.html), ("--full", args.full), ("--findings", args.findings))
    outs = [(option, out) for option, out in named if out]
    for option, out in outs:
        if option != "--findings" and not out.parent.is_dir():
            raise SettingError("There is no such folder.", f"{option} {out}", "Make it first, or name another.")
    for number, (option, out) in enumerate(outs):
        if out.resolve() == args.file.resolve():
            raise SettingError("That would write over the file that is read.", f"{option} {out}", "Name another file.")
        if any(out.resolve() == other.resolve() for _, other in outs[:number]):
            raise SettingError("Two outputs would go to one file.", f"{option} {out}", "Name another file.")
    if args.favorable and not args.target:
        raise SettingError(
            "A favorable value needs the column that it stands in.", "--favorable", "Add --target COLUMN."
        )
    for option, given in (("--master", args.master), ("--shared", args.shared)):
        if given and args.on != "spark":
            raise SettingError("This is for Spark.", f"{option} {given}", "Add --on spark.")
    if args.facts and (args.html or args.full):
        raise SettingError("A report needs the findings, and --facts leaves them out.", "--facts", "Leave --facts out.")


def _write_reports(args: argparse.Namespace, told: dict[str, Any], table: Table) -> dict[str, Any]:
    """Write the reports that are asked for; tells of each its file and how it was made."""
    from dataops_core.report import full_report, html_report

    made: dict[str, Any] = {}
    if args.full and not table.cells:
        raise SettingError("There is nothing to report on.", str(args.file), "Bring a table with rows and columns.")
    if args.html:
        write_text(args.html, html_report(told, title=args.file.name, table=table, show_values=args.show_values))
        made["html"] = {"file": str(args.html), "values_shown": args.show_values}
    if args.full:
        made["full"] = {"file": str(args.full)} | full_report(
            table, args.full, rows=args.sample, title=args.file.name, progress=show_progress
        )
    return made


def _said(reports: dict[str, Any]) -> list[str]:
    lines = [f"Report: {reports['html']['file']}"] if "html" in reports else []
    if told := reports.get("full"):
        lines.append(
            f"Full report: {told['file']} ({told['rows']:,} of {told['of']:,} rows); it shows values as they are"
        )
        lines += [f"- left out: {each['column']} ({each['why']})" for each in told["left_out"]]
    return lines


def _check_value(args: argparse.Namespace, table: Table) -> None:
    """Refuse a favorable value that the target does not have."""
    from dataops_core.table import shown

    values = [str(value) for value in shown(table.frame([args.target])[args.target]).dropna().unique()]
    if args.favorable not in values:
        raise SettingError(
            f'"{args.target}" has no value "{args.favorable}".', "--favorable", nearest(args.favorable, values[:1000])
        )


def _context(args: argparse.Namespace, columns: list[str]) -> Context:
    from dataops_core.checks import Context

    sensitive = tuple(names(args.sensitive))
    for name in (*([args.target] if args.target else []), *sensitive):
        if name not in columns:
            raise SettingError(f'There is no column "{name}".', str(args.file), nearest(name, columns))
    try:
        today = datetime.date.fromisoformat(args.today) if args.today else datetime.datetime.now(tz=datetime.UTC).date()
    except ValueError:
        raise SettingError(f'"{args.today}" is not a date.', "--today", "Write it as 2026-12-31.") from None
    return Context(args.target, args.favorable, sensitive, today.isoformat())


def _facts(args: argparse.Namespace, facts: dict[str, Any]) -> int:
    failed = {name: each["failed"] for name, each in facts.items() if "failed" in each}
    if args.json:
        print_json({"facts": facts})
    else:
        _print_facts(facts)
        for name, reason in failed.items():
            print(f"[failed] facts in {name}: {reason}")
    return int(bool(failed))


def _counted(number: int | None) -> str:
    return "not counted" if number is None else f"{number:,}"


def _print_facts(facts: dict[str, Any], naming: Collection[str] = ()) -> None:
    """The facts as a table; of columns that name people, the most frequent value is shown as its shape."""
    print_table(
        ("column", "type", "missing", "misfits", "distinct", "most frequent"),
        [
            (
                name,
                f["meant"]["type"] if "meant" in f else f["kind"],
                _counted(f["missing"]),
                _counted(f.get("meant", {}).get("misfits", 0)),
                _counted(f["distinct"]),
                "" if not f["top"] else shape(f["top"][0]["value"]) if name in naming else f["top"][0]["value"],
            )
            for name, f in facts.items()
        ],
    )


def _write_findings(args: argparse.Namespace, kept: list[tuple[Finding, np.ndarray]]) -> None:
    """One line per affected row of each finding; `row` counts the data rows of the file from 0."""
    try:
        with replaced(args.findings) as path, path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("finding", "check", "columns", "row", "severity"))
            for number, (finding, places) in enumerate(kept, 1):
                columns = "|".join(finding.columns)
                writer.writerows((number, finding.check, columns, row, finding.severity) for row in places.tolist())
    except OSError as error:
        raise SettingError(
            f"The file cannot be written: {error.strerror or error}.", str(args.findings), "Choose another place."
        ) from error
