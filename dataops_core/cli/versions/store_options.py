"""The commands on the store, with their options: versions, datasets, the check of all files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from dataops_core.cli.addresses import file_or_address

REASON = "why direct identifiers that no step treats may leave; without it they stop the command"
Add = Callable[..., argparse.ArgumentParser]  # of a name, what it does, the module with its handler


def add_store_commands(add: Add) -> None:
    """Add the commands on the store."""
    cmd = add("commit", "Commit a file, repaired by a recipe, as a version.", "versions", reads=True)
    cmd.add_argument("name", help="the dataset's name; made if it is new")
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--recipe", type=Path)
    cmd.add_argument(
        "--with-model",
        action="append",
        default=[],
        type=Path,
        metavar="MODEL.json",
        help="a model of fit on the same file and recipe, to ship with the version",
    )
    cmd.add_argument("--rules", type=Path, metavar="RULES.yaml", help="make these the rules of the dataset first")
    cmd.add_argument("--reason", default="", help="why it is saved though a rule that blocks fails")
    cmd.add_argument("-m", "--message", required=True)
    cmd.add_argument("--pii-reason", default="", metavar="TEXT", help=REASON)
    add("log", "The versions of a dataset.", "versions").add_argument("name")
    cmd = add("overview", "How every dataset stands: size, score, findings, steps, last version.", "datasets")
    cmd.add_argument("name", nargs="?", help="only this dataset")
    cmd = add("rename", "Give a dataset another name.", "datasets")
    cmd.add_argument("name")
    cmd.add_argument("new_name")
    cmd = add("delete", "Delete a dataset with its versions and files; the audit log remembers it.", "datasets")
    cmd.add_argument("name")
    cmd.add_argument("--confirm", required=True, metavar="NAME", help="the name of the dataset once more")
    cmd = add("fsck", "Check every stored file and the audit log; say which versions a damage touches.", "versions")
    cmd.add_argument("--heal", action="store_true", help="rebuild damaged tables from their raw files and recipes")
    cmd = add("audit", "Who did what and when; the log as files with a verifier.", "audit")
    cmd.add_argument("name", nargs="?", help="only what concerns this dataset")
    cmd.add_argument("--who", metavar="PERSON", help="only what this person did")
    cmd.add_argument("--what", metavar="ACTION", help='only this, such as "version committed"')
    cmd.add_argument("--since", metavar="DATE", help="only from this day on: 2026-12-31")
    cmd.add_argument("--text", help="only entries with this text in their details")
    cmd.add_argument("-o", "--out", type=Path, metavar="DIR", help="write the whole log, anchors and verify_audit.py")
    cmd = add("diff", "What differs between two versions.", "versions")
    cmd.add_argument("name")
    cmd.add_argument("one", type=int, metavar="A")
    cmd.add_argument("other", type=int, metavar="B")
    cmd = add("export", "Write the bundle of a version.", "versions")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, metavar="V")
    cmd.add_argument("-o", "--out", type=Path, required=True)
    cmd.add_argument("--pii-reason", default="", metavar="TEXT", help=REASON)
    cmd = add("checkout", "Write a version into a folder that other programs use.", "checkout")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, metavar="V")
    cmd.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="a new or empty folder, or a checkout"
    )
    cmd.add_argument("--dvc", action="store_true", help="with the files for dvc pull, status and repro")
    cmd.add_argument("--pii-reason", default="", metavar="TEXT", help=REASON)
    cmd = add("lineage", "Which steps touched each column of a version, and where it comes from.", "lineage")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, nargs="?", metavar="V", help="without it: the graph of all versions, as DOT")
    cmd.add_argument("--column", help="only this column")
    cmd.add_argument("--dot", action="store_true", help="as a graph in the DOT language of Graphviz")
    cmd = add("verify", "Check every byte of a bundle, rebuild its files and compare.", "versions")
    cmd.add_argument("bundle", type=Path)
    cmd.add_argument("--key", help="the public key of whoever should have signed it, or a file that holds it")
    add("signing-key", "Make a pair of keys for signing bundles.", "versions")
