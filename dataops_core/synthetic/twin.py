"""A twin of a table: learned from one half of it, made row by row, and judged with the other half."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.synthetic.coder import Coder, decode, finished
from dataops_core.synthetic.coder import learn as learn_coder
from dataops_core.synthetic.constraints import all_hold, described, numeric
from dataops_core.synthetic.engines import ENGINES, Fitted, engine, fit, seeded, version_of
from dataops_core.synthetic.gate import known_values, settled
from dataops_core.synthetic.plan import Progress, Settings, constraints_of, emptied, halves, parts, plan
from dataops_core.table import Table, write_table

TRIES = 40  # batches that are drawn for rows that keep to constraints and conditions, at most
BATCH = 50_000


@dataclass(frozen=True)
class Model:
    """What was learned: all that is needed to make more rows, and none of the rows."""

    settings: Settings
    coder: Coder
    fitted: Fitted
    rows: int  # that the table had


def learn(table: Table, settings: Settings, proposed: Mapping[str, Any], progress: Progress = lambda _share, _note: None) -> tuple[Model, dict[str, Any]]:
    """Learn a table: the model, and what happened before learning ("constraints", "emptied", "tamed", "dropped", "learned_rows", "treatment")."""
    engine(settings.engine)
    frame = table.frame()
    decided = settled(list(proposed["columns"]), settings.columns)
    mine, _ = halves(table, frame, settings.seed)
    some, cells = emptied(table, frame, decided)
    some = some.iloc[mine]
    constraints = constraints_of(settings, proposed, some)
    progress(0.0, "Preparing the rows that are learned from")
    coder, encoded = learn_coder(some, table.columns, decided, constraints, settings.rare, seeded(settings.seed))
    if not len(encoded.columns):
        raise SettingError("There is no column to learn.", "synthesize", "Treat at least one column as learned.")
    fitted = fit(settings.engine, encoded, coder.numbers, coder.enforced, seed=settings.seed, epochs=settings.epochs, progress=progress)
    told = {
        "constraints": [described(some, each) for each in coder.constraints], "emptied": cells, "tamed": dict(coder.tamed), "dropped": coder.dropped,
        "learned_rows": len(encoded), "treatment": [{key: each[key] for key in ("column", "as", "maker", "why")} for each in decided],
    }
    return Model(settings, coder, fitted, table.rows), told


def make(
    model: Model, rows: int | None = None, *, where: Sequence[Mapping[str, Any]] = (), seed: int | None = None, real: Mapping[str, set[str]] | None = None,
    progress: Progress = lambda _share, _note: None,
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Rows of a twin, and for each request {"values", "asked", "made"}: a request that cannot be met in full says so.

    `real` are values that made-up columns must not hold. The same seed gives the same rows.
    """
    seed = model.settings.seed if seed is None else seed
    requests = [dict(each) for each in where] or [{"values": {}, "rows": rows or model.rows}]
    drawn, told = [], []
    for number, request in enumerate(requests):
        values = _encoded_values(model.coder, request["values"])
        part = _drawn(model, int(request["rows"]), values, seed + 7_919 * number, lambda share, at=number: progress((at + share) / len(requests), "Making rows"))
        drawn.append(part)
        told.append({"values": dict(request["values"]), "asked": int(request["rows"]), "made": len(part)})
    encoded = pd.concat(drawn, ignore_index=True)
    generator = np.random.default_rng([seed, 2])
    return finished(model.coder, decode(model.coder, encoded), encoded, generator, real or {}), told


def _encoded_values(coder: Coder, values: Mapping[str, Any]) -> dict[str, Any]:
    """The wished values as the engine knows them. Raises SettingError for a column that is not learned or a value that was not."""
    made: dict[str, Any] = {}
    learned = {column["name"]: column for column in coder.learned}
    for name, value in values.items():
        if name not in learned:
            raise SettingError(f'Rows cannot be made by "{name}": it is not learned.', "where", nearest(name, list(learned)))
        column = learned[name]
        if column["how"] == "category":
            same = [kept for kept in column["values"] if kept == str(value)] or [kept for kept in column["values"] if kept.lower() == str(value).strip().lower()]
            if not same:
                raise SettingError(f'"{name}" has no value "{value}" among those that were learned.', "where", nearest(str(value), column["values"]))
            made[name] = same[0]
            continue
        try:
            made[name] = float(numeric(pd.Series([pd.Timestamp(value)]).astype("datetime64[us]"))[0]) if column["type"] == "datetime" else float(value)
        except (TypeError, ValueError) as error:
            raise SettingError(f'"{value}" is no value of "{name}".', "where", "Write a number, or a date as 2024-12-31.") from error
        if not column["low"] <= made[name] <= column["high"]:
            raise SettingError(f'"{name}" was learned without values as extreme as {value}.', "where", "Choose a value within the learned range.")
    return made


