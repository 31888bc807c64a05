"""Synthetic data of several tables that hang together: learned from one half of the parents with all that hangs on
them, made with new keys, and judged with the other half.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.progress import Progress, no_progress
from dataops_core.synthetic.constraints.constraint import CountedConstraint, counted
from dataops_core.synthetic.constraints.search import find
from dataops_core.synthetic.engines.batches import drawn
from dataops_core.synthetic.engines.engine import BUSL, version_of
from dataops_core.synthetic.engines.registry import HMA, engine_there, fit, seeded
from dataops_core.synthetic.evaluate.evaluate import Verdict
from dataops_core.synthetic.multi_table.cardinality import alike, counts_of, dealt, dealt_within, tamed
from dataops_core.synthetic.multi_table.foreign_keys import (
    Link,
    checked_size,
    found,
    in_order,
    main_links,
    named,
    root_of,
    roots,
    to_json,
    tree_of,
)
from dataops_core.synthetic.plan.plan import Settings, emptied, halves
from dataops_core.synthetic.prepare.column_treatments import apply_choices, known_values, propose_treatments
from dataops_core.synthetic.prepare.pseudonyms import make as make_cells
from dataops_core.synthetic.prepare.pseudonyms import recipe_of
from dataops_core.synthetic.prepare.table_encoder import Coder, decode, finished
from dataops_core.synthetic.prepare.table_encoder import learn as learn_coder
from dataops_core.table import Table, write_table

VERDICTS = ("no leak seen", "not enough to tell", "doubtful", "leak")  # the worst last


@dataclass
class _Learned:
    """What is known of one table: its real rows, who hangs on whom, and what was learned."""

    name: str
    table: Table
    frame: pd.DataFrame
    main: Link | None
    others: list[Link]
    key: str | None  # the column that children name
    side: np.ndarray  # 0: learned from, 1: kept apart, -1: neither
    root: np.ndarray  # the place in the root table of the row that each row hangs on, -1: none
    decided: list[dict[str, Any]]
    coder: Coder
    encoded: pd.DataFrame  # index: places in the frame
    constraints: list[CountedConstraint]
    cells: dict[str, int]

    @property
    def foreign(self) -> list[str]:
        """The columns that name rows of other tables."""
        return [link.column for link in ([self.main] if self.main else []) + self.others]


def synthesize_tables(
    tables: Mapping[str, Table],
    folder: Path,
    settings: Settings | None = None,
    keys: Sequence[str] | None = None,
    *,
    judged: bool = True,
    progress: Progress = no_progress,
) -> tuple[dict[str, Table], dict[str, Any]]:
    """Make synthetic tables of tables that hang together, write them to `folder` (Parquet), and judge each with the
    rows that nothing was learned from.

    `keys` are links as child.column=parent.column; without them they are found. `settings.rows` are those of the table
    on which most hang; `settings.columns` decides by table: {table: {column: {"as", "maker"}}}. Answers the synthetic
    tables and what is told: {"engine", "links", "tables": {name: as `synthesize` tells of one}, "verdict", "worst",
    "settings", "main"}. Raises SettingError where no links are found, or too many tables hang together.
    """
    settings = settings or Settings()
    engine_there(HMA)
    progress(0.0, "Looking for what hangs together")
    frames = {name: table.frame().reset_index(drop=True) for name, table in tables.items()}
    links = named(tables, frames, keys) if keys else found(tables, frames)
    if not links:
        raise SettingError(
            "No table has a column with the keys of another.",
            "synthesize-tables",
            "Name it: --keys CHILD.COLUMN=PARENT.COLUMN.",
        )
    mains = main_links(links, {name: len(frame) for name, frame in frames.items()})
    checked_size(list(tables), mains)
    order = in_order(list(tables), links)
    hang = roots(frames, mains, in_order(order, list(mains.values())))
    learned: dict[str, _Learned] = {}
    for at, name in enumerate(in_order(order, list(mains.values()))):
        progress(0.05 + 0.2 * at / len(order), f"Preparing {name}")
        try:
            learned[name] = _learn(name, tables, frames, mains, links, hang, learned, settings)
        except SettingError as error:
            raise SettingError(error.what, name, error.fix) from error
    main = max(
        {root_of(name, mains) for name in order},
        key=lambda root: (sum(root_of(name, mains) == root for name in order), -list(tables).index(root)),
    )
    made = _made(learned, mains, main, settings, lambda share, note: progress(0.25 + 0.35 * share, note))
    rows = _finished(learned, made, order, settings)
    synthetic = {
        name: write_table(
            folder / f"{name}.parquet",
            [rows[name]],
            {c: k for c, k in tables[name].kinds.items() if c in rows[name].columns},
        )
        for name in tables
    }
    used = {
        "name": HMA.name,
        "title": HMA.title,
        "package": HMA.package,
        "version": version_of(HMA.package),
        "licence": BUSL,
    }
    asked = settings.to_json()
    told: dict[str, Any] = {
        "engine": used,
        "main": main,
        "settings": asked,
        "links": _links(learned, links, mains, rows, settings.seed),
        "tables": {},
    }
    verdicts: dict[str, str] = {}
    for at, name in enumerate(tables):
        told["tables"][name] = _told(learned[name], rows[name], synthetic[name]) | {"engine": used, "settings": asked}
        if not judged:
            continue
        roots_made = _root_of_made(name, mains, made)
        verdict = _judged(
            learned[name], rows[name], roots_made, settings, folder, partial(_share_of, progress, at, len(tables))
        )
        told["tables"][name]["judge"], verdicts[name] = verdict.to_json(), verdict.privacy.verdict
    told["verdict"], told["worst"] = worst_of(verdicts) if judged else ("not judged", None)
    progress(1.0, "Done")
    return synthetic, told


def worst_of(verdicts: Mapping[str, str]) -> tuple[str, str | None]:
    """The verdict on all tables: the worst, and whose it is."""
    worst = max(verdicts, key=lambda name: VERDICTS.index(verdicts[name]))
    return verdicts[worst], worst if verdicts[worst] != VERDICTS[0] else None


def _share_of(progress: Progress, at: int, of: int, share: float, note: str) -> None:
    progress(0.6 + 0.4 * (at + share) / of, note)


def _learn(
    name: str,
    tables: Mapping[str, Table],
    frames: Mapping[str, pd.DataFrame],
    mains: Mapping[str, Link],
    links: Sequence[Link],
    hang: Mapping[str, pd.Series],
    above: Mapping[str, _Learned],
    settings: Settings,
) -> _Learned:
    """The coder of one table, and its rows as engines see them; of a child only rows whose parent is learned from."""
    table, frame, main = tables[name], frames[name], mains.get(name)
    root = hang[name].to_numpy()
    if main is None:
        mine, others = halves(table, frame, settings.seed)
        side = np.full(len(frame), -1)
        side[mine], side[others] = 0, 1
    else:
        over = above[root_of(name, mains)].side
        side = np.where(root >= 0, over[root], -1)
    key = next((link.key for link in links if link.parent == name), None)
    rest = [link for link in links if link.child == name and link != main]
    bound = {key, *(link.column for link in links if link.child == name)}
    decided = apply_choices(propose_treatments(table), settings.columns.get(name, {}))
    decided = [
        (
            {**each, "as": "make", "maker": each["maker"] if each["found"] else "key", "why": "it links the tables"}
            if each["column"] in bound
            else each
        )
        for each in decided
    ]
    some, cells = emptied(table, frame, decided)
    some = some[side == 0]
    kept = [column for column in table.columns if column.name not in bound]
    found = find(
        some,
        [column for column in kept if next(each["as"] for each in decided if each["column"] == column.name) == "learn"],
    )
    groups = pd.Series(root[side == 0], index=some.index) if main else None
    coder, encoded = learn_coder(
        some[[column.name for column in kept]],
        kept,
        decided,
        [each.constraint for each in found],
        settings.rare,
        seeded(settings.seed),
        groups,
    )
    if main:
        parent = above[main.parent]
        there = set(parent.frame.loc[parent.encoded.index, main.key])
        encoded = encoded[frame.loc[encoded.index, main.column].isin(there)]
    return _Learned(
        name,
        table,
        frame,
        main,
        rest,
        key,
        side,
        root,
        decided,
        coder,
        encoded,
        [counted(some, each) for each in coder.constraints],
        cells,
    )


def _made(
    learned: Mapping[str, _Learned], mains: Mapping[str, Link], main: str, settings: Settings, progress: Progress
) -> dict[str, tuple[pd.DataFrame, np.ndarray]]:
    """Of each table encoded rows, and the place of each row's parent among its parent table's rows."""
    scale = (settings.rows or len(learned[main].frame)) / len(learned[main].frame)
    trees = [name for name in learned if tree_of(name, mains) == name]
    out: dict[str, tuple[pd.DataFrame, np.ndarray]] = {}
    for at, root in enumerate(trees):
        progress(at / len(trees), f"Learning what hangs on {root}")
        each, parents = learned[root], None
        if each.main:  # a grandchild: each made parent gets as many as some real one has
            counts = tamed(_counts(learned, each.main, 0), settings.rare)
            parents = dealt(counts, len(out[each.main.parent][0]), None, np.random.default_rng([settings.seed, 9, at]))
        rows = max(1, round(len(each.frame) * scale)) if parents is None else len(parents)
        tree = {name: one for name, one in learned.items() if tree_of(name, mains) == root}
        if len(tree) == 1 or not rows:
            out |= {
                name: (one.encoded.iloc[:0].reset_index(drop=True), np.zeros(0, dtype="int64"))
                for name, one in tree.items()
            }
            out[root] = (_alone(each, rows, settings), np.arange(rows))
        else:
            out |= _tree(root, tree, settings).sample(rows, settings.seed)
        if parents is not None:
            out[root] = out[root][0], parents[: len(out[root][0])]
    return out


def _alone(each: _Learned, rows: int, settings: Settings) -> pd.DataFrame:
    encoded = each.encoded.reset_index(drop=True)
    if not rows or not len(encoded.columns):
        return pd.DataFrame(index=range(rows), columns=encoded.columns)
    fitted = fit("gaussian_copula", encoded, each.coder.numbers, each.coder.enforced, seed=settings.seed)
    return drawn(each.coder, fitted, rows, {}, settings.seed)


def _counts(learned: Mapping[str, _Learned], link: Link, side: int) -> np.ndarray:
    """The numbers of children of the real parents on one side."""
    child, parent = learned[link.child], learned[link.parent]
    return counts_of(
        parent.frame.loc[parent.side == side, link.key].to_numpy(),
        child.frame.loc[child.side == side, link.column].dropna().to_numpy(),
    )


def _tree(root: str, tree: Mapping[str, _Learned], settings: Settings) -> Any:
    from dataops_core.synthetic.engines._hma import fit_tree

    foreign, counts, above = {}, {}, tree[root]
    for name, each in tree.items():
        if name != root and each.main:
            places = pd.Series(above.encoded.index, index=above.frame.loc[above.encoded.index, each.main.key])
            foreign[name] = each.frame.loc[each.encoded.index, each.main.column].map(places).to_numpy(dtype="int64")
            counts[name] = tamed(counts_of(above.encoded.index.to_numpy(), foreign[name]), settings.rare)
    return fit_tree(
        root,
        {name: each.encoded.reset_index(drop=True) for name, each in tree.items()},
        {name: each.coder.numbers for name, each in tree.items()},
        {name: each.coder.enforced for name, each in tree.items()},
        {name: each.encoded.index.to_numpy() for name, each in tree.items()},
        foreign,
        counts,
        seed=settings.seed,
    )


def _finished(
    learned: Mapping[str, _Learned],
    made: Mapping[str, tuple[pd.DataFrame, np.ndarray]],
    order: Sequence[str],
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """The synthetic tables' rows under new keys, which are all among those of their parents."""
    rows: dict[str, pd.DataFrame] = {}
    for number, name in enumerate(order):
        each, generator = learned[name], np.random.default_rng([settings.seed, 2, number])
        encoded, parents = made[name]
        real = {
            str(column["name"]): known_values(each.frame[column["name"]])
            for column in each.coder.columns
            if column["how"] == "made"
        }
        out = finished(each.coder, decode(each.coder, encoded), encoded, generator, real).reindex(range(len(encoded)))
        if each.main:
            out[each.main.column] = rows[each.main.parent][each.main.key].iloc[parents].reset_index(drop=True)
        out = _with_key(each, out, generator)
        for link in each.others:
            foreign = each.frame.loc[each.side == 0, link.column]
            counts = tamed(
                counts_of(learned[link.parent].frame[link.key].to_numpy(), foreign.dropna().to_numpy()), settings.rare
            )
            above = out[link.key] if link.parent == name else rows[link.parent][link.key]
            picked = (
                dealt_within(counts, len(out), generator)
                if link.parent == name
                else dealt(counts, len(above), len(out), generator)
            )
            cells = above.iloc[np.maximum(0, picked)].reset_index(drop=True).mask(picked < 0, None)
            out[link.column] = (
                cells.mask(generator.random(len(cells)) < foreign.isna().mean(), None)
                if foreign.isna().any()
                else cells
            )
        rows[name] = out[[column for column in each.frame.columns if column in out.columns]]
    return rows


