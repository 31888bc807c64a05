"""Everything about bias that a table allows, in one answer: groups, outcomes, decisions, gaps, strata and proxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.fairness.confounding import Confounding, confounding
from dataops_core.fairness.data import DataMeasures, data_measures
from dataops_core.fairness.decisions import BroughtDecisions, Decisions, LearnedDecisions, brought, learned
from dataops_core.fairness.gaps import Gap, Gaps, LargestGap, gaps, judged
from dataops_core.fairness.group_definitions import THIN, Outcome, groups_of, outcome_of
from dataops_core.fairness.groups import AgainstPopulation, GroupCounts, groups
from dataops_core.fairness.guide import PRINCIPLES, Principles
from dataops_core.fairness.measures import RATES
from dataops_core.fairness.mitigation_results import Mitigations
from dataops_core.fairness.model import ModelMeasures, model_measures
from dataops_core.fairness.proxies import Scores, proxies
from dataops_core.fairness.proxies import judged as judged_proxies
from dataops_core.fairness.recipe_impact import StepImpact
from dataops_core.fairness.versions import versions
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record, absent, empty, spread
from dataops_core.steps._groups import group_texts, range_ends
from dataops_core.table import Table

MOST_GROUPS = 200  # of which a model's decisions are told one by one; the smaller ones are taken together
OTHERS = "all smaller groups"
SCREEN = 0.8


@dataclass(frozen=True, kw_only=True)
class Look(Record):
    """One way to form groups, and what can be told of it."""

    groups: dict[str, GroupCounts]
    ranges: dict[str, list[str]]  # what the ranges of amounts are called, by column
    reference: str
    data: dict[str, float | None]  # measures of all others together against the reference
    model: ModelMeasures | None = empty()
    population: AgainstPopulation | None = absent()
    by_part: dict[str, dict[str, GroupCounts]] | None = absent()  # the groups within each part of a split
    data_measures: DataMeasures | None = absent()
    confounding: Confounding | None = absent()  # with strata


@dataclass(frozen=True, kw_only=True)
class ProxyOf(Record):
    """How well a column tells a sensitive one."""

    of: str  # the sensitive column
    column: str | None  # null: all columns together
    scores: Scores = spread()


@dataclass(frozen=True, kw_only=True)
class Bias(Record):
    """Everything about bias that a table allows."""

    rows: int
    sensitive: list[str]  # the columns that make the groups, all together
    target: str | None
    favorable: str | None  # the good outcome
    reference: str  # the group that others are compared with
    prediction: str | None  # the column whose decisions are judged; null: a model's are
    control: str | None
    strata: list[str]
    split: str | None
    leave_out: list[str]  # columns that nobody may decide by
    seed: int
    thin: int  # fewer rows than this are few
    look: Look = spread()
    gaps: list[Gap]  # every gap to the reference that was looked at
    largest: list[LargestGap]  # the widest of each measure
    by_column: dict[str, Look]  # each sensitive column alone, where there are several
    proxies: list[ProxyOf]
    decisions: BroughtDecisions | LearnedDecisions | None  # where the judged decisions come from
    words: list[str]  # what stands out, in sentences
    left_out: dict[str, str]  # what could not be done, with the reason
    guide: Principles
    versions: dict[str, str]  # of the packages that figures come from
    lab: Mitigations | None = absent()  # ways to act on it, where they are asked for
    through: list[StepImpact] | None = absent()  # what each step of a recipe did to the groups, where it is asked for

    @property
    def looks(self) -> dict[str, Look]:
        """All ways to form groups by their columns, that by all of them first."""
        return {", ".join(self.sensitive): self.look, **self.by_column}


def bias(
    table: Table,
    sensitive: Sequence[str],
    *,
    target: str | None = None,
    favorable: str | None = None,
    reference: str | None = None,
    prediction: str | None = None,
    control: str | None = None,
    strata: Sequence[str] = (),
    population: Mapping[str, float] | None = None,
    split: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (),
    kind: Literal["linear", "trees"] = "linear",
    thin: int = THIN,
    seed: int = 0,
    progress: Progress = no_progress,
) -> Bias:
    """Look at bias as deep as the data allows: groups alone; with a target, its outcomes; and decisions about them,
    those of the column `prediction` or of a baseline model that never sees the sensitive columns nor the rows that it
    judges.

    One to three sensitive columns are looked at together, and each alone where there are several; which gaps are clear
    is decided by Holm across them all. `reference` names a group of the whole or of a column. `leave_out` names columns
    that nobody may decide by, such as weights, which were made from group and outcome. What could not be done is told
    with its reason. Raises SettingError for what does not fit.
    """
    columns = [table.column(name).name for name in dict.fromkeys(sensitive)]
    frame = table.frame()
    for name in (target, prediction, control, split, *leave_out):
        if name is not None:
            table.column(name)
    if favorable is not None and target is None:
        raise SettingError(
            "A good value without a target says nothing.", "favorable", "Say which column holds the outcome."
        )
    if target in columns or (prediction is not None and prediction in (*columns, target)):
        raise SettingError(
            "One column cannot be two things here.",
            "sensitive",
            "Choose different columns for target, sensitive and prediction.",
        )
    for name, what in ((control, "control feature"), *((name, "stratum") for name in strata)):
        if name in (*columns, target, prediction) and name is not None:
            role = "the target" if name == target else "the prediction" if name == prediction else "sensitive"
            raise SettingError(
                f'"{name}" is {role}, so it cannot be a {what} too.',
                what.split()[0],
                "Choose another column, whose values people share whatever their group.",
            )
    views = [tuple(columns)] + [(name,) for name in columns if len(columns) > 1]
    references = _references(frame, views, reference, cuts)
    outcome = outcome_of(frame, target, favorable) if target is not None else None
    left_out: dict[str, str] = {}
    progress(0.05, "Deciding")
    decisions = _decisions(
        table, frame, target, favorable, outcome, columns, prediction, kind, split, leave_out, seed, left_out
    )
    looks, all_gaps = [], Gaps([], [])
    for number, view in enumerate(views):
        progress(0.3 + 0.4 * number / len(views), f"Comparing groups of {', '.join(view)}")
        given = population if number == 0 else None
        look, found = _look(
            table,
            frame,
            view,
            target,
            favorable,
            references[view],
            given,
            strata,
            outcome,
            decisions,
            control,
            split,
            cuts,
            leave_out,
            thin,
            seed,
        )
        looks.append(look)
        all_gaps = Gaps([*all_gaps.gaps, *found.gaps], [*all_gaps.largest, *found.largest])
    progress(0.75, "Looking for proxies")
    all_gaps = judged(all_gaps)
    told_proxies = _proxies(table, columns, target, prediction, split, cuts, leave_out, seed, left_out)
    told = Bias(
        rows=len(frame),
        sensitive=columns,
        target=target,
        favorable=favorable,
        reference=references[views[0]],
        prediction=prediction,
        control=control,
        strata=list(strata),
        split=split,
        leave_out=list(leave_out),
        seed=seed,
        thin=thin,
        look=looks[0],
        gaps=all_gaps.gaps,
        largest=all_gaps.largest,
        by_column={view[0]: look for view, look in zip(views[1:], looks[1:], strict=True)},
        proxies=told_proxies,
        decisions=decisions.how if decisions else None,
        words=[],
        left_out=left_out,
        guide=PRINCIPLES,
        versions=versions(),
    )
    progress(1.0, "Done")
    return replace(told, words=_words(told))


def _references(
    frame: pd.DataFrame, views: list[tuple[str, ...]], asked: str | None, cuts: Mapping[str, Sequence[float]] | None
) -> dict[tuple[str, ...], str]:
    """The reference group of each view: as asked where it has such a group, else its largest."""
    all_groups = {view: groups_of(frame, view, cuts) for view in views}
    if asked is not None and not any(asked in found.names for found in all_groups.values()):
        names = [name for found in reversed(all_groups.values()) for name in found.names]
        raise SettingError(f'There is no group "{asked}".', "reference", nearest(asked, names))
    return {view: found.reference(asked if asked in found.names else None) for view, found in all_groups.items()}


def _decisions(
    table: Table,
    frame: pd.DataFrame,
    target: str | None,
    favorable: str | None,
    outcome: Outcome | None,
    columns: list[str],
    prediction: str | None,
    kind: Literal["linear", "trees"],
    split: str | None,
    leave_out: Sequence[str],
    seed: int,
    left_out: dict[str, str],
) -> Decisions | None:
    if target is None or favorable is None or outcome is None:
        left_out["model"] = "without a target no decision can be judged"
        return None
    if prediction is not None:
        return brought(frame, prediction, favorable, outcome.classes)
    try:
        return learned(table, frame, target, outcome, columns, kind=kind, split=split, leave_out=leave_out, seed=seed)
    except SettingError as error:
        left_out["model"] = str(error)
        return None


def _look(
    table: Table,
    frame: pd.DataFrame,
    view: tuple[str, ...],
    target: str | None,
    favorable: str | None,
    reference: str,
    population: Mapping[str, float] | None,
    strata: Sequence[str],
    outcome: Outcome | None,
    decisions: Decisions | None,
    control: str | None,
    split: str | None,
    cuts: Mapping[str, Sequence[float]] | None,
    leave_out: Sequence[str],
    thin: int,
    seed: int,
) -> tuple[Look, Gaps]:
    """One way to form groups: all that can be told of it, and the gaps that are still to be judged."""
    counted = groups(
        table,
        view,
        target=target,
        favorable=favorable,
        reference=reference,
        population=population,
        split=split,
        cuts=cuts,
        thin=thin,
        seed=seed,
    )
    told = Look(
        groups=counted.groups,
        ranges=counted.ranges,
        reference=reference,
        data={},
        population=counted.population,
        by_part=counted.by_part,
    )
    if target is None or favorable is None or outcome is None:
        return told, Gaps([], [])
    measured = data_measures(
        table, view, target, favorable, reference=reference, strata=strata, cuts=cuts, leave_out=leave_out, seed=seed
    )
    told = replace(told, data={key: each.value for key, each in measured.together.items()}, data_measures=measured)
    if strata:
        within = confounding(table, target, favorable, view, strata, reference=reference, cuts=cuts)
        told = replace(told, confounding=within)
    rates = {
        "favorable rate": {name: (each.favorable or 0, each.labelled or 0) for name, each in counted.groups.items()}
    }
    found = groups_of(frame, view, cuts)
    if decisions is not None:
        rows = decisions.rows[outcome.known[decisions.rows]]
        here = outcome.known[decisions.rows]
        if not here.any():
            raise SettingError(
                "No row has both an outcome and a decision.",
                "prediction",
                "Bring decisions about rows with an outcome.",
            )
        names = _fewer(found.of(rows), reference)
        levels = (
            None
            if control is None
            else np.array(group_texts(frame[control], range_ends(frame[control])), dtype=object)[rows]
        )
        model = model_measures(
            outcome.good[rows],
            decisions.chosen[here],
            names,
            chances=None if decisions.chances is None else decisions.chances[here],
            control=levels,
            reference=reference if reference in set(names) else None,
            thin=thin,
            seed=seed,
        )
        told = replace(told, model=model)
        rates |= {
            measure: {name: (each.rates[measure].hits, each.rates[measure].of) for name, each in model.groups.items()}
            for measure in RATES
            if measure != "fnr"
        }
    return told, gaps(rates, reference, thin=thin, seed=seed, of=", ".join(view))


def _fewer(names: np.ndarray, reference: str) -> np.ndarray:
    """At most 200 groups: the smallest ones are taken together, so that none is dropped."""
    values, counts = np.unique(names.astype(str), return_counts=True)
    if len(values) <= MOST_GROUPS:
        return names
    order = sorted(range(len(values)), key=lambda at: (values[at] != reference, -int(counts[at]), values[at]))
    kept = {str(values[at]) for at in order[: MOST_GROUPS - 1]}
    return np.array([name if name in kept else OTHERS for name in names], dtype=object)


def _proxies(
    table: Table,
    columns: list[str],
    target: str | None,
    prediction: str | None,
    split: str | None,
    cuts: Mapping[str, Sequence[float]] | None,
    leave_out: Sequence[str],
    seed: int,
    left_out: dict[str, str],
) -> list[ProxyOf]:
    """For each sensitive column, how well each other column and all together tell it; the other sensitive ones among
    them.
    """
    told: list[ProxyOf] = []
    for name in columns:
        try:
            found = proxies(
                table,
                [name],
                target=target,
                split=split,
                cuts=cuts,
                leave_out=[*leave_out, *([prediction] if prediction else [])],
                seed=seed,
            )
        except SettingError as error:
            left_out[f"proxies of {name}"] = str(error)
            continue
        told += [ProxyOf(of=name, column=each.column, scores=each.scores) for each in found.columns]
        if found.together:
            told.append(ProxyOf(of=name, column=None, scores=found.together))
    everything = judged_proxies([each.scores for each in told])  # across all sensitive columns
    return [replace(each, scores=scores) for each, scores in zip(told, everything, strict=True)]


def _words(told: Bias) -> list[str]:
    """What stands out, in sentences; thin groups and unclear gaps are not made a story of."""
    said, look = [], told.look
    for each in told.largest:
        if each.clear:
            ends = f"from {each.lowest_rate:.1%} ({each.lowest}) to {each.highest_rate:.1%} ({each.highest})"
            said.append(
                f"By {each.of.replace(', ', ' and ')}, the {_named(each.measure)} runs {ends}: more than chance"
                f" (permutation test, p {_p(each.p_holm)})."
            )
    if len([name for name, each in look.groups.items() if not each.unknown]) < 2:
        said.append("There is only one group, so there is nothing to compare.")
    elif told.largest and not said:
        said.append(
            "No gap between groups is clear: what differs may be chance, or the groups may be too small to tell."
        )
    thin = [name for name, each in look.groups.items() if each.thin]
    if thin:
        said.append(
            f"{len(thin):,} of {len(look.groups):,} groups have fewer than {told.thin} rows: their rates are"
            " shown, and not judged."
        )
    if look.data_measures and look.data_measures.one_outcome and look.data_measures.one_outcome.words:
        said.append(look.data_measures.one_outcome.words)
    if look.confounding:
        said += [each.words for each in look.confounding.by_group.values() if each.reverses or each.vanishes]
    without_thin = look.model.fairness["selection_rate"].without_thin if look.model else None
    ratio = without_thin.ratio if without_thin else None
    clear = any(each.clear and each.measure == "selection_rate" for each in told.largest)
    if clear and ratio is not None and ratio < SCREEN:
        said.append(
            f"The lowest selection rate is {ratio:.0%} of the highest: below the four fifths at which US employment"
            " agencies look closer (29 CFR 1607.4 D); a screen, no proof."
        )
    return said


def _named(measure: str) -> str:
    return RATES[measure].title.lower() if measure in RATES else measure


def _p(p: float | None) -> str:
    return f"{p:.3f}" if p is not None and p >= 0.001 else "below 0.001"
