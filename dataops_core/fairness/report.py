"""The report on bias as one HTML file or JSON: small cells suppressed, with everything needed to repeat it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dataops_core.fairness.formulas import MODEL
from dataops_core.fairness.guide import GUIDE, PRINCIPLES
from dataops_core.fairness.model import CELLS
from dataops_core.report.document import HIDDEN, between, document, percent, table

if TYPE_CHECKING:
    from dataops_core.fairness.bias import Bias

BiasJson = dict[str, Any]  # what was found as JSON, with None and marks where it was suppressed
FEW = 10  # people below whom a count may give somebody away
KEPT = ("group", "stratum", "reference", "measure", "of")


def suppressed(told: Any, few: int = FEW) -> Any:
    """What `bias` told, as JSON and without small cells: wherever a count lies from 1 to `few` - 1, everything that is
    counted from it is None.

    A group of few people keeps its name and the mark "suppressed"; its counts, rates, intervals and gaps go. So do the
    counts from which they could be got back: the smallest other group's too where only one is suppressed.
    """
    small = _small(told, few)
    return _without(told, small, few)


def _small(told: Mapping[str, Any], few: int) -> frozenset[str]:
    """Names of groups that must not be counted: too few people, or too few with either outcome."""
    names: set[str] = set()
    for look in (told, *told.get("by_column", {}).values()):
        of = look.get("groups", {})
        here = {name for name, each in of.items() if _risky(each, few)}
        if len(here) == 1 and len(of) > 2:  # the whole less the others would tell it
            here.add(min((name for name in of if name not in here), key=lambda name: (of[name]["n"], name)))
        names |= here
    return frozenset(names)


def _risky(group: Mapping[str, Any], few: int) -> bool:
    counts = [group["n"]]
    if group.get("labelled") is not None:
        counts += [group["favorable"], group["labelled"] - group["favorable"]]
    return any(0 < count < few for count in counts)


def _without(told: Any, small: frozenset[str], few: int) -> Any:
    if isinstance(told, Mapping):
        if any(
            isinstance(told.get(key), str) and told[key] in small for key in ("group", "stratum", "lowest", "highest")
        ) or _few_counted(told, few):
            return {key: value if key in KEPT and isinstance(value, str) else None for key, value in told.items()} | {
                HIDDEN: True
            }
        return {
            key: {HIDDEN: True} if key in small and isinstance(value, Mapping) else _without(value, small, few)
            for key, value in told.items()
        }
    if isinstance(told, (list, tuple)):
        return [
            _without(each, small, few)
            for each in told
            if not (isinstance(each, str) and " " in each and _names_one(each, small))
        ]
    return told


def _names_one(sentence: str, small: frozenset[str]) -> bool:
    """Whether a sentence speaks of a group that is not counted; a name by itself does not."""
    return sentence not in small and any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) for name in small)


def _few_counted(told: Mapping[str, Any], few: int) -> bool:
    """Whether a count in it is one of few people: a rate's hits or misses, a stratum's people, a point of a curve."""
    hits, of = told.get("hits"), told.get("of")
    counts = (
        [told.get("n"), told.get("rows")]
        if "n" in told or "observed" in told
        else list(told.values())
        if set(told) == set(CELLS)
        else []
    )
    if isinstance(hits, int) and isinstance(of, int):
        counts += [hits, of - hits]
    return any(isinstance(count, int) and 0 < count < few for count in counts)


def json_report(told: Bias, *, title: str, content_hash: str = "", suppress: int = FEW) -> BiasJson:
    """What `bias` told, without small cells, with the title, the content hash of the table, and the threshold."""
    shown = suppressed(told.to_json(), suppress)
    return {"title": title, "content_hash": content_hash, "suppressed_below": suppress, **shown}


def html_report(told: Bias, *, title: str, content_hash: str = "", suppress: int = FEW) -> str:
    """The report as one HTML file that loads nothing; the same answer gives the same bytes."""
    shown = suppressed(told.to_json(), suppress)
    parts = [
        ("Groups", _groups(shown)),
        ("What stands out", _said(shown)),
        ("Data", _data(shown)),
        ("Decisions", _model(shown)),
        ("Gaps", _gaps(shown)),
        ("Within strata", _strata(shown)),
        ("Proxies", _proxies(shown)),
        ("Ways to act on it", _lab(shown)),
        ("Through the recipe", _steps(shown)),
        ("Which measure answers my question", _guide()),
        ("How to repeat it", _repeat(shown, content_hash, suppress)),
    ]
    intro = f"{PRINCIPLES.no_badge} Cells of fewer than {suppress} people are not shown."
    return document("Bias report", title, intro, parts)


def _groups(told: Mapping[str, Any]) -> str:
    rows = []
    for name, each in told["groups"].items():
        if HIDDEN in each:
            rows.append((name, HIDDEN, "", "", "", ""))
        else:
            rows.append(
                (
                    name,
                    f"{each['n']:,}",
                    percent(each["share"]),
                    percent(each["rate"]) if told["target"] else "",
                    between(each["ci"]),
                    percent(each["missing"]),
                )
            )
    out = table(
        (", ".join(told["sensitive"]), "people", "share", "good outcome", "95 % interval (Wilson)", "missing cells"),
        rows,
    )
    against = told.get("population")
    if against and against.get("p") is not None:
        stated = [
            (name, percent(each["share"]), percent(each["stated"]))
            for name, each in against["groups"].items()
            if HIDDEN not in each
        ]
        out += (
            f"<p>Against the stated population ({html.escape(str(against['test']))}): p = {against['p']:.4f}.</p>"
            + table(("group", "in the table", "in the population"), stated)
        )
    return out


def _said(told: Mapping[str, Any]) -> str:
    lines = [*told["words"], *[f"Left out: {name} ({why})" for name, why in told["left_out"].items()]]
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def _data(told: Mapping[str, Any]) -> str:
    measured = told.get("data_measures")
    if not measured:
        return ""
    rows = []
    for key, about in measured["about"].items():
        each = measured["together"][key]
        value = "not defined" if each.get("value") is None else f"{each['value']:.4f}"
        between = f"{each['ci'][0]:.4f} to {each['ci'][1]:.4f}" if each.get("ci") else each.get("why") or ""
        rows.append((about["title"], value, between, about["formula"], about["range"], about["direction"]))
    return f"<p>All other groups together (d) against {html.escape(str(measured['reference']))} (a).</p>" + table(
        ("measure", "value", "95 % interval", "formula", "range", "reads"), rows
    )


def _model(told: Mapping[str, Any]) -> str:
    model = told.get("model")
    if not model:
        return ""
    measures = list(model["about"])
    rows = [
        (
            name,
            *(
                [HIDDEN] + [""] * len(measures)
                if HIDDEN in each
                else [
                    f"{each['n']:,}" if each.get("n") else HIDDEN,
                    *[HIDDEN if HIDDEN in each[m] else percent(each[m]["value"]) for m in measures],
                ]
            ),
        )
        for name, each in model["groups"].items()
    ]
    apart = [
        (
            about["title"],
            _number(model["fairness"][key]["difference"]),
            _number(model["fairness"][key]["ratio"]),
            about["formula"],
        )
        for key, about in model["about_fairness"].items()
    ]
    how = told["decisions"] or {}
    said = (
        f"Decisions of the column {how['column']}."
        if how.get("column")
        else f"Decisions of a {how.get('model')} model without the sensitive columns; judged on {how.get('judged')}."
    )
    return (
        f"<p>{html.escape(said)}</p>"
        + table(("group", "people", *[model["about"][m]["title"] for m in measures]), rows)
        + table(("notion", "difference", "ratio", "asks for"), apart)
    )


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4f}"


def _gaps(told: Mapping[str, Any]) -> str:
    rows = [
        (
            each["group"],
            each["of"],
            MODEL.get(each["measure"], {}).get("title", each["measure"]),
            percent(each["value"], sign=True),
            between(each["ci"], sign=True),
            each["verdict"],
        )
        for each in told["gaps"]
        if HIDDEN not in each
    ]
    if not rows:
        return ""
    how = (
        "Group less reference, 95 % Newcombe interval; clear: beyond chance after Holm's correction across everything"
        " that was looked at; clear by itself: only without that correction."
    )
    return f"<p class=quiet>{how}</p>" + table(("group", "by", "measure", "gap", "interval", ""), rows)


def _strata(told: Mapping[str, Any]) -> str:
    found = told.get("confounding")
    if not found:
        return ""
    said = "".join(
        f"<p>{html.escape(each['words'])}</p>" for name, each in found["by_group"].items() if HIDDEN not in each
    )
    return (
        f"<p class=quiet>Compared within {html.escape(', '.join(found['strata']))}; odds ratios by Mantel and"
        f" Haenszel.</p>{said}"
    )


def _proxies(told: Mapping[str, Any]) -> str:
    rows = [
        (
            each["column"] or "all columns together",
            each["of"],
            f"{each['auc']:.3f}",
            f"{each['balanced_accuracy']:.3f}",
            each["verdict"],
        )
        for each in told["proxies"]
    ]
    return table(("column", "tells", "AUC (0.5 is guessing)", "balanced accuracy", ""), rows)


def _lab(told: Mapping[str, Any]) -> str:
    found = told.get("lab")
    if not found:
        return ""
    gap = "selection_gap" if found["constraint"] == "demographic_parity" else "odds_gap"
    rows = [
        (
            each["title"],
            f"{each['accuracy']:.1%}",
            percent(each[gap]),
            each["needs"],
            ", ".join(dict.fromkeys(str(paid["group"]) for paid in each["pays"] if HIDDEN not in paid)),
            "; ".join(
                said
                for said, true in (("undominated", each["undominated"]), ("only levels down", each["levels_down"]))
                if true
            ),
        )
        for each in found["methods"].values()
    ]
    said = (
        f"Before and after on the same {found['rows']['judged']:,} rows that none learned from ({found['judged']});"
        f" gap: {gap.replace('_', ' ')}. Undominated: nothing else is both more accurate and closer to no gap."
    )
    return f"<p>{html.escape(said)}</p>" + table(("way", "accuracy", "gap", "needs", "who pays", ""), rows)


def _steps(told: Mapping[str, Any]) -> str:
    rows = []
    for step in told.get("through", [])[1:]:
        for name, each in step["groups"].items():
            if HIDDEN not in each:
                lost = f"{each['lost']:,}" if each["lost"] == 0 or each["lost"] >= FEW else HIDDEN
                rows.append(
                    (
                        step["step"],
                        name,
                        lost,
                        percent(each["rate_before"]),
                        percent(each["rate"]),
                        percent(each["missing_before"]),
                        percent(each["missing"]),
                    )
                )
    return table(("step", "group", "rows lost", "good outcome before", "after", "missing cells before", "after"), rows)


def _guide() -> str:
    rows = [(each.question, each.measure, each.more) for each in GUIDE.questions]
    impossible = PRINCIPLES.impossible
    return (
        table(("question", "measure", "mind"), rows)
        + f"<h3>{impossible.title}</h3><p>{html.escape(impossible.words)}</p><p"
        f" class=quiet>{html.escape('; '.join(impossible.sources))}</p><h3>The four-fifths"
        f" rule</h3><p>{html.escape(PRINCIPLES.four_fifths)}</p>"
    )


def _repeat(told: Mapping[str, Any], content_hash: str, suppress: int) -> str:
    keys = (
        "rows",
        "target",
        "favorable",
        "sensitive",
        "reference",
        "prediction",
        "control",
        "strata",
        "split",
        "ranges",
        "seed",
        "thin",
    )
    rows = [(key, told.get(key)) for key in keys if told.get(key) not in (None, [], {})]
    rows += [(f"version of {name}", version) for name, version in told["versions"].items()] + [
        ("cells suppressed below", suppress)
    ]
    return table(("setting", "value"), rows) + (
        f"<p>Content hash of the table: <code>{html.escape(content_hash)}</code></p>" if content_hash else ""
    )
