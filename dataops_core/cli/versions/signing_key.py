"""Make a pair of keys for signing bundles.

dataops signing-key
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.export.signature import KEY, new_key


def add_options(parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(args: argparse.Namespace) -> int:
    """Make a pair of keys: the secret one signs each bundle that is exported, the public one is for whoever verifies
    it.
    """
    secret, public = new_key()
    if args.json:
        return print_json({"secret": secret, "public": public})
    print(
        f'Keep this one secret; put it into .streamlit/secrets.toml, or set it in the environment:\n{KEY} = "{secret}"'
    )
    print(f"Give this one to those who verify your bundles (verify --key):\n{public}")
    return 0
