"""The command line: `python -m dataops_core COMMAND …` (`dataops` once installed).

`--json` prints one JSON document on stdout and nothing else. Exit 0: done; 1: done, and something was found or does
not hold; 2: bad input, with what, where and how to fix it on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO, cast

from dataops_core import __version__
from dataops_core.cli.addresses import fetched, file_or_address
from dataops_core.cli.monitoring_options import add_monitoring_commands
from dataops_core.cli.people_options import add_people_commands
from dataops_core.cli.reading_options import add_reading_options
from dataops_core.cli.rules_options import add_rules_commands
from dataops_core.cli.shared_options import (
    add_anonymize,
    add_comparison,
    add_gaps,
    add_groups,
    add_learning,
    add_roles,
    add_twin,
)
from dataops_core.cli.store_options import REASON, add_store_commands
from dataops_core.errors import DataOpsError, SettingError
from dataops_core.printable import Printable, printable


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Nothing that a file holds reaches the terminal as a command to it."""
    out, err = Printable(sys.stdout), Printable(sys.stderr)
    with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
        return _run(argv)


def _run(argv: Sequence[str] | None) -> int:
    args = argparse.Namespace()
    try:
        make_parser().parse_args(argv, args)
        module, name = args.command
        with fetched(args):
            return int(getattr(import_module(f"dataops_core.cli.{module}"), name)(args))
    except DataOpsError as error:
        if "--json" in (sys.argv[1:] if argv is None else argv):
            print(
                json.dumps({"error": {"what": error.what, "where": error.where, "fix": error.fix}}, ensure_ascii=False)
            )
        lines = zip(("What:  ", "Where: ", "Fix:   "), (error.what, error.where, error.fix), strict=True)
        print("\n".join(name + printable(text, one_line=True) for name, text in lines), file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if "--json" in (sys.argv[1:] if argv is None else argv):
            told = {
                "what": f"{error.strerror}.",
                "where": str(error.filename),
                "fix": "Check the path and your rights there.",
            }
            print(json.dumps({"error": told}, ensure_ascii=False))
        print(
            f"What:  {error.strerror}.\nWhere: {error.filename}\nFix:   Check the path and your rights there.",
            file=sys.stderr,
        )
        return 2
    except Exception as error:
        if os.environ.get("DATAOPS_DEBUG"):
            raise
        print(
            f"What:  Unexpected error: {error!r}.\nWhere: {' '.join(argv or sys.argv[1:])}\n"
            "Fix:   Report it, with what DATAOPS_DEBUG=1 shows.",
            file=sys.stderr,
        )
        return 2


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _Parser(prog="dataops", description="Read, profile, repair and version tables, and rebuild them anywhere.")
    parser.add_argument("--version", action="version", version=f"dataops {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, does: str, module: str, *, reads: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does, description=does)
        # what the command needs is imported when it is called
        made.set_defaults(command=(module, f"{name.replace('-', '_')}_command"))
        made.add_argument("--json", action="store_true", help="print one JSON document")
        if reads:
            add_reading_options(made)
        return made

    cmd = add("read", "Read a file and say how it was read.", "tables", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--out", type=Path, help="write the table to this file (.parquet, .csv, …)")
    cmd.add_argument(
        "--raw",
        action="store_true",
        help="write names and values as in the source text (.csv, .tsv), surplus cells at the end of their row",
    )
    cmd = add("profile", "Facts and findings of a file.", "inspect", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--facts", action="store_true", help="count only, and judge nothing")
    cmd.add_argument("--findings", type=Path, metavar="OUT.csv", help="write every affected row of every finding")
    cmd.add_argument("--repairs", action="store_true", help="propose right values for the cells of findings")
    cmd.add_argument("--html", type=Path, metavar="OUT.html", help="write the report: one HTML file that names nobody")
    cmd.add_argument("--show-values", action="store_true", help="let the report show values that may name a person")
    cmd.add_argument(
        "--full", type=Path, metavar="OUT.html", help="write the full report of ydata-profiling, which shows values"
    )
    cmd.add_argument("--sample", type=int, metavar="ROWS", help="so many rows for the full report (default: all)")
    add_roles(cmd)
    cmd = add("repair", "Right values for cells that are probably wrong, and how sure they are.", "repair", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--labels", type=Path, metavar="L.csv", help="right values that a person gave: row,column,value")
    cmd.add_argument("--sure", type=float, default=0.9, help="least share that repairs must be sure (default 0.9)")
    cmd.add_argument(
        "--recipe", type=Path, metavar="OUT.json", help="write the repairs that are sure enough as a recipe"
    )
    cmd.add_argument("--repairs", type=Path, metavar="OUT.csv", help="write every proposal; rows count from 0")
    cmd.add_argument("--show", type=int, default=20, metavar="N", help="so many proposals on the screen (default 20)")
    cmd.add_argument("--target", metavar="T", help="score a model that predicts this column, before and after repair")
    cmd.add_argument("--column", help="rewrite this column by example, and propose nothing else")
    cmd.add_argument(
        "--example", nargs=2, action="append", metavar=("OLD", "NEW"), help="a value of --column, and what it becomes"
    )
    cmd = add("explore", "The chart that fits some columns, counted on all rows.", "explore", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--columns", metavar="A[,B]", help="one to four columns (default: the map of missing cells)")
    cmd.add_argument("--chart", metavar="KIND", help="another kind of chart than the one that fits best")
    cmd.add_argument("--color", metavar="COLUMN", help="tell the values of this column apart by color")
    cmd.add_argument("--facet", metavar="COLUMN", help="one chart for each value of this column")
    cmd.add_argument("--html", type=Path, metavar="OUT.html", help="write the chart as one HTML file")
    add_rules_commands(add("rules", "Rules of a table: suggest, check, export, import.", "rules"))
    cmd = add("drift", "How a file differs from a reference: columns, values, gaps.", "inspect", reads=True)
    cmd.add_argument("reference", type=file_or_address)
    cmd.add_argument("file", type=file_or_address)
    cmd = add("missing", "Where and why cells are missing.", "impute", reads=True)
    cmd.add_argument("file", type=file_or_address)
    add_gaps(cmd)
    cmd = add("impute-bench", "Which way of filling missing cells recovers hidden ones best.", "impute", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--methods", metavar="METHOD[,METHOD]", help="the methods to compare (default: all that fit)")
    add_gaps(cmd)
    cmd = add(
        "impute-chains",
        "Whether the chains of filling several times have settled: traces and R-hat.",
        "several",
        reads=True,
    )
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--columns", metavar="COLUMN[,COLUMN]", help="the columns to fill (default: all with gaps)")
    cmd.add_argument(
        "--using", metavar="COLUMN[,COLUMN]", help="the columns to predict from (default: all that can be used)"
    )
    cmd.add_argument("--logarithm", metavar="COLUMN[,COLUMN]", default="", help="columns that are drawn as logarithms")
    cmd.add_argument(
        "--draw",
        choices=("model", "matching"),
        default="model",
        help="how numbers are drawn; with matching it is said whether there are donors enough",
    )
    cmd.add_argument("--chains", type=int, default=5, help="chains, from 3 to 20 (default 5)")
    cmd.add_argument("--iterations", type=int, default=25, help="iterations of each, from 20 to 200 (default 25)")
    cmd.add_argument(
        "--split", metavar="COLUMN", help="the column that says train, validation, test: only training rows are used"
    )
    cmd.add_argument("--seed", type=int, default=0, help="the start of every random choice (default 0)")
    cmd = add(
        "pooled",
        "Results of a table filled several times, pooled by Rubin's rules: means and shares, or a regression.",
        "several",
        reads=True,
    )
    cmd.add_argument(
        "file",
        type=file_or_address,
        help="the table with the column imputation, which the step fill_several_times makes",
    )
    cmd.add_argument("--column", help="the column whose mean, or shares of values, are pooled")
    cmd.add_argument("--by", metavar="COLUMN", help="tell the mean or the shares by group")
    cmd.add_argument("--target", help="the column of numbers that a linear regression explains")
    cmd.add_argument("--predictors", metavar="COLUMN[,COLUMN]", help="the columns of numbers that it is explained by")
    cmd = add(
        "pii", "Personal data in a file: which columns hold it, and how easily rows are told apart.", "pii", reads=True
    )
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument(
        "--quasi",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that others may know, by which rows are told apart (default: those that are proposed)",
    )
    cmd.add_argument(
        "--sensitive",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that nobody should learn: l-diversity and t-closeness are counted for each",
    )
    cmd.add_argument(
        "--presidio",
        action="store_true",
        help="ask Presidio's patterns too, where installed (requirements-presidio.txt); what they see is a question",
    )
    add_anonymize(add)
    cmd = add("clusters", "Groups of values in a column of text that may be one.", "inspect", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("column")
    cmd.add_argument("--method", choices=("fingerprint", "n-gram", "phonetic", "neighbours"), default="fingerprint")
    cmd.add_argument("--distance", type=int, default=2, help="letters between neighbours, at most (default 2)")
    cmd = add("run", "Replay a recipe on a file.", "tables", reads=True)
    cmd.add_argument("recipe", type=Path)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    cmd.add_argument("--fitted", type=Path, help="write the recipe with everything it learned")
    cmd.add_argument("--refit", action="store_true", help="learn again, even where the recipe carries learned values")
    cmd.add_argument(
        "--map", action="append", default=[], metavar="OLD=NEW", help="the recipe's column OLD is NEW in this file"
    )
    cmd.add_argument(
        "--with",
        dest="others",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="another table that a step of the recipe joins or appends",
    )
    cmd.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    cmd.add_argument(
        "--on",
        choices=("memory", "batches", "spark"),
        default="memory",
        help="where it runs: in memory (default), in batches on this machine, or on Apache Spark; with --dry-run, the"
        " last two list where each step would run",
    )
    cmd.add_argument("--master", metavar="URL", help="the Spark master: spark://HOST:PORT (default: this machine)")
    cmd.add_argument(
        "--pii-gate",
        action="store_true",
        help="look for direct identifiers in the result, as is always done where a step treats personal data",
    )
    cmd.add_argument("--pii-reason", default="", metavar="TEXT", help=REASON)
    cmd.add_argument(
        "--safe-csv", action="store_true", help="put ' before CSV cells that a spreadsheet would run as a formula"
    )
    cmd = add("compare", "Which of several recipes is right for this data, on unseen rows.", "compare", reads=True)
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("recipes", type=Path, nargs="*", metavar="RECIPE", help="the recipes to compare")
    add_comparison(cmd)
    cmd = add("script", "A recipe as a plain pandas script.", "tables")
    cmd.add_argument("recipe", type=Path)
    cmd.add_argument("-o", "--out", type=Path, help="the script to write; without it, it is printed")
    cmd = add("schedule", "A recipe that runs by the clock: a line for cron, or a DAG for Airflow.", "schedule")
    cmd.add_argument("recipe", type=Path)
    cmd.add_argument("source", metavar="FILE", help="the file or folder of each run; {date} stands for its day")
    cmd.add_argument(
        "--to", required=True, metavar="OUT", help="the table that each run writes; {date} stands for its day"
    )
    cmd.add_argument(
        "--every", required=True, metavar="CRON", help='five fields of cron: "0 6 * * 1" is Mondays at six'
    )
    cmd.add_argument("--for", dest="target", choices=("cron", "airflow"), default="cron", help="default: cron")
    cmd.add_argument("--rules", default="", metavar="RULES.yaml", help="rules that the file must meet, or nothing runs")
    cmd.add_argument("--on", choices=("memory", "batches", "spark"), default="memory", help="where it runs")
    cmd.add_argument("--master", metavar="URL", help="the Spark master")
    cmd.add_argument("-o", "--out", type=Path, help="the file to write; without it, it is printed")
    cmd = add(
        "resample-bench",
        "What balancing the classes of a target would do to a model, method by method.",
        "resample",
        reads=True,
    )
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--target", required=True, help="the column with the classes")
    cmd.add_argument("--favorable", metavar="VALUE", help="the class that people wish for")
    cmd.add_argument(
        "--sensitive", action="append", default=[], metavar="COLUMN[,COLUMN]", help="columns that say who a person is"
    )
    cmd.add_argument(
        "--methods", action="append", default=[], metavar="METHOD[,METHOD]", help="only these (default: all that fit)"
    )
    cmd.add_argument(
        "--split", metavar="COLUMN", help="the column that says train, validation or test; only training rows are used"
    )
    cmd.add_argument(
        "--model", choices=("linear", "trees"), default="linear", help="the model that judges (default: linear)"
    )
    cmd.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")
    cmd = add("bias", "How groups of people fare: in the data, and in a model's decisions.", "bias", reads=True)
    cmd.add_argument("file", type=file_or_address)
    add_groups(cmd)
    cmd.add_argument(
        "--reference", metavar="GROUP", help="the group that others are compared with (default: the largest)"
    )
    cmd.add_argument(
        "--prediction",
        metavar="COLUMN",
        help="the column with decisions, or with probabilities of the favorable one (default: a model decides)",
    )
    cmd.add_argument(
        "--control", metavar="COLUMN", help="a column within whose values a model's decisions are compared too"
    )
    cmd.add_argument(
        "--strata",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that could explain a gap: outcomes are compared within them too",
    )
    cmd.add_argument(
        "--population",
        metavar="GROUP=NUMBER,…",
        help="how many there are of each group in the population, or a .json file that says it",
    )
    add_learning(cmd)
    cmd.add_argument(
        "--html", type=Path, metavar="OUT.html", help="write the report: one HTML file without small groups"
    )
    cmd.add_argument(
        "--lab",
        choices=("demographic_parity", "equalized_odds"),
        help="compare ways to act on it, those that aim at a rule aiming at this one",
    )
    cmd.add_argument("--recipe", type=Path, help="a recipe: what each of its steps does to each group")
    cmd = add("fit", "Learn one way to decide, and write it as a model that ships with a version.", "bias", reads=True)
    cmd.add_argument("file", type=file_or_address)
    add_groups(cmd)
    add_learning(cmd)
    cmd.add_argument(
        "--method",
        default="baseline",
        choices=("baseline", "exponentiated_gradient", "grid_search", "thresholds"),
        help=(
            "the way to decide (default: baseline, which does nothing about bias); thresholds needs the sensitive"
            " columns at prediction time too"
        ),
    )
    cmd.add_argument(
        "--constraint",
        choices=("demographic_parity", "equalized_odds"),
        default="demographic_parity",
        help="what shall be alike (default: demographic_parity)",
    )
    cmd.add_argument(
        "--recipe", type=Path, help="replay this recipe first; its weights are no features, and its split holds"
    )
    cmd.add_argument("-o", "--out", type=Path, required=True, help="the model to write (.json)")
    cmd = add("decide", "Ask a fitted model about the rows of a file.", "bias", reads=True)
    cmd.add_argument("model", type=Path, help="the model, as fit or a bundle has it")
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument(
        "--into", default="decision", metavar="COLUMN", help="the new column with the decisions (default: decision)"
    )
    cmd.add_argument("-o", "--out", type=Path, required=True, help="the table to write (.parquet, .csv, …)")
    cmd = add("reweigh", "Weigh rows so that each group has the favorable outcome as often.", "bias", reads=True)
    cmd.add_argument("file", type=file_or_address)
    add_groups(cmd)
    cmd.add_argument(
        "--into", default="weight", metavar="COLUMN", help="the new column with the weights (default: weight)"
    )
    cmd.add_argument("-o", "--out", type=Path, required=True, help="the table to write (.parquet, .csv, …)")
    cmd = add("synthesize", "Make a synthetic twin of a file, and judge it.", "synthesize", reads=True)
    cmd.add_argument("file", type=file_or_address)
    add_twin(cmd)
    cmd.add_argument(
        "--show-plan",
        action="store_true",
        help="print what is proposed (columns, constraints, engines) and make nothing",
    )
    cmd.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    cmd.add_argument("--report", type=Path, metavar="R.json", help="write all that is told, verdicts included")
    cmd.add_argument("--card", type=Path, metavar="CARD.md", help="write the model card")
    cmd.add_argument(
        "--script", type=Path, metavar="OUT.py", help="write a plain script that makes a twin with SDV alone"
    )
    cmd.add_argument(
        "--model", type=Path, metavar="OUT.model", help="write the model, signed with the key in DATAOPS_MODEL_KEY"
    )
    cmd.add_argument(
        "--even-if-leaking", action="store_true", help="write the twin even where it gives real people away"
    )
    cmd = add("more-rows", "Make more rows with a signed model; they are not judged.", "twins")
    cmd.add_argument("model", type=Path, help="the model, as synthesize --model writes it")
    cmd.add_argument("--rows", type=int, required=True)
    cmd.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="make only rows with this value; several are all to hold",
    )
    cmd.add_argument("--seed", type=int, help="another number gives other rows (default: the model's own)")
    cmd.add_argument("-o", "--out", type=Path, required=True, help="the table to write (.parquet, .csv, …)")
    cmd = add("twin", "Make a synthetic twin of a version, judge it, and keep it as a version.", "twins")
    cmd.add_argument("name", help="the dataset's name")
    cmd.add_argument(
        "number", type=int, nargs="?", help="the version that is learned (default: the last that is not synthetic)"
    )
    add_twin(cmd)
    cmd.add_argument("-m", "--message", required=True)
    cmd.add_argument("--reason", default="", help="why it is kept though a rule that blocks fails")
    cmd = add(
        "synthesize-tables",
        "Make synthetic twins of tables that hang together by keys, and judge them.",
        "tables_twin",
        reads=True,
    )
    cmd.add_argument(
        "files", type=file_or_address, nargs="+", metavar="FILE", help="the tables, called as their files are"
    )
    cmd.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FOLDER", help="where the twins and their model card go"
    )
    cmd.add_argument(
        "--rows",
        type=int,
        help="how many rows to make of the table on which most hang (default: as many as it has); others in proportion",
    )
    cmd.add_argument("--seed", type=int, default=0, help="the same number gives the same twins (default 0)")
    cmd.add_argument(
        "--keys",
        action="append",
        default=[],
        metavar="CHILD.COLUMN=PARENT.COLUMN",
        help="which column holds whose keys; without it, found in the data",
    )
    cmd.add_argument("--report", type=Path, metavar="R.json", help="write all that is told, verdicts included")
    cmd.add_argument("--purpose", default="", help="what the twins are for, for the model card")
    cmd.add_argument(
        "--even-if-leaking", action="store_true", help="write the twins even where one gives real people away"
    )
    cmd = add(
        "judge-synthetic",
        "Whether a synthetic table is alike, is useful, and does not reveal anyone.",
        "judge",
        reads=True,
    )
    cmd.add_argument("real", type=file_or_address, help="the rows that the synthetic ones were made from")
    cmd.add_argument("synthetic", type=file_or_address)
    cmd.add_argument(
        "--holdout",
        type=file_or_address,
        help="real rows that the generator never saw: without them, membership cannot be judged",
    )
    cmd.add_argument("--target", help="the column that models are to predict: says how useful the synthetic rows are")
    cmd.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns by whose groups usefulness is told",
    )
    cmd.add_argument(
        "--key",
        metavar="COLUMN",
        help="the column that says whose row each is, where people have several: privacy is weighed by people",
    )
    cmd.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")
    add("hash", "The content hash of a table.", "tables", reads=True).add_argument("file", type=file_or_address)
    add_store_commands(add)
    add_monitoring_commands(add)
    add_people_commands(add)
    add("guide", "Every step and check, with its settings.", "tables").add_argument("op", nargs="?")
    return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        """Bad options end as all bad input does: what, where, fix, exit code 2."""
        raise SettingError(f"{message[:1].upper()}{message[1:]}.", self.prog, f"See {self.prog} --help.")
