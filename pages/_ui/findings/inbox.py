"""The findings inbox: a filtered list with one finding open beside it; several are fixed at once, or ignored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core.checks import REGISTRY
from dataops_core.checks.fix_effects import decides_nothing, loses_nothing
from dataops_core.hashing import sha256
from dataops_core.recipe.fixes import steps_of_fixes
from dataops_core.store import overview
from dataops_core.store.choices import finding_overrides
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, page_layout, pending
from pages._ui.findings import finding, rows
from pages._ui.formatting import SEVERITY, count, md, when

ALL_COLUMNS, ALL_GROUPS = "All columns", "All kinds"
BY = ("Severity", "Column", "Kind")
Named = tuple[str, Mapping[str, Any]]


def open_findings(here: Dataset, profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings that are not ignored."""
    return overview.open_findings(page_layout.store(), here, profile)


def panel(
    here: Dataset,
    profile: Mapping[str, Any],
    every: list[dict[str, Any]],
    state: str,
    names: Sequence[str],
    *,
    mend: bool,
) -> None:
    """The findings that are not ignored (`every`), with filters; ignored ones stand apart."""
    kept = {id(f) for f in every}
    ignored = [f for f in profile["findings"] if id(f) not in kept]
    if not profile["findings"]:
        st.success(f"{len(REGISTRY)} checks looked at every cell and found nothing.", icon=":material/check_circle:")
        return
    named = _named(every)
    shown, by = _filtered(named, names)
    if mend:
        _fix_several(here, named, shown)
    if not shown:
        st.info("No finding meets the filters.", icon=":material/filter_alt_off:")
    else:
        _list(here, state, profile["rows"], shown, by, mend=mend)
    if ignored:
        _ignored(here, ignored, finding_overrides.ignored(page_layout.store(), here.id))


def _named(every: Sequence[Mapping[str, Any]]) -> list[Named]:
    """The findings with a name each that outlives a repair; a check may find several things in the same columns."""
    seen: Counter[str] = Counter()
    told = []
    for each in every:
        name = f"{each['check']}.{sha256(finding_overrides.key(each['check'], each['columns']))[:10]}"
        seen[name] += 1
        told.append((f"{name}.{seen[name]}" if seen[name] > 1 else name, each))
    return told


def _filtered(named: Sequence[Named], names: Sequence[str]) -> tuple[list[Named], str]:
    """The findings that meet the filters, and by what they are grouped."""
    counts = Counter(each["severity"] for _, each in named)
    groups = sorted({check.group for check in REGISTRY.values()})  # always all, so that a choice survives a repair
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        grades = st.pills(
            "Severity",
            list(SEVERITY),
            selection_mode="multi",
            key="profile.grades",
            format_func=lambda g: f"{SEVERITY[g][1]} {count(counts[g], SEVERITY[g][0].lower())}",
            persist_state="session",
            label_visibility="collapsed",
        )
        only = _choice("Column", [ALL_COLUMNS, *names], "profile.only", 128)
        kind = _choice("Kind of problem", [ALL_GROUPS, *groups], "profile.group", 128)
        by = _choice("Group by", BY, "profile.by", 128, format_func=lambda b: f"By {b.lower()}")
        words = st.text_input(
            "Search", key="profile.search", placeholder="Search", width=110, label_visibility="collapsed"
        )
    return [
        (name, f)
        for name, f in named
        if (not grades or f["severity"] in grades)
        and only in (ALL_COLUMNS, *f["columns"])
        and (kind == ALL_GROUPS or (f["check"] in REGISTRY and REGISTRY[f["check"]].group == kind))
        and words.strip().casefold() in f"{f['title']} {' '.join(f['columns'])} {f['message']}".casefold()
    ], by


def _choice(label: str, options: Sequence[str], key: str, width: int, **more: Any) -> str:
    """A filter that says by its options what it is for."""
    return str(
        st.selectbox(
            label, options, key=key, width=width, persist_state="session", label_visibility="collapsed", **more
        )
    )


def _grouped(shown: Sequence[Named], by: str) -> dict[str, list[Named]]:
    """The findings under a heading each; by severity they stand in their order, which needs none."""
    if by == "Severity":
        return {"": list(shown)}
    told: dict[str, list[Named]] = {}
    for name, each in shown:
        check = REGISTRY.get(each["check"])
        heading = (check.group if check else "Other") if by == "Kind" else ", ".join(each["columns"]) or "Whole rows"
        told.setdefault(heading, []).append((name, each))
    return dict(sorted(told.items()))


