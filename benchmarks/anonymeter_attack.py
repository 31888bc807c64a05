"""Anonymeter's attacks on one synthetic table, for an environment of its own: `python anonymeter_attack.py TRAINING
SYNTHETIC HOLDOUT` (CSV files).

Anonymeter needs an older numpy than the workbench, so `claims_copies` runs this file with the interpreter that
ANONYMETER_PYTHON names. It prints {ATTACK: the lower end of the 95 % interval of the privacy risk, against the holdout
as control}; an attack that fails is null.
"""

from __future__ import annotations

import json
import sys
import warnings

import pandas as pd
from anonymeter.evaluators import LinkabilityEvaluator, SinglingOutEvaluator

ATTACKS = 200


def main() -> None:
    warnings.simplefilter("ignore")
    training, made, holdout = (pd.read_csv(path) for path in sys.argv[1:4])
    names = list(training.columns)
    sides = {"ori": training, "syn": made, "control": holdout, "n_attacks": min(ATTACKS, len(holdout))}
    found = {}
    for attack in ("singling out", "linkability"):
        try:
            if attack == "singling out":
                evaluator = SinglingOutEvaluator(**sides, n_cols=min(4, len(names)), seed=0)
                evaluator.evaluate(mode="multivariate")
            else:
                evaluator = LinkabilityEvaluator(**sides, aux_cols=(names[::2], names[1::2]), n_neighbors=5)
                evaluator.evaluate(n_jobs=1)
            found[attack] = float(evaluator.risk().ci[0])
        except Exception:  # noqa: BLE001 - whatever it is, it did not find anything
            found[attack] = None
    print(json.dumps(found))


if __name__ == "__main__":
    main()
