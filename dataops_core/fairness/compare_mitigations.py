"""The mitigation lab: what each way to act on bias does to a model's decisions, before and after, on the same untouched
rows.

Rows are held back and sampled as the protocol (`evaluation`) does it, and folds within the training rows are its folds.
The rest differs, for the question differs: not which recipe scores best in all data, but who gains and who pays when a
decision is made in another way. That is asked of single people, each decided about once, by a decider that can ship as
it was judged; with folds everybody would be decided about by a decider of another fold. So there is one split; the
chance in the judged rows is that of a paired bootstrap, the chance in the training rows that of learning again from
samples of them (`refits`), and many comparisons are Holm's. Ways that are steps (reweigh, repair, resample) are also
candidates of the protocol: `compare` judges them in folds, beside every other choice.
"""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip, nearest
from dataops_core.evaluation.folds import held_back, sampled
from dataops_core.evaluation.kept_folds import KeptFolds, KeptJson, KeptWork, array_from_json, array_to_json
from dataops_core.fairness.decisions import usable
from dataops_core.fairness.gaps import ALPHA
from dataops_core.fairness.group_definitions import THIN, Groups, groups_of, named_ranges, outcome_of
from dataops_core.fairness.mitigation_results import (
    Change,
    Comparison,
    Corrected,
    Counted,
    GroupOutcome,
    Interval,
    Mitigation,
    Mitigations,
    Moved,
    RateChange,
)
from dataops_core.fairness.mitigations import METHODS, SLOW, Constraint, Setup, decided, fitted, step_of
from dataops_core.fairness.refits import Refit, p_of_both, refits
from dataops_core.fairness.versions import versions
from dataops_core.models import PARTS, TRAIN, one_thread, plain, training
from dataops_core.progress import Progress, no_progress
from dataops_core.stats.proportions import REPLICATES, cell_counts, holm, percentiles, resampled_cells
from dataops_core.table import Table

HELD_BACK = 0.3
SLOW_ROWS = 20_000
PAIR = {"demographic_parity": "selection_rate", "equalized_odds": "tpr"}  # whose gap a constraint closes
MEASURED = ("selection_rate", "tpr", "accuracy")  # by which somebody gains or pays
ONCE = 0.5  # of the progress; the rest is learning again
LEAST = 0.005  # a change below it is none that matters
SHRINKS = 0.01


def compare_mitigations(
    table: Table,
    target: str,
    favorable: str,
    sensitive: Sequence[str],
    *,
    methods: Sequence[str] | None = None,
    constraint: Constraint = "demographic_parity",
    kind: Literal["linear", "trees"] = "linear",
    split: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (),
    slow_rows: int = SLOW_ROWS,
    thin: int = THIN,
    seed: int = 0,
    replicates: int = REPLICATES,
    kept: KeptFolds | None = None,
    progress: Progress = no_progress,
) -> Mitigations:
    """Compare ways to act on bias with doing nothing: each learns from the same rows, and decides about the same rows
    that none saw.

    Learned from are the split's training rows, judged its test rows (validation rows where there are no others);
    without a split three in ten rows are held back by the seed, by group and outcome. No model sees the sensitive
    columns, nor those to `leave_out`, such as weights. Who pays and who gains is claimed by Holm across groups,
    measures and methods, counting the chance in the training rows too: the ways learn again from bootstrap samples.
    The slow ones learn from a sample of `slow_rows`. What was learned and is in `kept` is not learned again. Raises
    SettingError where nothing can be learned.
    """
    setup, found, start_frame = prepared(
        table, target, favorable, sensitive, constraint, kind, split, cuts, leave_out, slow_rows, seed
    )
    frame, chosen, train, judge = setup.frame, setup.chosen, setup.train, setup.judge
    about = {
        "target": target,
        "favorable": favorable,
        "sensitive": list(sensitive),
        "constraint": constraint,
        "model": kind,
        "split": split,
        "cuts": {name: list(each) for name, each in (cuts or {}).items()},
        "leave_out": list(leave_out),
        "slow_rows": slow_rows,
        "seed": seed,
    }
    work = KeptWork.of(kept, table, about, "dataops_core.fairness", "dataops_core.models")
    asked = _asked(methods)
    decisions, seconds, failed = _run(asked, setup, work, progress)
    pair = PAIR[constraint]
    told = _claimed(
        decisions,
        setup,
        pair,
        thin,
        replicates,
        work,
        lambda share: progress(ONCE + (1 - ONCE) * share, "Learning again from other rows"),
    )
    best = _undominated(told, constraint)
    progress(1.0, "Done")
    return Mitigations(
        target=target,
        favorable=favorable,
        sensitive=list(found.columns),
        ranges=named_ranges(found, start_frame),
        constraint=constraint,
        model=kind,
        rows=Counted(learned_from=len(train), judged=len(judge), of=len(frame)),
        judged="test rows of the split" if split else "three in ten rows, held back by the seed",
        features=list(chosen.names),
        left_out_features=chosen.left_out,
        methods={
            name: Mitigation(
                judged=each,
                method=METHODS[name],
                seconds=round(seconds[name], 3),
                step=step_of(name, setup, found.cuts),
                undominated=name in best,
                learned_from=len(setup.some) if name in SLOW else len(train),
            )
            for name, each in told.items()
        },
        failed=failed,
        undominated=best,
        thin=thin,
        seed=seed,
        versions=versions(),
    )