def _fix_several(here: Dataset, named: Sequence[Named], shown: Sequence[Named]) -> None:
    """Buttons that put the fixes of several findings up as one change."""
    ticked = _ticked(here)
    chosen = [each for name, each in named if name in ticked and each["fix"]]
    harmless = _harmless([each for _, each in named])
    fixable = [name for name, each in shown if decides_nothing(each)]
    all_ticked = bool(fixable) and set(fixable) <= ticked
    with st.container(horizontal=True, vertical_alignment="center"):
        allowed.button(
            "recipe changed",
            f"Fix selected ({len(chosen)})",
            key="findings.fix_selected",
            type="primary" if chosen else "secondary",
            icon=":material/healing:",
            disabled=not chosen,
            on_click=propose,
            args=(here, chosen, f"Fixes of {count(len(chosen), 'finding')}"),
            help="One preview of all of them and one change that Undo takes back",
        )
        titles = ", ".join(sorted({each["title"].lower() for each in harmless}))
        allowed.button(
            "recipe changed",
            f"Fix all that lose nothing ({len(harmless)})",
            key="findings.fix_harmless",
            icon=":material/auto_fix_high:",
            disabled=not harmless,
            on_click=propose_harmless,
            args=(here, harmless),
            help=f"Opens a preview of: {titles}" if harmless else "There is none left",
        )
        if fixable:
            st.button(
                "Select none" if all_ticked else f"Select the {count(len(fixable), 'safe fix', 'safe fixes')}",
                key="findings.select",
                type="tertiary",
                on_click=_tick_all,
                args=(here, fixable, not all_ticked),
                help="Those that drop no column and guess no value; the others are for you to decide, one by one",
            )


def propose(here: Dataset, some: Sequence[Mapping[str, Any]], what: str) -> None:
    """Put the fixes of findings up for preview, as one change."""
    steps = steps_of_fixes(some)
    before = here.recipe.steps
    said = "; ".join(step.sentence for step in steps)
    if len(steps) == 1:
        pending.propose(here, [*before, *steps], said, at=len(before))
    else:
        pending.propose(here, [*before, *steps], f"{what}: {said}")


def _harmless(some: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The findings whose fix loses nothing."""
    return [each for each in some if loses_nothing(each)]


def propose_harmless(here: Dataset, some: Sequence[Mapping[str, Any]]) -> None:
    """Put up those fixes of findings that lose nothing."""
    chosen = _harmless(some)
    propose(here, chosen, f"Fixes of {count(len(chosen), 'finding')} that lose nothing")


def _ticked(here: Dataset) -> set[str]:
    ticked: set[str] = st.session_state.setdefault("findings.ticked", {}).setdefault(here.id, set())
    return ticked


def _tick_all(here: Dataset, names: Sequence[str], on: bool) -> None:
    ticked = _ticked(here)
    ticked.update(names) if on else ticked.difference_update(names)


def _tick(here: Dataset, name: str, on: bool) -> None:
    _tick_all(here, [name], on)


def _open(here: Dataset, name: str) -> None:
    st.session_state.setdefault("findings.open", {})[here.id] = name


def select(here: Dataset, every: Sequence[Mapping[str, Any]], finding: Mapping[str, Any]) -> None:
    """Open one of the findings on the page Profile."""
    _open(here, next(name for name, each in _named(every) if each is finding))
    st.session_state["profile.tabs"] = "Findings"


def _list(here: Dataset, state: str, whole: int, shown: Sequence[Named], by: str, *, mend: bool) -> None:
    groups = _grouped(shown, by)
    order = [pair for some in groups.values() for pair in some]
    opened = st.session_state.get("findings.open", {}).get(here.id)
    if opened not in {name for name, _ in order}:
        opened = order[0][0]
    left, right = st.columns([3, 2], gap="small")
    with left:
        rows.rows(
            groups,
            opened,
            sorted(_ticked(here)) if mend else None,
            "findings.rows",
            lambda name: _open(here, name),
            lambda name, on: _tick(here, name, on),
        )
    each = dict(order)[opened]
    with right:
        finding.card(
            each,
            state,
            whole,
            f"finding.{state[:8]}.{opened}",
            mend=mend,
            ignore=(here.id, overview.names_in_file(here, each["columns"])),
            fix_here=lambda: propose(here, [each], each["title"]),
        )


def _ignored(here: Dataset, ignored: Sequence[Mapping[str, Any]], why: Mapping[str, Mapping[str, Any]]) -> None:
    with st.expander(f"Ignored: {count(len(ignored), 'finding')}", icon=":material/visibility_off:"):
        for number, each in enumerate(ignored):
            columns = overview.names_in_file(here, each["columns"])
            reason = why[finding_overrides.key(each["check"], columns)]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{md(each['title'])}** in **{md(', '.join(each['columns']) or 'whole rows')}**"
                    f" ({count(each['count'], 'row')}), because: {md(reason['value'])} ({md(reason['actor'])},"
                    f" {when(reason['at'])})"
                )
                allowed.button(
                    "finding minded again",
                    "Stop ignoring",
                    key=f"finding.mind.{number}",
                    on_click=_unignore,
                    args=(here.id, each["check"], columns),
                )


def _unignore(dataset: str, check: str, columns: tuple[str, ...]) -> None:
    page_layout.act(
        lambda: finding_overrides.unignore(page_layout.store(), dataset, check, columns, page_layout.actor())
    )
