"""PAR behind the seam: DeepEcho's model of sequences, which is the one inside SDV's PARSynthesizer. Importing this
imports sdv and torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import deepecho.models.par
import numpy as np
import pandas as pd
import torch
from deepecho import PARModel

from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.engines._sdv import quiet, seed_all, telling
from dataops_core.synthetic.prepare.constraint_encoding import Part

WIDE = 4.0  # standard deviations beyond which nothing is drawn


class Rows(PARModel):  # type: ignore[misc]  # deepecho has no types
    """DeepEcho's network and training, with two things done anew.

    The loss: of sequences shorter than the longest, DeepEcho 0.8 compares each drawn number with a later row of the
    padded sequence (`X_padded[-seq_len[i]:]`), so that nothing of their order is learned; here each row is compared
    with itself, all sequences at once. The drawing: many sequences at once, each of a given length, instead of one
    whose rows so far are gone through again for each new row.
    """

    def _compute_loss(self, X_padded: torch.Tensor, Y_padded: torch.Tensor, seq_len: torch.Tensor) -> torch.Tensor:  # noqa: N803 - as in DeepEcho
        steps = torch.arange(X_padded.shape[0])[:, None]
        body = (steps < seq_len[None, :] - 2).to(X_padded.dtype)
        total = torch.zeros(())
        for key, about in self._data_map.items():
            if about["type"] == "continuous":
                mean, spread, _ = about["indices"]
                deviation = torch.nn.functional.softplus(Y_padded[:, :, spread]) + 1e-3
                away = (X_padded[:, :, mean] - Y_padded[:, :, mean]) / deviation
                # of a normal distribution, but for a constant
                total = total + ((away**2 / 2 + torch.log(deviation)) * body).sum()
            elif key != "<TOKEN>":  # lengths are given, so where a sequence ends is not learned
                at = list(about["indices"].values())
                chances = torch.nn.functional.log_softmax(Y_padded[:, :, at], dim=2)
                total = total - ((chances * X_padded[:, :, at]).sum(dim=2) * body).sum()
        return total / body.sum().clamp(min=1)

    def sample_many(
        self, contexts: Sequence[Sequence[Any]], longest: int, generator: torch.Generator
    ) -> list[np.ndarray]:
        """Of each learned column the cells (sequences, longest): amounts as they were learned, or the numbers of
        categories.
        """
        count = len(contexts)
        net = self._model
        around = (
            torch.stack([self._context_to_tensor(list(each)) for each in contexts])
            if self._ctx_dims
            else torch.zeros(count, 0)
        )
        state, row = None, torch.zeros(count, self._data_dims)
        row[:, self._data_map["<TOKEN>"]["indices"]["<START>"]] = 1.0
        out = [np.empty((count, longest)) for key in self._data_map if key != "<TOKEN>"]
        with torch.no_grad():
            for step in range(longest):
                hidden, state = net.rnn(net.down(torch.cat([row, around], dim=1)[None]), state)
                said = net.up(hidden)[0]
                row = torch.zeros(count, self._data_dims)
                row[:, self._data_map["<TOKEN>"]["indices"]["<BODY>"]] = 1.0
                for key, about in self._data_map.items():
                    if about["type"] == "continuous":
                        mean, spread, _ = about["indices"]
                        noise = torch.randn(count, generator=generator)
                        row[:, mean] = (
                            said[:, mean] + noise * (torch.nn.functional.softplus(said[:, spread]) + 1e-3)
                        ).clamp(-WIDE, WIDE)
                        out[key][:, step] = row[:, mean].numpy() * about["std"] + about["mu"]
                    elif key != "<TOKEN>":
                        at = torch.tensor(list(about["indices"].values()))
                        picked = torch.multinomial(torch.softmax(said[:, at], dim=1), 1, generator=generator)[:, 0]
                        row[torch.arange(count), at[picked]] = 1.0
                        out[key][:, step] = np.array(list(about["indices"]))[picked.numpy()]
        return out


class Fitted:
    """A fitted PAR."""

    def __init__(self, model: Rows | None, around: Part, rows: Part) -> None:
        self.model, self.around, self.rows = model, around, rows

    def sample(self, around: pd.DataFrame, lengths: np.ndarray, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
        """Encoded rows of sequences of these `lengths` (sequences,) and encoded properties `around`; and the number of
        each row's sequence.
        """
        longest = int(lengths.max())
        inside = np.arange(longest)[None, :] < lengths[:, None]
        numbers = np.repeat(np.arange(len(lengths)), lengths)
        if self.model is None:
            return self.rows.back([], len(numbers)), numbers
        seen, _ = self.around.forth(around, np.random.default_rng([seed % 2**63, 5]))
        contexts = list(zip(*[cells.tolist() for cells in seen], strict=True)) or [()] * len(lengths)
        with quiet():
            cells = self.model.sample_many(contexts, longest, torch.Generator().manual_seed(seed % 2**63))
        return self.rows.back([each[inside] for each in cells], len(numbers)), numbers


def fit_sequences(
    around: pd.DataFrame,
    around_numbers: Sequence[str],
    rows: pd.DataFrame,
    numbers: Sequence[str],
    groups: np.ndarray,
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int,
    progress: Callable[[float, str], Any],
) -> Fitted:
    """Learn sequences: `around` holds one encoded row for each (sequences, columns), `rows` their rows in order,
    `groups` (rows,) whose row each is.

    `constraints` are those among the rows' columns. Gaps are not among the cells.
    """
    generator = np.random.default_rng([seed % 2**63, 4])
    outside, inside = Part(around, around_numbers), Part(rows, numbers, constraints)
    seen, kinds_around = outside.forth(around, generator)
    cells, kinds = inside.forth(rows, generator)
    if not cells:
        return Fitted(None, outside, inside)
    ends = np.flatnonzero(np.diff(groups)) + 1
    split = [np.split(each, ends) for each in cells]
    sequences = [
        {"context": [each[at] for each in seen], "data": [each[at].tolist() for each in split]}
        for at in range(len(around))
    ]
    with quiet(), telling(progress, deepecho.models.par):
        seed_all(seed)
        progress(0.0, "Learning")
        model = Rows(epochs=epochs, cuda=False, verbose=True)
        model.fit_sequences(sequences, kinds_around, kinds)
    return Fitted(model, outside, inside)
