"""Learn one way to decide, and write it as a model that ships with a version.

dataops fit sample_data/loan_applications.csv --target approved --favorable yes --sensitive sex -o model.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.judge.groups import add_groups, add_learning, cuts, left_out, words_on_weights
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    add_groups(parser)
    add_learning(parser)
    parser.add_argument(
        "--method",
        default="baseline",
        choices=("baseline", "exponentiated_gradient", "grid_search", "thresholds"),
        help=(
            "the way to decide (default: baseline, which does nothing about bias); thresholds needs the sensitive"
            " columns at prediction time too"
        ),
    )
    parser.add_argument(
        "--constraint",
        choices=("demographic_parity", "equalized_odds"),
        default="demographic_parity",
        help="what shall be alike (default: demographic_parity)",
    )
    parser.add_argument(
        "--recipe", type=Path, help="replay this recipe first; its weights are no features, and its split holds"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="the model to write (.json)")


def run(args: argparse.Namespace) -> int:
    """Learn one way to decide from a file, repaired by a recipe, and write it."""
    from dataops_core.fairness import fit
    from dataops_core.fairness.fitted import features_of
    from dataops_core.hashing import canonical
    from dataops_core.recipe import recipe as recipes
    from dataops_core.recipe.replay import run_recipe
    from dataops_core.write import write_text

    if args.target is None or args.favorable is None:
        raise SettingError(
            "A way to decide is learned from outcomes, and none is named.", "fit", "Add --target and --favorable."
        )
    recipe = recipes.load(args.recipe) if args.recipe else recipes.Recipe()
    with reading(args, recipe if args.recipe else None) as (source, folder):
        done = run_recipe(recipe, source.table, folder)
        if done.failed:
            raise SettingError(f"{done.failed.sentence}: {done.failed.reason}", str(args.recipe), "Mend the recipe.")
        model = fit(
            done.table,
            args.target,
            args.favorable,
            names(args.sensitive),
            args.method,
            constraint=args.constraint,
            kind=args.kind,
            split=args.split or done.earlier.split,
            cuts=cuts(args.cut),
            leave_out=[*left_out(args), *(name for name in done.earlier.weights if name in done.table.names)],
            seed=args.seed,
            progress=show_progress,
        )
    write_text(args.out, canonical(model))
    told = {
        key: model[key]
        for key in (
            "method",
            "title",
            "needs",
            "at_prediction",
            "target",
            "favorable",
            "sensitive",
            "learned_from",
            "judged",
        )
    }
    told |= {"features": features_of(model), "words": words_on_weights(features_of(model)), "out": str(args.out)}
    if args.json:
        return print_json(told)
    judged = model["judged"]
    print(
        f"{model['title']}: learned from {model['learned_from']['rows']:,} rows, by {', '.join(told['features'])};"
        f" never by {', '.join(model['sensitive'])}."
    )
    print(f"It needs {model['needs']}.")
    print(
        f"{judged['accuracy']:.1%} of its decisions about {judged['rows']:,} rows that it did not learn from are right."
        f" Who pays: {', '.join(dict.fromkeys(m['group'] for m in judged['pays'])) or 'nobody clearly'}."
    )
    for line in told["words"]:
        print(line)
    print(f"The model is in {args.out}.")
    return 0
