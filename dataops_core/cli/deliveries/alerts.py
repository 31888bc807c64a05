"""Send the alerts that are due, and list all.

dataops alerts
"""

from __future__ import annotations

import argparse

from dataops_core.cli.deliveries.watch import RETRY
from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.monitoring.channels import channels
from dataops_core.store.monitoring import alerts
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--retry", type=float, default=30.0, metavar="SECONDS", help=RETRY)


def run(args: argparse.Namespace) -> int:
    """Send the alerts that are due, and list them all: exit code 1 while one is not sent."""
    store = Store()
    alerts.send_due(store, whoami(), patience=args.retry)
    told, ways = alerts.listed(store), channels(store.home)
    if args.json:
        leads = {name: way.leads_to for name, way in ways.items()}
        print_json({"channels": leads, "alerts": [each.to_json() for each in told]})
    else:
        for name, way in ways.items():
            print(f"{name}: {way.leads_to}")
        print_table(
            ("dataset", "delivery", "channel", "sent", "attempts", "error"),
            [(e.body["dataset"], str(e.delivery), e.channel, e.sent or "", str(e.attempts), e.error) for e in told],
        )
    return int(any(each.sent is None for each in told))
