"""A synthetic table of a table: learned from one half of it, made row by row, and judged with the other half."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.progress import Progress, no_progress, part_of
from dataops_core.synthetic.constraints.constraint import Constraint, counted
from dataops_core.synthetic.engines.batches import drawn
from dataops_core.synthetic.engines.engine import version_of
from dataops_core.synthetic.engines.registry import ENGINES, Fitted, engine, fit, seeded
from dataops_core.synthetic.plan.plan import Settings, constraints_of, emptied, halves, parts, plan, sequence_of
from dataops_core.synthetic.prepare.column_treatments import apply_choices, known_values
from dataops_core.synthetic.prepare.table_encoder import Coder, decode, finished
from dataops_core.synthetic.prepare.table_encoder import learn as learn_coder
from dataops_core.synthetic.sequences import model as sequence_model
from dataops_core.synthetic.sequences.model import Sequences
from dataops_core.synthetic.sequences.verdict import sequence_verdict
from dataops_core.table import Table, write_table
from dataops_core.values.numbers import in_days


@dataclass(frozen=True)
class Model:
    """What was learned: all that is needed to make more rows, and none of the rows."""

    settings: Settings
    coder: Coder
    fitted: Fitted
    rows: int  # that the table had
    sequences: Sequences | None = None  # where rows follow each other

    @property
    def made_up(self) -> list[str]:
        """The columns that are made up anew."""
        coders = (self.coder, self.sequences.whose) if self.sequences else (self.coder,)
        return [str(column["name"]) for coder in coders for column in coder.columns if column["how"] == "made"] + (
            [str(self.sequences.chosen["key"])] if self.sequences else []
        )

    @property
    def constraints(self) -> Sequence[Constraint]:
        """All that must hold in its rows."""
        return self.sequences.constraints if self.sequences else self.coder.constraints


def learn(
    table: Table, settings: Settings, proposed: Mapping[str, Any], progress: Progress = no_progress
) -> tuple[Model, dict[str, Any]]:
    """Learn a table: the model, and what happened before learning ("constraints", "emptied", "tamed", "dropped",
    "learned_rows", "treatment").
    """
    engine(settings.engine)
    frame = table.frame()
    decided = apply_choices(list(proposed["columns"]), settings.columns)
    sequence = sequence_of(table, frame, settings, proposed)
    key = sequence["key"] if sequence else None
    mine, _ = halves(table, frame, settings.seed, key)
    some, cells = emptied(table, frame, decided)
    some = some.iloc[mine]
    constraints = constraints_of(settings, proposed, some)
    progress(0.0, "Preparing the rows that are learned from")
    if sequence and ENGINES[settings.engine].sequences:
        return _learn_sequences(
            table,
            some,
            decided,
            [each for each in constraints if key not in each.columns],
            sequence,
            settings,
            cells,
            progress,
        )
    coder, encoded = learn_coder(some, table.columns, decided, constraints, settings.rare, seeded(settings.seed))
    if not len(encoded.columns):
        raise SettingError("There is no column to learn.", "synthesize", "Treat at least one column as learned.")
    fitted = fit(
        settings.engine,
        encoded.reset_index(drop=True),
        coder.numbers,
        coder.enforced,
        seed=settings.seed,
        epochs=settings.epochs,
        progress=progress,
    )
    told = {
        "constraints": [counted(some, each).to_json() for each in coder.constraints],
        "emptied": cells,
        "tamed": dict(coder.tamed),
        "dropped": coder.dropped,
        "learned_rows": len(encoded),
        "treatment": [{key: each[key] for key in ("column", "as", "maker", "why")} for each in decided],
    }
    return Model(settings, coder, fitted, table.rows), told


def _learn_sequences(
    table: Table,
    some: pd.DataFrame,
    decided: Sequence[Mapping[str, Any]],
    constraints: Sequence[Constraint],
    sequence: Mapping[str, Any],
    settings: Settings,
    cells: Mapping[str, int],
    progress: Progress,
) -> tuple[Model, dict[str, Any]]:
    key = sequence["key"]
    decided = [
        (
            {
                **each,
                "as": "make",
                "maker": each["maker"] if each["found"] else "key",
                "why": "it says which rows are a sequence",
            }
            if each["column"] == key and each["as"] != "leave out"
            else each
        )
        for each in decided
    ]
    learned, done = sequence_model.learn(some, table.columns, decided, constraints, sequence, settings, progress)
    coders = (learned.whose, learned.coder)
    told = {
        "constraints": [counted(some, each).to_json() for each in learned.constraints],
        "emptied": dict(cells),
        "tamed": {k: v for coder in coders for k, v in coder.tamed.items()},
        "dropped": sum(coder.dropped for coder in coders),
        "learned_rows": done["rows"],
        "treatment": [{k: each[k] for k in ("column", "as", "maker", "why")} for each in decided],
        "sequences": (
            {k: sequence[k] for k in ("key", "index", "context", "words")}
            | {"real": sequence["sequences"], "learned": done["learned"], "without": done["without"]}
        ),
    }
    return Model(settings, learned.coder, learned.fitted, table.rows, learned), told


def make(
    model: Model,
    rows: int | None = None,
    *,
    where: Sequence[Mapping[str, Any]] = (),
    seed: int | None = None,
    real: Mapping[str, set[str]] | None = None,
    progress: Progress = no_progress,
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Rows of a synthetic table, and for each request {"values", "asked", "made"}: a request that cannot be met in full
    says so.

    `real` are values that made-up columns must not hold. The same seed gives the same rows. Sequences come whole: about
    as many rows as are asked for, or as many sequences as there were; they answer "sequences" besides, and raise
    SettingError where `where` is given.
    """
    seed = model.settings.seed if seed is None else seed
    if model.sequences:
        if where:
            raise SettingError(
                "Sequences cannot be asked for by values.",
                "where",
                "Leave the conditions out, or choose another engine.",
            )
        count = None if rows else int(model.sequences.chosen["sequences"])
        frame, done = sequence_model.make(
            model.sequences,
            count,
            rows,
            seed=seed,
            real=real or {},
            progress=lambda share: progress(share, "Making sequences"),
        )
        return frame, [{"values": {}, "asked": rows or len(frame), "made": len(frame), "sequences": done}]
    requests = [dict(each) for each in where] or [{"values": {}, "rows": rows or model.rows}]
    batches, told = [], []
    for number, request in enumerate(requests):
        values = _encoded_values(model.coder, request["values"])
        part = drawn(
            model.coder,
            model.fitted,
            int(request["rows"]),
            values,
            seed + 7_919 * number,
            partial(_share_of, progress, number, len(requests)),
        )
        batches.append(part)
        told.append({"values": dict(request["values"]), "asked": int(request["rows"]), "made": len(part)})
    encoded = pd.concat(batches, ignore_index=True)
    generator = np.random.default_rng([seed, 2])
    return finished(model.coder, decode(model.coder, encoded), encoded, generator, real or {}), told


