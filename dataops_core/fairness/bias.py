"""Everything about bias that a table allows, in one answer: groups, outcomes, decisions, gaps, strata and proxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.fairness.confounding import confounding
from dataops_core.fairness.data import data_measures
from dataops_core.fairness.decisions import Decisions, brought, learned
from dataops_core.fairness.formulas import MODEL
from dataops_core.fairness.gaps import gaps, judged
from dataops_core.fairness.group_definitions import THIN, Outcome, groups_of, outcome_of
from dataops_core.fairness.groups import groups
from dataops_core.fairness.guide import GUIDE
from dataops_core.fairness.model import PARTS_OF, model_measures
from dataops_core.fairness.proxies import judged as judged_proxies
from dataops_core.fairness.proxies import proxies
from dataops_core.progress import Progress, no_progress
from dataops_core.steps._groups import group_texts, range_ends
from dataops_core.table import Table

MOST_GROUPS = 200  # of which a model's decisions are told one by one; the smaller ones are taken together
OTHERS = "all smaller groups"
SCREEN = 0.8


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
) -> dict[str, Any]:
    """Look at bias as deep as the data allows: groups alone; with a target, its outcomes; and decisions about them,
    those of the column `prediction` or of a baseline model that never sees the sensitive columns nor the rows that it
    judges.

    One to three sensitive columns are looked at together, and each alone ("by_column") where there are several. "gaps"
    and "largest" hold every gap that was looked at, with `clear` by Holm across them all. `reference` names a group of
    the whole or of a column. `leave_out` names columns that nobody may decide by, such as weights, which were made from
    group and outcome. What could not be done is in "left_out" with its reason. Raises SettingError for what does not
    fit.
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
    looks = []
    for number, view in enumerate(views):
        progress(0.3 + 0.4 * number / len(views), f"Comparing groups of {', '.join(view)}")
        given = population if number == 0 else None
        looks.append(
            _look(
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
        )
    progress(0.75, "Looking for proxies")
    found = judged({key: [entry for look in looks for entry in look.pop(key)] for key in ("gaps", "largest")})
    told = (
        {
            "rows": len(frame),
            "sensitive": columns,
            "target": target,
            "favorable": favorable,
            "reference": references[views[0]],
            "prediction": prediction,
            "control": control,
            "strata": list(strata),
            "split": split,
            "leave_out": list(leave_out),
            "seed": seed,
            "thin": thin,
        }
        | looks[0]
        | {"gaps": found["gaps"], "largest": found["largest"]}
    )
    told["by_column"] = {view[0]: look for view, look in zip(views[1:], looks[1:], strict=True)}
    told["proxies"] = _proxies(table, columns, target, prediction, split, cuts, leave_out, seed, left_out)
    told["decisions"] = decisions.how if decisions else None
    told["words"] = _words(told)
    told |= {
        "left_out": left_out,
        "guide": {key: GUIDE[key] for key in ("impossible", "no_badge", "four_fifths")},
        "versions": versions(),
    }
    progress(1.0, "Done")
    return told


def versions() -> dict[str, str]:
    """The packages that the figures come from."""
    from importlib.metadata import version

    return {name: version(name) for name in ("fairlearn", "scikit-learn", "scipy", "numpy", "pandas")}


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
) -> dict[str, Any]:
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
    told: dict[str, Any] = {
        "groups": counted["groups"],
        "ranges": counted["ranges"],
        "reference": reference,
        "data": {},
        "model": {},
        "gaps": [],
        "largest": [],
    }
    told |= {key: counted[key] for key in ("population", "by_part") if key in counted}
    if target is None or favorable is None or outcome is None:
        return told
    measured = data_measures(
        table, view, target, favorable, reference=reference, strata=strata, cuts=cuts, leave_out=leave_out, seed=seed
    )
    told |= {"data": {key: each["value"] for key, each in measured["together"].items()}, "data_measures": measured}
    if strata:
        told["confounding"] = confounding(table, target, favorable, view, strata, reference=reference, cuts=cuts)
    rates = {
        "favorable rate": {name: (each["favorable"], each["labelled"]) for name, each in counted["groups"].items()}
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
        told["model"] = model_measures(
            outcome.good[rows],
            decisions.chosen[here],
            names,
            chances=None if decisions.chances is None else decisions.chances[here],
            control=levels,
            reference=reference if reference in set(names) else None,
            thin=thin,
            seed=seed,
        )
        rates |= {
            measure: {
                name: (each[measure]["hits"], each[measure]["of"]) for name, each in told["model"]["groups"].items()
            }
            for measure in PARTS_OF
            if measure != "fnr"
        }
    return told | gaps(rates, reference, thin=thin, seed=seed, of=", ".join(view))


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
) -> list[dict[str, Any]]:
    """For each sensitive column, how well each other column and all together tell it; the other sensitive ones among
    them.
    """
    told = []
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
        told += [{"of": name, **each} for each in found["columns"]]
        if found["together"]:
            told.append({"of": name, "column": None, **found["together"]})
    judged_proxies(told)  # across all sensitive columns
    return told


def _words(told: Mapping[str, Any]) -> list[str]:
    """What stands out, in sentences; thin groups and unclear gaps are not made a story of."""
    said = []
    largest = {(each["of"], each["measure"]): each for each in told["largest"]}
    for (of, measure), each in largest.items():
        if each["clear"]:
            ends = (
                f"from {each['lowest_rate']:.1%} ({each['lowest']}) to {each['highest_rate']:.1%} ({each['highest']})"
            )
            said.append(
                f"By {of.replace(', ', ' and ')}, the {_named(measure)} runs {ends}: more than chance (permutation"
                f" test, p {_p(each['p_holm'])})."
            )
    if len([name for name, each in told["groups"].items() if not each["unknown"]]) < 2:
        said.append("There is only one group, so there is nothing to compare.")
    elif told["largest"] and not said:
        said.append(
            "No gap between groups is clear: what differs may be chance, or the groups may be too small to tell."
        )
    thin = [name for name, each in told["groups"].items() if each["thin"]]
    if thin:
        said.append(
            f"{len(thin):,} of {len(told['groups']):,} groups have fewer than {told['thin']} rows: their rates are"
            " shown, and not judged."
        )
    if (told.get("data_measures", {}).get("one_outcome") or {}).get("words"):
        said.append(told["data_measures"]["one_outcome"]["words"])
    for each in told.get("confounding", {}).get("by_group", {}).values():
        if each["reverses"] or each["vanishes"]:
            said.append(each["words"])
    ratio = (told["model"] or {}).get("fairness", {}).get("selection_rate", {}).get("without_thin", {}).get("ratio")
    clear = any(each["clear"] and each["measure"] == "selection_rate" for each in told["largest"])
    if clear and ratio is not None and ratio < SCREEN:
        said.append(
            f"The lowest selection rate is {ratio:.0%} of the highest: below the four fifths at which US employment"
            " agencies look closer (29 CFR 1607.4 D); a screen, no proof."
        )
    return said


def _named(measure: str) -> str:
    return MODEL[measure]["title"].lower() if measure in MODEL else measure


def _p(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "below 0.001"