def prepared(
    table: Table,
    target: str,
    favorable: str,
    sensitive: Sequence[str],
    constraint: Constraint,
    kind: Literal["linear", "trees"],
    split: str | None,
    cuts: Mapping[str, Sequence[float]] | None,
    leave_out: Sequence[str],
    slow_rows: int,
    seed: int,
) -> tuple[Setup, Groups, pd.DataFrame]:
    """What all ways share, the groups, and the frame as it was."""
    start_frame = table.frame()
    for name in (target, *sensitive, *leave_out, *([split] if split else [])):
        table.column(name)
    found = groups_of(start_frame, list(sensitive), cuts)
    outcome = outcome_of(start_frame, target, favorable)
    names = found.of(np.arange(len(start_frame)))
    training(start_frame, split)
    train, judge = _sides(
        start_frame[split].to_numpy() if split else None, outcome.known, outcome.good, found.codes, seed
    )
    frame = start_frame.copy(deep=False)
    for name in found.cuts:
        frame[name] = groups_of(start_frame, [name], cuts).of(np.arange(len(frame)))
    chosen = usable(table, start_frame.iloc[train], target, found.columns, [*leave_out, *([split] if split else [])])
    setup = Setup(
        frame,
        target,
        favorable,
        found.columns,
        chosen,
        outcome.good,
        names,
        train,
        judge,
        _some(train, found.codes, outcome.good, slow_rows, seed),
        kind,
        constraint,
        seed % 2**31,
    )
    return setup, found, start_frame


def _asked(methods: Sequence[str] | None) -> list[str]:
    for name in methods or ():
        if name not in METHODS:
            raise SettingError(f'There is no way called "{name}".', "compare_mitigations", nearest(name, METHODS))
    return list(dict.fromkeys(["baseline", *(METHODS if methods is None else methods)]))


