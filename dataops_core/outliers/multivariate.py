"""Why a row is unusual as a whole: the columns without which it would be less so, and what similar rows have there."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from dataops_core.models import loads
from dataops_core.outliers.judge import ACTIONS, Judge
from dataops_core.outliers.reasons import Flagged, Reason
from dataops_core.steps._unusual import standardised, unusual_scores
from dataops_core.steps.step import Learned
from dataops_core.table import shown, type_of

TOLD = 3  # columns that are named for a row, at most
ALIKE = 25  # similar rows that say what would be expected
COMPARED = 5_000  # rows among which similar ones are looked for
NEAR_ENOUGH = 1.0  # standard deviations from similar rows that are alike
PIECE = 50_000  # points scored at a time


def reasons_together(
    frame: pd.DataFrame,
    rows: pd.DataFrame,
    names: list[str],
    learned: Learned,
    made: dict[str, Judge],
    limit: int,
) -> Flagged:
    """The unusual rows, with reasons for the `limit` most unusual ones.

    A column counts by how much the score falls when its value is replaced by the median.
    """
    scores = unusual_scores(frame, names, learned)
    flagged = np.flatnonzero(scores > learned["threshold"])
    most = flagged[np.argsort(-scores[flagged], kind="stable")][:limit]
    if not len(most):
        return Flagged(0, [])
    used, cells = learned["used"], standardised(frame.iloc[most], names, learned["used"])
    falls = _falls(learned, cells, scores[most])
    columns = [names[each[0]] for each in used]
    others = standardised(rows.iloc[np.linspace(0, len(rows) - 1, min(len(rows), COMPARED)).astype(int)], names, used)
    values = {name: shown(frame[name].iloc[most]) for name in columns}
    told = []
    for row, at in enumerate(most.tolist()):
        order = [place for place in np.argsort(-falls[row], kind="stable")[:TOLD].tolist() if falls[row, place] > 0]
        reasons = []
        for place in order or [int(np.argmax(falls[row]))]:
            name = columns[place]
            usual = _expected(cells[row], others, place)
            text = _text(usual * used[place][3] + used[place][2], frame[name])
            reasons.append(
                _reason(
                    made[name],
                    at,
                    values[name].iloc[row],
                    text,
                    alike=bool(abs(cells[row, place] - usual) < NEAR_ENOUGH),
                )
            )
        reasons += [
            _reason(made[name], at, values[name].iloc[row], "")
            for name in columns
            if name not in {each.column for each in reasons} and made[name].impossible[at]
        ]
        told.append((at, float(scores[at]), reasons))
    return Flagged(len(flagged), told)


def _falls(learned: Learned, cells: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """How far each row's score falls with each column at its median; shape (rows, columns)."""
    model, out = loads(learned["model"]), np.zeros(cells.shape)
    middles = [middle / spread - mean / spread for _, middle, mean, spread in learned["used"]]
    step = max(1, PIECE // len(cells))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for start in range(0, cells.shape[1], step):
            places = range(start, min(start + step, cells.shape[1]))
            changed = np.repeat(cells[None], len(places), axis=0)
            for number, place in enumerate(places):
                changed[number, :, place] = middles[place]
            again = -model.score_samples(changed.reshape(-1, cells.shape[1]))
            out[:, start : start + len(places)] = scores[:, None] - again.reshape(len(places), len(cells)).T
    return out


def _expected(point: np.ndarray, others: np.ndarray, place: int) -> float:
    """The median, in one column, of the rows that are most alike in all other columns."""
    apart = np.delete(others - point, place, axis=1)
    near = np.argsort((apart**2).sum(axis=1), kind="stable")[:ALIKE]
    return float(np.median(others[near, place]))


def _text(number: float, column: pd.Series) -> str:
    if type_of(column) == "datetime":
        return str(np.datetime64(round(number), "D"))
    return f"{round(number):,}" if type_of(column) == "integer" else f"{number:,.4g}"


def _reason(judge: Judge, at: int, value: str | None, expected: str, *, alike: bool = False) -> Reason:
    """One column's part: an error by itself, or like that of similar rows (so rare but true), or to be looked at."""
    verdict, why, action = (
        judge.of(at) if value is not None else ("unclear", "it counts as the median", ACTIONS["unclear"])
    )
    if verdict != "error":
        verdict, why, action = (
            ("rare", why, ACTIONS["rare"]) if alike and verdict == "rare" else ("unclear", "", ACTIONS["unclear"])
        )
    about = f"; rows that are alike in the other columns have about {expected}" if expected else ""
    words = f"{judge.name} is {'missing' if value is None else value}{about}{'; ' + why if why else ''}."
    return Reason(column=judge.name, value=value, usual=expected or None, verdict=verdict, words=words, action=action)