def _drawn(model: Model, rows: int, values: Mapping[str, Any], seed: int, progress: Any) -> pd.DataFrame:
    """Encoded rows that keep to all constraints and wished values; fewer where no more come in `TRIES` batches."""
    kept: list[pd.DataFrame] = []
    have, native, size = 0, bool(values) and model.fitted.native_conditions, rows
    for attempt in range(TRIES):
        batch = _batch(model, values, min(BATCH, size), seed + attempt, native)
        if batch is None:
            native = False
            continue
        good = _fitting(model, batch, values)
        share = max(len(good) / max(1, len(batch)), 0.002)
        kept.append(good.iloc[: rows - have])
        have += len(kept[-1])
        progress(have / rows)
        if have >= rows:
            break
        size = int((rows - have) / share * 1.15) + 20
    return pd.concat(kept, ignore_index=True) if kept else model.fitted.sample(1, seed).iloc[:0]


def _batch(model: Model, values: Mapping[str, Any], rows: int, seed: int, native: bool) -> pd.DataFrame | None:
    if not native:
        return model.fitted.sample(rows, seed)
    try:
        return model.fitted.sample_where(dict(values), rows, seed)
    except ValueError:  # it found no such row at all: drawing and keeping what fits may still find some
        return None


def _fitting(model: Model, batch: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    decoded = decode(model.coder, batch)
    good = all_hold(decoded, model.coder.enforced)
    learned = {column["name"]: column for column in model.coder.learned}
    for name, value in values.items():
        if learned[name]["how"] == "category":
            good &= (batch[name].astype(str) == value).to_numpy()
        else:
            good &= np.abs(numeric(decoded[name]) - value) <= max(learned[name]["unit"] / 2, 1e-9)
    return batch[good]


def synthesize(
    table: Table, out: Path, settings: Settings | None = None, *, proposed: Mapping[str, Any] | None = None, judged: bool = True,
    progress: Progress = lambda _share, _note: None,
) -> tuple[Table, dict[str, Any], Model]:
    """Make a twin of a table, write it to `out` (Parquet), and judge it with the half that nothing was learned from.

    Answers the twin, what a model card tells of it ("engine", "rows", "settings", "treatment", "constraints", "conditions", "tamed", "judge", …)
    and the model. The same table, settings and versions give the same content hash.
    """
    settings = settings or Settings()
    proposed = proposed or plan(table, seed=settings.seed, epochs=settings.epochs, progress=lambda share, note: progress(0.1 * share, note))
    cost = ENGINES[settings.engine].epochs
    learned, made = (0.7, 0.75) if cost else (0.3, 0.4)
    model, told = learn(table, settings, proposed, lambda share, note: progress(0.1 + (learned - 0.1) * share, note))
    frame = table.frame()
    real = {column["name"]: known_values(frame[column["name"]]) for column in model.coder.columns if column["how"] == "made"}
    rows, conditions = make(model, settings.rows, where=settings.where, real=real, progress=lambda share, note: progress(learned + (made - learned) * share, note))
    if rows.empty:
        raise SettingError("No row could be made that meets the conditions and constraints.", "synthesize", "Ask for other values, or drop a constraint.")
    twin = write_table(out, [rows], {name: kind for name, kind in table.kinds.items() if name in rows.columns})
    after = [described(rows, each) for each in told["constraints"]]
    told["constraints"] = [{**before, "allowed": None, "rows_after": now["rows"], "violations_after": now["violations"]} for before, now in zip(told["constraints"], after, strict=True)]
    used = ENGINES[settings.engine]
    told |= {
        "engine": {"name": used.name, "title": used.title, "package": used.needs, "version": version_of(used.needs), "licence": used.licence},
        "rows": {"real": table.rows, "learned": told.pop("learned_rows"), "made": twin.rows, "asked": sum(each["asked"] for each in conditions)},
        "conditions": conditions, "settings": settings.to_json(), "source_hash": table.content_hash, "content_hash": twin.content_hash,
        "columns": [{"name": c.name, "type": c.type, "kind": c.kind} for c in twin.columns],
    }
    if judged:
        from dataops_core.synthetic.judge import judge

        mine, others = halves(table, frame, settings.seed)
        with tempfile.TemporaryDirectory(dir=out.parent) as folder:
            train, holdout = parts(table, frame, mine, others, Path(folder))
            told["judge"] = judge(
                train, twin, holdout=holdout, target=settings.target, by=[name for name in settings.sensitive if name in twin.names],
                requests=conditions, seed=settings.seed, progress=lambda share, note: progress(made + (1 - made) * share, note),
            )
    return twin, told, model