def _with_key(each: _Learned, out: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """The made rows with the keys by which children name them: new, each once, and none of the real ones."""
    if not each.key or (each.main and each.main.column == each.key):
        return out
    keys = each.frame[each.key]
    maker = next(str(told["maker"]) for told in each.decided if told["column"] == each.key)
    fresh = make_cells(recipe_of(keys[each.side == 0], maker), len(out), generator, known_values(keys), None)
    return out.assign(**{each.key: pd.Series(fresh, dtype="Int64" if str(keys.dtype) == "Int64" else object)})


def _root_of_made(
    name: str, mains: Mapping[str, Link], made: Mapping[str, tuple[pd.DataFrame, np.ndarray]]
) -> np.ndarray:
    """The place of the root row that each made row hangs on."""
    parents = made[name][1]
    return _root_of_made(mains[name].parent, mains, made)[parents] if name in mains else np.arange(len(parents))


def _links(
    learned: Mapping[str, _Learned],
    links: Sequence[Link],
    mains: Mapping[str, Link],
    rows: Mapping[str, pd.DataFrame],
    seed: int,
) -> list[dict[str, Any]]:
    """Each link with what is broken in the synthetic tables ("orphans"), who "learned" it (the model, or numbers of
    children alone), and how alike those numbers are.
    """
    out = []
    for number, link in enumerate(links):
        made = rows[link.child][link.column].dropna()
        model = mains.get(link.child) == link and tree_of(link.child, mains) == link.parent
        told = to_json(link) | {"learned": model, "orphans": int((~made.isin(set(rows[link.parent][link.key]))).sum())}
        if mains.get(link.child) == link:
            made_counts = counts_of(rows[link.parent][link.key].to_numpy(), made.to_numpy())
            told["cardinality"] = alike(
                _counts(learned, link, 0),
                made_counts,
                _counts(learned, link, 1),
                np.random.default_rng([seed, 8, number]),
            )
        out.append(told)
    return out


def _told(each: _Learned, rows: pd.DataFrame, synthetic: Table) -> dict[str, Any]:
    """What a model card tells of one table."""
    after = [counted(rows, one.constraint) for one in each.constraints]
    constraints = [
        {**one.to_json(), "rows_after": now.rows, "violations_after": now.violations}
        for one, now in zip(each.constraints, after, strict=True)
    ]
    return {
        "rows": {
            "real": len(each.frame),
            "learned": len(each.encoded),
            "made": synthetic.rows,
            "asked": synthetic.rows,
        },
        "constraints": constraints,
        "emptied": each.cells,
        "tamed": dict(each.coder.tamed),
        "dropped": each.coder.dropped,
        "conditions": [],
        "source_hash": each.table.content_hash,
        "content_hash": synthetic.content_hash,
        "treatment": [{key: told[key] for key in ("column", "as", "maker", "why")} for told in each.decided],
        "columns": [{"name": c.name, "type": c.type, "kind": c.kind} for c in synthetic.columns],
    }


def _judged(
    each: _Learned, rows: pd.DataFrame, roots_made: np.ndarray, settings: Settings, folder: Path, progress: Progress
) -> Verdict:
    """The verdict on one table. Of a child, rows that hang on the same root are one person's: the column of its parent
    says whose, for the judge alone.
    """
    from dataops_core.synthetic.evaluate.evaluate import judge

    kinds = each.table.kinds | dict.fromkeys([*each.foreign, *([each.key] if each.key else [])], "id")
    real, made = each.frame, rows
    if each.main:
        real = real.assign(**{each.main.column: np.char.add("real ", each.root.astype(str)).astype(object)})
        made = made.assign(**{each.main.column: np.char.add("made ", roots_made.astype(str)).astype(object)})
    made_up = [str(column["name"]) for column in each.coder.columns if column["how"] == "made"]
    with tempfile.TemporaryDirectory(dir=folder) as place:
        sides = [
            write_table(
                Path(place) / f"{at}.parquet",
                [frame],
                {name: kind for name, kind in kinds.items() if name in frame.columns},
            )
            for at, frame in enumerate((real[each.side == 0], made, real[each.side == 1]))
        ]
        return judge(
            sides[0],
            sides[1],
            holdout=sides[2],
            made_up=made_up,
            key=each.main.column if each.main else None,
            seed=settings.seed,
            progress=progress,
        )
