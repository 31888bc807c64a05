"""The commands that watch deliveries, with their options."""

from __future__ import annotations

from dataops_core.cli.addresses import file_or_address
from dataops_core.cli.store_options import Add

RETRY = "go on trying to send alerts for so many seconds (default 30)"


def add_monitoring_commands(add: Add) -> None:
    """Add the commands that watch deliveries."""
    cmd = add("watch", "Hold a new delivery of a dataset against a version.", "monitoring", reads=True)
    cmd.add_argument("name", help="the dataset's name")
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument(
        "--against", type=int, metavar="V", help="the version (default: the one in production, else the newest)"
    )
    cmd.add_argument("--retry", type=float, default=30.0, metavar="SECONDS", help=RETRY)
    cmd = add("deliveries", "The deliveries of a dataset and how they stand.", "monitoring")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, nargs="?", metavar="N", help="this one with all that was checked")
    either = cmd.add_mutually_exclusive_group()
    either.add_argument("--accept", metavar="REASON", help="let delivery N out of quarantine; the audit log keeps why")
    either.add_argument("--reject", metavar="REASON", help="reject delivery N; the audit log keeps why")
    cmd = add("limits", "What deliveries of a dataset are held to.", "monitoring")
    cmd.add_argument("name")
    cmd.add_argument("--set", action="append", default=[], metavar="LIMIT=VALUE", help="change this one")
    cmd = add("alerts", "Send the alerts that are due, and list all.", "monitoring")
    cmd.add_argument("--retry", type=float, default=30.0, metavar="SECONDS", help=RETRY)
