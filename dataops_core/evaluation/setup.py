"""What all folds of a comparison share: candidates, the table after the steps they begin with, the problem it poses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip
from dataops_core.evaluation.candidates import Candidate, Field, prepared
from dataops_core.evaluation.fold_fit import FoldResult, Model, fit_fold
from dataops_core.evaluation.folds import Fold
from dataops_core.evaluation.problem import SAMPLE, Problem, make_problem
from dataops_core.hashing import canonical, sha256
from dataops_core.recipe.frames import columns_after, fit_frame
from dataops_core.recipe.recipe import from_json, names_after
from dataops_core.recipe.replay import Tables
from dataops_core.table import Column, Table


@dataclass(frozen=True)
class Request:
    """What is asked of a comparison, by names in the raw table."""

    candidates: tuple[Candidate, ...]
    target: str
    favorable: str | None = None
    sensitive: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    model: Model = "linear"
    split: str | None = None
    groups: str | None = None
    time: str | None = None
    folds: int = 5
    repeats: int = 2
    seed: int = 0
    sample: int = SAMPLE

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, for another process; the model must be one by name."""
        rest = {name: value for name, value in vars(self).items() if name != "candidates"}
        return rest | {"candidates": [[each.name, each.recipe.to_json()] for each in self.candidates]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Request:
        """The request that `to_json` made into JSON."""
        candidates = tuple(Candidate(name, from_json(recipe)) for name, recipe in value["candidates"])
        lists = {name: tuple(value[name]) for name in ("sensitive", "leave_out")}
        return cls(**{**value, **lists, "candidates": candidates})


@dataclass(frozen=True)
class Setup:
    """The candidates with the steps of their own, the whole table after the shared ones, and the problem in it; `base`
    is the hash of what every fold's result depends on.
    """

    field: Field
    split: str | None
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    problem: Problem
    model: Model
    tables: Tables
    base: str

    def outcome(self, candidate: Candidate, fold: Fold) -> FoldResult | str:
        """One fold of one candidate; what goes wrong is the candidate's failure, and is said."""
        try:
            return fit_fold(candidate, self.problem, self.columns, fold.learn, fold.judge, self.model, self.tables)
        except (DataOpsError, Skip) as error:
            return str(error)
        except ValueError as error:  # of a model that cannot take what the recipe leaves
            return f"The model cannot learn from its result: {error}"


def set_up(table: Table, request: Request, tables: Tables) -> Setup:
    """Do the shared steps and pose the problem; raises SettingError where that cannot be done."""
    for candidate in request.candidates:
        try:
            candidate.recipe.check(table.names)
        except SettingError as error:
            raise SettingError(error.what, f"{candidate.name}, {error.where}", error.fix) from error
    field = prepared(request.candidates, request.target)
    shared = field.shared
    settled, frame = fit_frame(shared, table.frame(), tables)
    context = settled.context
    if request.split is not None:
        table.column(request.split)
        context = type(context)(request.split, context.weights)
    columns = columns_after(table.columns, shared.active, frame)
    now = {old: new for old, new in names_after(shared.active).items() if old not in frame.columns}
    problem = make_problem(
        frame,
        columns,
        now.get(request.target, request.target),
        context,
        favorable=request.favorable,
        sensitive=[now.get(name, name) for name in request.sensitive],
        leave_out=[
            *(now.get(name, name) for name in request.leave_out),
            *([context.split] if context.split else []),
        ],
        groups=request.groups,
        time=request.time,
        folds=request.folds,
        repeats=request.repeats,
        seed=request.seed,
        sample=request.sample,
    )
    kinds = [[column.name, column.kind] for column in columns]
    about = [table.content_hash, kinds, shared.to_json()["steps"], shared.seed, _about(problem), str(request.model)]
    base = sha256(canonical(about))
    return Setup(field, context.split, frame, tuple(columns), problem, request.model, tables, base)


def _about(problem: Problem) -> dict[str, Any]:
    """What else a fold's result depends on, as JSON values: the rows, and who teaches whom."""
    rows = pd.util.hash_array(problem.frame.index.to_numpy())
    rounds = [pd.util.hash_array(each.judge).sum() for each in problem.plan.rounds]
    return {
        "target": problem.target,
        "favorable": problem.favorable,
        "leave_out": list(problem.leave_out),
        "rows": str(rows.sum()),
        "rounds": [str(each) for each in rounds],
    }


def table_to_json(table: Table) -> dict[str, Any]:
    """The handle of a table as plain JSON values, for another process."""
    return asdict(table) | {"path": str(table.path.absolute())}
