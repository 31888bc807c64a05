"""The preview of a change: figures, who loses rows, before and after of a column, the changed cells themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core.store.results import diffs
from dataops_core.store.results.diffs import Change
from dataops_core.store.states import Result
from dataops_core.table import Difference
from pages._ui import changed_rows, chart, grid, job, page_layout, redaction
from pages._ui.formatting import KINDS, count, md, share, size

LONG = 500


def panel(
    change: Change,
    before: str,
    after: str,
    results: Sequence[Result] = (),
    old_results: Sequence[Result] = (),
    *,
    would: str = "would ",
) -> None:
    """Everything that a change would do, or (`would` empty) did from one version to another."""
    d = change.difference
    before, after = redaction.seen(before), redaction.seen(after)
    known_bad = {r.entry.op for r in old_results if r.outcome.status == "failed"}
    said = {(r.entry.op, r.outcome.reason) for r in old_results}
    for number, result in enumerate(results, 1):
        if result.outcome.status == "failed" and result.entry.op not in known_bad:
            st.warning(
                md(result.outcome.reason), title=f"Step {number} does not fit any more: {md(result.entry.sentence)}"
            )
        elif result.outcome.status == "skipped":
            st.info(md(result.outcome.reason), title=f"Step {number} is skipped: {md(result.entry.sentence)}")
        elif result.outcome.reason and (result.entry.op, result.outcome.reason) not in said and would:
            st.info(md(result.outcome.reason), title=f"Step {number}: {md(result.entry.sentence)}")
    _learned(results, old_results)
    if d.nothing:
        st.info(
            "Every row and every cell stays as it is.",
            title=f"This {would}change{'' if would else 'd'} nothing",
            icon=":material/info:",
        )
        return
    _figures(d)
    if would:
        st.caption(f"Computed on all {count(d.rows_before, 'row')}: what you apply is exactly this.")
    if d.cells_emptied:
        told = "; ".join(f"{count(n, 'cell')} of {md(name)}" for name, n in list(d.cells_emptied.items())[:8])
        st.warning(
            f"{told}.",
            title=f"{count(sum(d.cells_emptied.values()), 'cell')} {would}{'become' if would else 'became'} empty",
            icon=":material/ink_eraser:",
        )
    for name, doubled in change.no_longer_unique.items():
        st.warning(
            f"{count(doubled, 'row')} {would}share{'' if would else 'd'} a value with another row. Where rows must"
            " still be told apart or joined, use a keyed hash, or consistent pseudonyms of numbers and codes.",
            title=f"{md(name)} {would}no longer tell{'' if would else 's'} rows apart",
            icon=":material/key_off:",
        )
    _groups(change)
    _schema(d)
    back = {new: old for old, new in d.columns_renamed.items()}
    changed_rows.panel(d, before, after, back, would=bool(would))
    if d.cells_changed:
        changed = list(d.cells_changed)
        name = changed[0] if len(changed) == 1 else st.selectbox("Column to compare", changed, key="preview.column")
        told = _spread(before, after, back.get(name, name), name)
        if told:
            chart.bars(
                told,
                f"{name}, before and after" if told["before"] else f"{name}, after",
                f"preview.chart.{after[:8]}.{name}",
            )


def _spread(before: str, after: str, old: str, new: str) -> Mapping[str, Any] | None:
    """How a column is spread before and after: known, or counted now if that is quick, or as a job."""
    house = page_layout.store()
    told = diffs.spreads(house, before, after, old, new, run=False)
    if told is None:
        args = {"before": before, "after": after, "old": old, "new": new}
        job.do("spread", args, f"Counting {new}", cells=grid.table(after).rows)
        told = diffs.spreads(house, before, after, old, new, run=False)
    return told


def _learned(results: Sequence[Result], old_results: Sequence[Result]) -> None:
    """What new steps learned from the data, and a word of warning where cells could be read in two ways."""
    known = [r.outcome.learned for r in old_results]
    for result in results:
        learned = result.outcome.learned
        if not learned or learned in known:
            continue
        for name, what in learned.items():
            doubtful = what.get("ambiguous") if isinstance(what, dict) else None
            if doubtful:
                st.warning(
                    "They are read as the column's other cells suggest:"
                    f" {md(what.get('order') or what.get('decimal') or 'see below')}.",
                    title=f"{count(doubtful, 'cell')} of {md(name)} could be read in two ways",
                    icon=":material/help:",
                )
        with st.expander(f"What it learned from the data: {md(result.entry.sentence)}", icon=":material/school:"):
            st.json(_short(learned), expanded=2)


def _short(learned: Any) -> Any:
    """What was learned, long texts (a fitted model) and long lists cut: the recipe holds the whole."""
    if isinstance(learned, Mapping):
        return {key: _short(value) for key, value in learned.items()}
    if isinstance(learned, str) and len(learned) > LONG:
        return f"{learned[:40]}… ({size(len(learned))})"
    if isinstance(learned, list) and len(learned) > LONG:
        return [*map(_short, learned[:20]), f"… and {len(learned) - 20:,} more"]
    return [_short(value) for value in learned] if isinstance(learned, list) else learned


def _figures(d: Difference) -> None:
    with st.container(horizontal=True):
        st.metric(
            "Rows",
            f"{d.rows_after:,}",
            delta=d.rows_after - d.rows_before or None,
            delta_color="off",
            border=True,
            width=150,
        )
        st.metric(
            "Cells changed",
            f"{sum(d.cells_changed.values()):,}",
            border=True,
            width=150,
            help=f"In {count(len(d.cells_changed), 'column')} and {count(d.rows_changed, 'row')}",
        )
        st.metric("Rows dropped", f"{d.rows_dropped:,}", border=True, width=136)
        if d.rows_added:
            st.metric("Rows added", f"{d.rows_added:,}", border=True, width=136)


def _groups(change: Change) -> None:
    d = change.difference
    if not d.rows_dropped:
        return
    told = f"Drops {count(d.rows_dropped, 'row')} ({share(d.rows_dropped, d.rows_before)})"
    losses = [f"{md(column)} {md(group)} loses {share(n - kept, n)}" for column, group, n, kept in change.groups]
    overall = d.rows_dropped / d.rows_before
    uneven = any(n - kept > 1.25 * overall * n and n - kept >= 5 for _, _, n, kept in change.groups)
    text = "; ".join(losses) + "." if losses else ""
    if uneven:
        st.warning(text, title=f"{told}, and not evenly", icon=":material/balance:")
    else:
        st.markdown(f"{told}{'; ' + text if text else '.'}")


def _schema(d: Difference) -> None:
    said = [f"Column {md(old)} becomes {md(new)}" for old, new in d.columns_renamed.items()]
    said += [f"Column {md(name)} goes" for name in d.columns_removed] + [
        f"Column {md(name)} is new" for name in d.columns_added
    ]
    said += [f"Column {md(name)}: {_kind(a)} becomes {_kind(b)}" for name, (a, b) in d.columns_retyped.items()]
    if said:
        st.markdown("; ".join(said[:12]) + ("; …" if len(said) > 12 else "."))


def _kind(kind: str) -> str:
    return KINDS.get(kind, kind).lower()