def _share_of(progress: Progress, at: int, of: int, share: float) -> None:
    progress((at + share) / of, "Making rows")


def _encoded_values(coder: Coder, values: Mapping[str, Any]) -> dict[str, Any]:
    """The wished values as the engine knows them. Raises SettingError for a column that is not learned or a value that
    was not.
    """
    made: dict[str, Any] = {}
    learned = {column["name"]: column for column in coder.learned}
    for name, value in values.items():
        if name not in learned:
            raise SettingError(
                f'Rows cannot be made by "{name}": it is not learned.', "where", nearest(name, list(learned))
            )
        column = learned[name]
        if column["how"] == "category":
            same = [kept for kept in column["values"] if kept == str(value)] or [
                kept for kept in column["values"] if kept.lower() == str(value).strip().lower()
            ]
            if not same:
                raise SettingError(
                    f'"{name}" has no value "{value}" among those that were learned.',
                    "where",
                    nearest(str(value), column["values"]),
                )
            made[name] = same[0]
            continue
        try:
            made[name] = (
                float(in_days(pd.Series([pd.Timestamp(value)]).astype("datetime64[us]"))[0])
                if column["type"] == "datetime"
                else float(value)
            )
        except (TypeError, ValueError) as error:
            raise SettingError(
                f'"{value}" is not a value of "{name}".', "where", "Write a number, or a date as 2024-12-31."
            ) from error
        if not column["low"] <= made[name] <= column["high"]:
            raise SettingError(
                f'"{name}" was learned without values as extreme as {value}.',
                "where",
                "Choose a value within the learned range.",
            )
    return made