def _sides(
    parts: np.ndarray | None, known: np.ndarray, good: np.ndarray, codes: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Who is learned from and who is judged, as places; raises SettingError where one side has not both outcomes."""
    if parts is not None:
        train = np.flatnonzero(known & (parts == TRAIN))
        judge = next(
            (rows for part in reversed(PARTS[1:]) if len(rows := np.flatnonzero(known & (parts == part)))),
            np.array([], dtype="int64"),
        )
        if not len(judge):
            raise SettingError(
                "The split keeps no rows with an outcome for testing.",
                "split",
                f"Let some rows say {' or '.join(PARTS[1:])}, or name no split.",
            )
    else:
        rows = np.flatnonzero(known)
        judge = rows[held_back((codes * 2 + good)[rows], HELD_BACK, seed)]
        train = np.setdiff1d(rows, judge)
    for rows, side in ((train, "learn from"), (judge, "judge by")):
        if len(rows) < 2 or len(set(good[rows].tolist())) < 2:
            raise SettingError(
                f"The rows to {side} do not have both outcomes.",
                "compare_mitigations",
                "Bring more rows, or split them so that both sides have both outcomes.",
            )
    return train, judge


def _some(train: np.ndarray, codes: np.ndarray, good: np.ndarray, most: int, seed: int) -> np.ndarray:
    """At most so many training rows, every group and outcome by its share and with some rows where it has some."""
    return train[sampled(len(train), most, codes[train] * 2 + good[train], seed, least=5)]


def _run(
    asked: list[str], setup: Setup, work: KeptWork, progress: Progress
) -> tuple[dict[str, np.ndarray], dict[str, float], dict[str, str]]:
    """The decisions of each method, its seconds, and why it failed if it did."""
    decisions: dict[str, np.ndarray] = {}
    seconds: dict[str, float] = {}
    failed: dict[str, str] = {}
    baseline = functools.cache(lambda: fitted(setup, setup.frame.iloc[setup.train], setup.good[setup.train]))

    def made(name: str) -> KeptJson:
        begin = time.perf_counter()
        if name == "baseline":
            rows = plain(setup.frame.iloc[setup.judge], setup.chosen)
            out = np.asarray(baseline().predict(rows), dtype=bool)
        else:
            model = baseline()
            begin = time.perf_counter()
            out = decided(name, setup, model)
        return {"decisions": array_to_json(out), "seconds": time.perf_counter() - begin}

    with one_thread(), warnings.catch_warnings():
        # columns that are empty on one side, fits that stop early: all methods meet the same
        warnings.simplefilter("ignore")
        for number, name in enumerate(asked):
            progress(ONCE * number / len(asked), METHODS[name].title)
            try:
                told = work.once(functools.partial(made, name), name)
            except (DataOpsError, Skip) as error:
                failed[name] = str(error)
            except ValueError as error:  # of Fairlearn: a group with one outcome only
                failed[name] = f"It cannot be done with these groups: {error}"
            else:
                decisions[name], seconds[name] = array_from_json(told["decisions"]), told["seconds"]
    return decisions, seconds, failed


def _claimed(
    decisions: Mapping[str, np.ndarray],
    setup: Setup,
    pair: str,
    thin: int,
    replicates: int,
    work: KeptWork,
    progress: Callable[[float], None],
) -> dict[str, Comparison]:
    """Each method against the baseline; of whom the judged rows let something be claimed learn again, which decides."""

    def judge(name: str, again: Sequence[Refit] | None = None) -> Comparison:
        return compared(
            decisions[name],
            decisions["baseline"],
            setup,
            pair,
            thin,
            replicates,
            among=max(1, len(decisions) - 1),
            again=again,
        )

    told = {name: judge(name) for name in decisions}
    named = [name for name, each in told.items() if each.pays or each.gains]
    return told | {name: judge(name, again) for name, again in refits(named, setup, work, progress).items()}


def _rates(cells: np.ndarray) -> dict[str, np.ndarray]:
    """Rates of each group from counts (…, groups, truth, decision); NaN where there is nobody to count."""
    with np.errstate(divide="ignore", invalid="ignore"):
        n = cells.sum(axis=(-2, -1))
        return {
            "selection_rate": cells[..., 1].sum(axis=-1) / n,
            "tpr": cells[..., 1, 1] / cells[..., 1, :].sum(axis=-1),
            "fpr": cells[..., 0, 1] / cells[..., 0, :].sum(axis=-1),
            "accuracy": (cells[..., 0, 0] + cells[..., 1, 1]) / n,
        }


def _whole(cells: np.ndarray) -> dict[str, np.ndarray]:
    """Accuracy and balanced accuracy of everybody, from counts (…, groups, truth, decision)."""
    together = _rates(cells.sum(axis=-3, keepdims=True))
    return {
        "accuracy": together["accuracy"][..., 0],
        "balanced_accuracy": (together["tpr"][..., 0] + 1 - together["fpr"][..., 0]) / 2,
    }


def compared(
    made: np.ndarray,
    before: np.ndarray,
    setup: Setup,
    pair: str,
    thin: int,
    replicates: int = REPLICATES,
    *,
    among: int = 1,
    again: Sequence[Refit] | None = None,
) -> Comparison:
    """One method's decisions against the baseline's, by the counts of group, truth, the baseline's decision and its
    own.

    `again` are both after learning from other training rows; None leaves the chance in these out of account, and too
    few of them claim nothing.
    """
    names, codes = np.unique(setup.groups[setup.judge].astype(str), return_inverse=True)
    truth = setup.good[setup.judge].astype(int)
    cells = cell_counts((len(names), 2, 2, 2), codes, truth, before, made)
    drawn = resampled_cells(cells, replicates, setup.seed)
    now, then = cells.sum(axis=2), cells.sum(axis=3)  # over the baseline's decisions, and over its own
    rates, old = _rates(now), _rates(then)
    drawn_rates, drawn_old = _rates(drawn.sum(axis=3)), _rates(drawn.sum(axis=4))
    of = {
        "selection_rate": now.sum(axis=(1, 2)),
        "tpr": now[:, 1].sum(axis=1),
        "fpr": now[:, 0].sum(axis=1),
        "accuracy": now.sum(axis=(1, 2)),
    }
    whole, whole_then = _whole(now), _whole(then)
    drawn_whole, drawn_whole_then = _whole(drawn.sum(axis=3)), _whole(drawn.sum(axis=4))
    difference = {key: _change(whole[key], whole_then[key], drawn_whole[key], drawn_whole_then[key]) for key in whole}
    ends: dict[str, tuple[int, int]] = {}
    intervals: dict[str, Interval | None] = {key: percentiles(value) for key, value in drawn_whole.items()}
    wide_gaps: dict[str, float | None] = {}
    apart_drawn: dict[str, np.ndarray] = {}
    for key, gap in (("selection_rate", "selection_gap"), ("tpr", "tpr_gap"), ("fpr", "fpr_gap")):
        wide = np.flatnonzero(of[key] >= thin)
        wide_gaps[gap] = float(np.ptp(rates[key][wide])) if len(wide) > 1 else None
        intervals[gap] = None
        if len(wide) > 1:
            apart_drawn[gap] = np.ptp(drawn_rates[key][:, wide], axis=1)
            intervals[gap] = percentiles(apart_drawn[gap])
            low, high = int(wide[old[key][wide].argmin()]), int(wide[old[key][wide].argmax()])
            ends[key] = low, high
            apart = [
                np.abs(each[..., high] - each[..., low])
                for each in (rates[key], old[key], drawn_rates[key], drawn_old[key])
            ]
            difference[gap] = replace(_change(*apart), between=(str(names[high]), str(names[low])))
    tpr, fpr = wide_gaps["tpr_gap"], wide_gaps["fpr_gap"]
    both = {"tpr_gap", "fpr_gap"} <= set(apart_drawn)
    intervals["odds_gap"] = percentiles(np.maximum(apart_drawn["tpr_gap"], apart_drawn["fpr_gap"])) if both else None
    groups = {
        str(name): GroupOutcome(
            n=int(of["accuracy"][at]),
            thin=bool(of["accuracy"][at] < thin),
            rates={
                key: RateChange(
                    value=float(rates[key][at]) if of[key][at] else None,
                    of=int(of[key][at]),
                    thin=bool(of[key][at] < thin),
                    change=_change(rates[key][at], old[key][at], drawn_rates[key][:, at], drawn_old[key][:, at]),
                )
                for key in rates
            },
        )
        for at, name in enumerate(names)
    }
    if again is not None:
        shape = (len(names), 2, 2)
        moved = [
            {key: ours[key] - theirs[key] for key in MEASURED}
            for ours, theirs in (
                (_rates(cell_counts(shape, codes, truth, one)), _rates(cell_counts(shape, codes, truth, other)))
                for one, other in again
            )
        ]
        for at, each in enumerate(groups.values()):
            for key in MEASURED:
                change = each.rates[key].change
                p = p_of_both(change, np.array([other[key][at] for other in moved]))
                each.rates[key] = replace(each.rates[key], change=replace(change, p=p))
    _correct(groups, among)
    gains = _moved(groups, 1)
    better = any(each.measure in ("selection_rate", "tpr") for each in gains)
    return Comparison(
        accuracy=float(whole["accuracy"]),
        balanced_accuracy=float(whole["balanced_accuracy"]),
        difference=difference,
        intervals=intervals,
        selection_gap=wide_gaps["selection_gap"],
        tpr_gap=tpr,
        fpr_gap=fpr,
        odds_gap=None if tpr is None or fpr is None else max(tpr, fpr),
        groups=groups,
        pays=_moved(groups, -1),
        gains=gains,
        levels_down=not better and _levels_down(rates, old, ends.get(pair), pair),
    )


def _change(now: Any, then: Any, drawn_now: np.ndarray, drawn_then: np.ndarray) -> Change:
    """A change with its paired interval; `clear` when that leaves nought out and the change is large enough
    to matter.
    """
    value = float(now - then)
    if not np.isfinite(value):
        return Change(value=None, ci=None, p=None, clear=False)
    between = percentiles(drawn_now - drawn_then)
    clear = between is not None and not between[0] <= 0 <= between[1] and abs(value) >= LEAST
    return Change(value=value, ci=between, p=_p_of(value, drawn_now - drawn_then), clear=bool(clear))


def _p_of(value: float, drawn: np.ndarray) -> float | None:
    """How often chance alone changes a rate as much, by the spread of the replicates (normal law); None where it is not
    defined.
    """
    from scipy.stats import norm

    known = drawn[np.isfinite(drawn)]
    spread = float(known.std()) if len(known) >= 0.95 * len(drawn) and len(known) > 1 else 0.0
    return float(2 * norm.sf(abs(value) / spread)) if spread > 0 else None


def _correct(groups: Mapping[str, GroupOutcome], among: int) -> None:
    """Let a group's change be clear only where Holm's p-value, across groups, measures and as many methods, is at most
    0.05.
    """
    entries = [(each.rates, key) for each in groups.values() for key in MEASURED if not each.rates[key].thin]
    adjusted = holm([rates[key].change.p for rates, key in entries])
    for (rates, key), p in zip(entries, adjusted, strict=True):
        change = rates[key].change
        clear = bool(change.clear and p is not None and p * among <= ALPHA)
        corrected = Corrected(p_holm=None if p is None else min(1.0, p * among))
        rates[key] = replace(rates[key], change=replace(change, clear=clear, corrected=corrected))


def _moved(groups: Mapping[str, GroupOutcome], sign: int) -> list[Moved]:
    """Groups whose good or right decisions clearly became fewer (-1) or more (1)."""
    return [
        Moved(group=name, measure=key, change=rate.change)
        for name, each in groups.items()
        for key in MEASURED
        for rate in [each.rates[key]]
        if rate.change.clear and (rate.change.value or 0) * sign > 0 and not rate.thin
    ]


def _levels_down(
    rates: Mapping[str, np.ndarray], old: Mapping[str, np.ndarray], ends: tuple[int, int] | None, key: str
) -> bool:
    """Whether the gap shrinks while the worse-off group gains nothing."""
    if ends is None:
        return False
    low, high = ends
    shrinks = abs(old[key][high] - old[key][low]) - abs(rates[key][high] - rates[key][low])
    return bool(shrinks >= SHRINKS and rates[key][low] - old[key][low] <= LEAST and rates[key][high] < old[key][high])


def _undominated(told: Mapping[str, Comparison], constraint: str) -> list[str]:
    """The methods that no other beats in accuracy and gap at once, in one of them by more than chance; without a gap
    there is nothing to weigh.

    By more than chance: the two intervals do not share a value.
    """
    name_of = "selection_gap" if constraint == "demographic_parity" else "odds_gap"
    points = {
        name: ((each.accuracy, -gap), _span(each, gap, each.intervals.get(name_of)))
        for name, each in told.items()
        if (gap := each.gap(constraint)) is not None
    }

    def beats(other: Any, mine: Any) -> bool:
        better = all(a >= b for a, b in zip(other[0], mine[0], strict=True))
        return better and any(low > high for (low, _), (_, high) in zip(other[1], mine[1], strict=True))

    return [name for name, mine in points.items() if not any(beats(other, mine) for other in points.values())]


def _span(each: Comparison, gap: float, apart: Interval | None) -> tuple[Interval, Interval]:
    """The ends of accuracy and of the gap, turned round so that more is better; both the value itself where there is no
    interval.
    """
    low, high = apart or (gap, gap)
    return each.intervals.get("accuracy") or (each.accuracy, each.accuracy), (-high, -low)
