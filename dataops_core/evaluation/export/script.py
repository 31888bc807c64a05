"""A comparison as a plain script: it reads the table, runs the same folds and prints the same scores, with pandas and
scikit-learn alone.
"""

from __future__ import annotations

import inspect
import pprint
from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core import __version__
from dataops_core.errors import SettingError, Skip
from dataops_core.evaluation import fairness_gap, folds
from dataops_core.evaluation.export.template import TEMPLATE
from dataops_core.evaluation.fold_fit import KINDS
from dataops_core.evaluation.protocol import Comparison
from dataops_core.evaluation.scores import measures_of
from dataops_core.models import encoder, estimator, features, plain
from dataops_core.read import FORMATS
from dataops_core.read.unpack import unpack
from dataops_core.recipe.embed import Sources, valid
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.stats.cross_validation import interval
from dataops_core.steps import _classes, get
from dataops_core.steps._cells import cell_texts
from dataops_core.table import Column, guess_kind, tidy, type_of

NEEDED = (
    unpack,
    Skip,
    tidy,
    cell_texts,
    type_of,
    guess_kind,
    Column,
    interval,
    features,
    plain,
    encoder,
    estimator,
    folds.plan_folds,
    folds.sampled,
    fairness_gap.group_gap,
    _classes.group_keys,
    _classes.group_name,
)
IMPORTED = (
    ("json", "json", ""),
    ("sys", "sys", ""),
    ("warnings", "warnings", ""),
    ("np", "numpy", ""),
    ("pd", "pandas", ""),
    ("Path", "pathlib", "Path"),
    ("Any", "typing", "Any"),
)


def scoreboard_script(found: Comparison, read: Mapping[str, Any] | None = None) -> str:
    """The text of a script that reproduces a comparison's scores; `read` says how the table was read.

    Raises SettingError where a candidate works with a second table, or the model is one that somebody brought.
    """
    if found.model not in KINDS:
        raise SettingError(
            f"A script cannot carry the model {found.model}.", "script", "Compare with the linear model or with trees."
        )
    asked, problem = found.asked, found.problem
    sources = Sources()
    reader = FORMATS[(read or {}).get("format") or "csv"].read
    for needed in (reader, *NEEDED):
        sources.add(needed)
    shared = _steps(asked.field.shared.active, sources)
    done = {each.name: len(next(iter(each.scores.values()), ())) for each in found.standings}
    candidates = "".join(
        f"    {candidate.name!r}: ({done[candidate.name]}, {_steps(candidate.own, sources)}),\n"
        for candidate in asked.field.candidates
        if done[candidate.name]
    )
    scores = ", ".join(f"{key!r}: {sources.add(each.of)}" for key, each in measures_of(problem.task).items())
    sources.bring_as(IMPORTED)
    made = TEMPLATE.format(
        version=__version__,
        imports=sources.import_lines(),
        read=_literal(dict(read) if read else None),
        reader=reader.__name__,
        seed=found.seed,
        recipe_seed=asked.field.shared.seed,
        settings=_literal(
            {
                "target": problem.target,
                "task": problem.task,
                "classes": list(problem.classes),
                "good": problem.good,
                "sensitive": list(problem.groups),
                "leave_out": list(problem.leave_out),
                "split": asked.split,
                "groups": asked.groups,
                "time": asked.time,
                "folds": asked.folds,
                "repeats": asked.repeats,
                "sample": asked.sample,
                "model": found.model,
            }
        ),
        columns=_literal({column.name: [column.type, column.kind] for column in asked.columns}),
        shared=shared,
        candidates=candidates,
        scores=f"{{{scores}}}",
        pieces=sources.text(),
    )
    return valid(made, "scoreboard.py")


def _steps(entries: Sequence[RecipeStep], sources: Sources) -> str:
    return f"[{', '.join(_step(entry, sources) for entry in entries)}]"


def _step(entry: RecipeStep, sources: Sources) -> str:
    step = get(entry.op)
    if step.needs_table:
        raise SettingError(
            f'"{step.title}" works with a second table, which a script of a comparison does not have.',
            "script",
            "Join first, save a version, and compare on that.",
        )
    settings: dict[str, Any] = step.check(entry.settings)
    about = {
        "function": sources.add(step),
        "learner": sources.add(step.learner) if step.learner else None,
        "settings": settings,
        "asks": [name for name in ("seed", "split", "weighed") if _asks(step.function, name)],
        "learner_asks": [name for name in ("seed", "split", "weighed") if step.learner and _asks(step.learner, name)],
        "adds_rows": step.adds_rows,
        "marks": step.new_columns(settings) if step.adds_rows else [],
        "names": step.new_names(settings),
        "kinds": step.new_kinds(settings),
        "split": step.split_column(**settings) if step.split_column else None,
        "weight": step.weight_column(**settings) if step.weight_column else None,
    }
    parts = [f"{key!r}: {value if key in ('function', 'learner') else _literal(value)}" for key, value in about.items()]
    return "{" + ", ".join(parts) + "}"


def _asks(function: Any, name: str) -> bool:
    return name in inspect.signature(function).parameters


def _literal(value: Any) -> str:
    return pprint.pformat(value, width=110, compact=True, sort_dicts=False)
