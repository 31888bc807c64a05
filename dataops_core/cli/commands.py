"""The commands, each a module, and the parser of what is asked of them.

The first line of a command's module says what it does; the lines below that begin with `dataops` are the examples that
its `--help` shows and a test runs; `add_options` adds its options to a parser; `run` is its handler and answers the
exit code.
"""

from __future__ import annotations

import argparse
import ast
import inspect
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from dataops_core import __version__
from dataops_core.errors import SettingError

# the modules of a folder, in the order of --help; a command is called as its module, and so is one below "rules"
MODULES = {
    "inspect": ("read", "profile", "explore", "drift", "clusters", "missing", "pii", "hash", "guide"),
    "clean": (
        *("repair", "run", "script", "schedule", "compare", "anonymize"),
        *("impute_bench", "impute_chains", "pooled", "resample_bench"),
    ),
    "rules": ("suggest", "check", "export", "import_"),
    "judge": ("bias", "reweigh", "fit", "decide"),
    "synthetic": ("synthesize", "more_rows", "synthesize_version", "synthesize_tables", "judge_synthetic"),
    "versions": (
        *("commit", "log", "diff", "export", "publish", "checkout", "lineage", "verify", "signing_key"),
        *("overview", "rename", "purge", "compact", "delete", "rebuild", "fsck", "gc", "audit", "team_store"),
    ),
    "deliveries": ("watch", "deliveries", "limits", "alerts"),
    "people": ("roles", "members", "promote", "approve", "rollback", "environments", "sign_off"),
}
GROUPS = ("rules",)  # commands with commands below them: `rules check`
COMMANDS = {
    f"{folder + ' ' if folder in GROUPS else ''}{module.rstrip('_').replace('_', '-')}": f"{folder}.{module}"
    for folder, modules in MODULES.items()
    for module in modules
}


def make_parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser of all commands; with arguments, only that of the command they call has options, so that no other
    module is imported.
    """
    parser = _Parser(prog="dataops", description="Read, profile, repair and version tables, and rebuild them anywhere.")
    parser.add_argument("--version", action="version", version=f"dataops {__version__}")
    below = {"": _below(parser, "commands", "COMMAND")}
    words = [each for each in argv or () if not each.startswith("-")]
    for name, module in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        if group and group not in below:
            made = _add(below[""], group, group)
            made.add_argument("--json", action="store_true", help="print one JSON document")
            below[group] = _below(made, "what to do", "DO")
        made = _add(below[group], last, module)
        if argv is None or name.split() == words[: len(name.split())]:
            _fill(made, module, in_group=bool(group))
    return parser


def examples(text: str) -> list[str]:
    """The lines of a command's documentation that are to be run."""
    return [line for line in text.splitlines() if line.startswith("dataops ")]


def documentation(code: str) -> str:
    """The documentation of a command's module, which its text begins with; to parse the rest of some sixty modules at
    each start would cost a fifth of a second.

    >>> documentation('\"\"\"Says hello.\"\"\"\\n\\nimport sys')
    'Says hello.'
    """
    return inspect.cleandoc(ast.literal_eval(code[: code.index('"""', 3) + 3]))


def _below(parser: argparse.ArgumentParser, title: str, metavar: str) -> Any:
    return parser.add_subparsers(title=title, metavar=metavar, required=True, parser_class=_Parser)


def _add(commands: Any, name: str, module: str) -> argparse.ArgumentParser:
    """A parser without options. What it does is taken from the module's text, and the module is not imported."""
    place = Path(__file__).parent / module.replace(".", "/")
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    text = documentation(path.read_text(encoding="utf-8"))
    does, _, _ = text.partition("\n\n")
    shown = "".join(f"\n  {line}" for line in examples(text))
    return commands.add_parser(
        name,
        help=does,
        description=" ".join(does.split()),
        epilog=f"example:{shown}" if shown else None,
        formatter_class=_Help,
    )


def _fill(parser: argparse.ArgumentParser, module: str, *, in_group: bool) -> None:
    code = import_module(f"dataops_core.cli.{module}")
    parser.set_defaults(run=code.run)
    default: Any = argparse.SUPPRESS if in_group else False  # or it would undo what stands before its name
    parser.add_argument("--json", action="store_true", default=default, help="print one JSON document")
    code.add_options(parser)


class _Help(argparse.HelpFormatter):
    """Help that keeps the lines of examples."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        """Bad options end as all bad input does: what, where, fix, exit code 2."""
        raise SettingError(f"{message[:1].upper()}{message[1:]}.", self.prog, f"See {self.prog} --help.")