def synthesize(
    table: Table,
    out: Path,
    settings: Settings | None = None,
    *,
    proposed: Mapping[str, Any] | None = None,
    judged: bool = True,
    progress: Progress = no_progress,
) -> tuple[Table, dict[str, Any], Model]:
    """Make a synthetic table of a table, write it to `out` (Parquet), and judge it with the half that nothing was
    learned from.

    Answers the synthetic data, what a model card tells of it ("engine", "rows", "settings", "treatment", "constraints",
    "conditions", "tamed", "judge", …) and the model. The same table, settings and versions give the same content hash.
    """
    settings = settings or Settings()
    proposed = proposed or plan(table, seed=settings.seed, epochs=settings.epochs, progress=part_of(progress, 0, 0.1))
    cost = ENGINES[settings.engine].epochs
    learned, made = (0.7, 0.75) if cost else (0.3, 0.4)
    model, told = learn(table, settings, proposed, part_of(progress, 0.1, learned))
    frame = table.frame()
    real = {name: known_values(frame[name]) for name in model.made_up}
    rows, conditions = make(
        model,
        settings.rows,
        where=settings.where,
        real=real,
        progress=part_of(progress, learned, made),
    )
    if rows.empty:
        raise SettingError(
            "No row could be made that meets the conditions and constraints.",
            "synthesize",
            "Ask for other values, or drop a constraint.",
        )
    sequence = model.sequences.chosen if model.sequences else None
    key = (sequence_of(table, frame, settings, proposed) or {"key": None})["key"]
    # whose rows they are, where that was not learned
    people = key if key in model.made_up and key in rows.columns else None
    synthetic = write_table(
        out,
        [rows],
        {name: "id" if name == people else kind for name, kind in table.kinds.items() if name in rows.columns},
    )
    if sequence:
        told["sequences"] |= conditions[0].pop("sequences")
    after = [counted(rows, each) for each in model.constraints]
    told["constraints"] = [
        {**before, "rows_after": now.rows, "violations_after": now.violations}
        for before, now in zip(told["constraints"], after, strict=True)
    ]
    used = ENGINES[settings.engine]
    told |= {
        "engine": {
            "name": used.name,
            "title": used.title,
            "package": used.package,
            "version": version_of(used.package),
            "licence": used.licence,
        },
        "rows": {
            "real": table.rows,
            "learned": told.pop("learned_rows"),
            "made": synthetic.rows,
            "asked": sum(each["asked"] for each in conditions),
        },
        "conditions": conditions,
        "settings": settings.to_json(),
        "source_hash": table.content_hash,
        "content_hash": synthetic.content_hash,
        "columns": [{"name": c.name, "type": c.type, "kind": c.kind} for c in synthetic.columns],
    }
    if judged:
        from dataops_core.synthetic.evaluate.evaluate import judge

        mine, others = halves(table, frame, settings.seed, key)
        with tempfile.TemporaryDirectory(dir=out.parent) as folder:
            train, holdout = parts(table, frame, mine, others, Path(folder), people)
            told["judge"] = judge(
                train,
                synthetic,
                holdout=holdout,
                target=settings.target,
                by=[name for name in settings.sensitive if name in synthetic.names],
                requests=conditions,
                made_up=model.made_up,
                key=people,
                seed=settings.seed,
                progress=part_of(progress, made, 1),
            ).to_json()
        if sequence:
            told["sequences"]["verdict"] = sequence_verdict(
                frame.iloc[mine],
                rows,
                frame.iloc[others],
                sequence,
                [c for c in table.columns if c.name in rows.columns],
                settings.seed,
            ).to_json()
    return synthetic, told, model
