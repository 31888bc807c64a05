"""The report on bias as one HTML file or JSON: small cells suppressed, with everything needed to repeat it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dataops_core.fairness.guide import GUIDE, PRINCIPLES
from dataops_core.fairness.measures import RATES
from dataops_core.fairness.measures.measure import CELLS
from dataops_core.report.document import HIDDEN, between, document, percent

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
    rows = {
        "groups": _groups(shown),
        "population": _population(shown),
        "data": _data(shown),
        "rates": _rates(shown),
        "notions": _notions(shown),
        "gaps": _gaps(shown),
        "proxies": _proxies(shown),
        "ways": _ways(shown),
        "steps": _steps(shown),
        "guide": [(each.question, each.measure, each.more) for each in GUIDE.questions],
        "repeat": _settings(shown, suppress),
    }
    return document(
        "fairness/templates/bias.html",
        kind="Bias report",
        title=title,
        intro=f"{PRINCIPLES.no_badge} Cells of fewer than {suppress} people are not shown.",
        told=shown,
        rows=rows,
        how=shown.get("decisions") or {},
        gap=_gap_of(shown.get("lab")),
        principles=PRINCIPLES,
        content_hash=content_hash,
        HIDDEN=HIDDEN,
    )


Rows = list[tuple[Any, ...]]  # of a table


def _groups(told: Mapping[str, Any]) -> Rows:
    return [
        (name, HIDDEN, "", "", "", "")
        if HIDDEN in each
        else (
            name,
            f"{each['n']:,}",
            percent(each["share"]),
            percent(each["rate"]) if told["target"] else "",
            between(each["ci"]),
            percent(each["missing"]),
        )
        for name, each in told["groups"].items()
    ]


def _population(told: Mapping[str, Any]) -> Rows | None:
    against = told.get("population")
    if not against or against.get("p") is None:
        return None
    return [
        (name, percent(each["share"]), percent(each["stated"]))
        for name, each in against["groups"].items()
        if HIDDEN not in each
    ]


def _data(told: Mapping[str, Any]) -> Rows:
    measured = told.get("data_measures") or {}
    rows: Rows = []
    for key, about in measured.get("about", {}).items():
        each = measured["together"][key]
        interval = f"{each['ci'][0]:.4f} to {each['ci'][1]:.4f}" if each.get("ci") else each.get("why") or ""
        value = _number(each.get("value"))
        rows.append((about["title"], value, interval, about["formula"], about["range"], about["direction"]))
    return rows


def _rates(told: Mapping[str, Any]) -> Rows:
    """The rates of each group's decisions."""
    model = told.get("model") or {}
    rows: Rows = []
    for name, each in model.get("groups", {}).items():
        if HIDDEN in each:
            rows.append((name, HIDDEN, *[""] * len(model["about"])))
        else:
            rates = [HIDDEN if HIDDEN in each[key] else percent(each[key]["value"]) for key in model["about"]]
            rows.append((name, f"{each['n']:,}" if each.get("n") else HIDDEN, *rates))
    return rows


def _notions(told: Mapping[str, Any]) -> Rows:
    model = told.get("model") or {}
    rows: Rows = []
    for key, about in model.get("about_fairness", {}).items():
        found = model["fairness"][key]
        rows.append((about["title"], _number(found["difference"]), _number(found["ratio"]), about["formula"]))
    return rows


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4f}"


def _gaps(told: Mapping[str, Any]) -> Rows:
    return [
        (
            each["group"],
            each["of"],
            RATES[each["measure"]].title if each["measure"] in RATES else each["measure"],
            percent(each["value"], sign=True),
            between(each["ci"], sign=True),
            each["verdict"],
        )
        for each in told["gaps"]
        if HIDDEN not in each
    ]


def _proxies(told: Mapping[str, Any]) -> Rows:
    return [
        (
            each["column"] or "all columns together",
            each["of"],
            f"{each['auc']:.3f}",
            f"{each['balanced_accuracy']:.3f}",
            each["verdict"],
        )
        for each in told["proxies"]
    ]


def _gap_of(lab: Mapping[str, Any] | None) -> str:
    return "selection_gap" if lab and lab["constraint"] == "demographic_parity" else "odds_gap"


def _ways(told: Mapping[str, Any]) -> Rows:
    lab = told.get("lab")
    if not lab:
        return []
    marks = (("undominated", "undominated"), ("only levels down", "levels_down"))
    return [
        (
            each["title"],
            f"{each['accuracy']:.1%}",
            percent(each[_gap_of(lab)]),
            each["needs"],
            ", ".join(dict.fromkeys(str(paid["group"]) for paid in each["pays"] if HIDDEN not in paid)),
            "; ".join(said for said, key in marks if each[key]),
        )
        for each in lab["methods"].values()
    ]


def _steps(told: Mapping[str, Any]) -> Rows:
    return [
        (
            step["step"],
            name,
            f"{each['lost']:,}" if each["lost"] == 0 or each["lost"] >= FEW else HIDDEN,
            percent(each["rate_before"]),
            percent(each["rate"]),
            percent(each["missing_before"]),
            percent(each["missing"]),
        )
        for step in told.get("through", [])[1:]
        for name, each in step["groups"].items()
        if HIDDEN not in each
    ]


_SETTINGS = (
    *("rows", "target", "favorable", "sensitive", "reference", "prediction"),
    *("control", "strata", "split", "ranges", "seed", "thin"),
)


def _settings(told: Mapping[str, Any], suppress: int) -> Rows:
    return [
        *((key, told[key]) for key in _SETTINGS if told.get(key) not in (None, [], {})),
        *((f"version of {name}", version) for name, version in told["versions"].items()),
        ("cells suppressed below", suppress),
    ]
