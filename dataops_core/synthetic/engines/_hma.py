"""HMA behind the seam: SDV's model of a table and of the tables that hang on it. Importing this imports sdv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sdv.metadata import Metadata
from sdv.multi_table import HMASynthesizer

from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.engines._sdv import quiet, seed_all
from dataops_core.synthetic.prepare.constraint_encoding import Part


class Tree(HMASynthesizer):  # type: ignore[misc]  # sdv has no types
    """SDV's HMA, with two things done anew.

    SDV 2.0 draws the children of every parent with one and the same start of the random numbers, so that the first
    children of all parents share their noise: here each parent's have their own. And numbers of children are made to
    follow the real ones: SDV's are round a mean.
    """

    chance = np.random.RandomState(0)
    counts: Mapping[str, np.ndarray] = {}

    def _recreate_child_synthesizer(self, child_name: str, parent_name: str, parent_row: Any) -> Any:
        made = super()._recreate_child_synthesizer(child_name, parent_name, parent_row)
        made._set_random_state(int(self.chance.randint(2**31)))  # a generator would be copied, not drawn from
        return made

    def _enforce_table_size(
        self, child_name: str, table_name: str, scale: float, sampled_data: dict[str, pd.DataFrame]
    ) -> None:
        for foreign_key in self.metadata._get_foreign_keys(table_name, child_name):
            name = f"__{child_name}__{foreign_key}__num_rows"
            wished = sampled_data[table_name][name].fillna(0.0).to_numpy(
                dtype="float64"
            ) + 1e-9 * self.chance.random_sample(len(sampled_data[table_name]))
            places = (np.argsort(np.argsort(wished)) + 0.5) / max(1, len(wished))
            sampled_data[table_name][name] = np.quantile(self.counts[child_name], places, method="inverted_cdf").astype(
                "int64"
            )


class Fitted:
    """A fitted HMA of one root and the tables that hang on it."""

    def __init__(self, model: Tree, root: str, names: Mapping[str, str], parts: Mapping[str, Part]) -> None:
        self.model, self.root, self.names, self.parts = model, root, names, parts

    def sample(self, rows: int, seed: int) -> dict[str, tuple[pd.DataFrame, np.ndarray]]:
        """Of each table the encoded rows, and the place of each row's parent in its own table (of the root: its own
        place); so many rows of the root.
        """
        with quiet():
            seed_all(seed)
            self.model.reset_sampling()
            self.model.chance = np.random.RandomState(seed % 2**32)
            # there is no public way to seed it
            self.model._table_synthesizers[self.names[self.root]]._set_random_state(seed % 2**32)
            made = self.model.sample(rows, main_table_name=self.names[self.root])
        out = {}
        for name, number in self.names.items():
            frame = made[number]
            part = self.parts[name]
            amounts = len(part.scores.knots)
            cells = [frame[f"c{at}"].to_numpy(dtype="float64") for at in range(amounts)]
            cells += [
                frame[f"c{amounts + at}"].str.removeprefix("v").astype("int64").to_numpy()
                for at in range(len(part.blocks))
            ]
            parents = np.arange(len(frame))
            if name != self.root:
                above = made[self.names[self.root]]["key"]
                parents = frame["parent"].map(dict(zip(above, range(len(above)), strict=True))).to_numpy(dtype="int64")
            out[name] = part.back(cells, len(frame)), parents
        return out


def fit_tree(
    root: str,
    encoded: Mapping[str, pd.DataFrame],
    numbers: Mapping[str, Sequence[str]],
    constraints: Mapping[str, Sequence[Constraint]],
    keys: Mapping[str, np.ndarray],
    foreign: Mapping[str, np.ndarray],
    counts: Mapping[str, np.ndarray],
    *,
    seed: int,
) -> Fitted:
    """Learn a root and its children, in `encoded` (the root first), without gaps.

    `keys` are our own whole numbers for the rows of a table, `foreign` those of the children's parents; `counts` what
    numbers of children a parent may have, as often as they are to come. HMA takes no grandchildren.
    """
    generator = np.random.default_rng([seed % 2**63, 7])
    names = {name: f"t{at}" for at, name in enumerate(encoded)}
    parts = {name: Part(frame, numbers[name], constraints[name]) for name, frame in encoded.items()}
    tables: dict[str, Any] = {}
    data = {}
    for name, frame in encoded.items():
        cells, kinds = parts[name].forth(frame, generator)
        made = {
            f"c{at}": each if kind == "continuous" else np.char.add("v", each.astype(str)).astype(object)
            for at, (each, kind) in enumerate(zip(cells, kinds, strict=True))
        }
        made = made or {"nothing": generator.normal(size=len(frame))}  # sdv needs a column
        columns = {
            column: {"sdtype": "categorical" if cells.dtype == object else "numerical"}
            for column, cells in made.items()
        }
        made |= {"key": keys[name]} | ({"parent": foreign[name]} if name in foreign else {})
        data[names[name]] = pd.DataFrame(made)
        tables[names[name]] = {
            "primary_key": "key",
            "columns": {**columns, **{column: {"sdtype": "id"} for column in ("key", "parent") if column in made}},
        }
    links = [
        {
            "parent_table_name": names[root],
            "parent_primary_key": "key",
            "child_table_name": names[child],
            "child_foreign_key": "parent",
        }
        for child in foreign
    ]
    metadata = Metadata.load_from_dict({"tables": tables, "relationships": links, "METADATA_SPEC_VERSION": "V2"})
    with quiet():
        seed_all(seed)
        model = Tree(metadata, verbose=False)
        for name in tables:
            model.set_table_parameters(
                name, {"default_distribution": "norm", "enforce_min_max_values": True, "enforce_rounding": False}
            )
        model.counts = {names[name]: np.asarray(each) for name, each in counts.items() if name in names}
        model.fit(data)
    return Fitted(model, root, names, parts)
