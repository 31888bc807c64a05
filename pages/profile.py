"""Profile: facts of the table, and what is wrong with it."""

import pandas as pd
import streamlit as st

from dataops_core.checks.score import OUTSIDE
from pages._ui import current_table, grid, page_header, page_layout, pending
from pages._ui.columns.strip import spread_of, type_of
from pages._ui.findings import finding, inbox
from pages._ui.formatting import count, share
from pages._ui.profile import details, facets, relationships, reports, scorecard, variants

place = page_header.enter("Profile")
here = page_layout.need_dataset(place)
finding.follow()

steps = len(here.recipe.active)
first = current_table.root(here)
now = current_table.now(here) if first else None
if first is None or now is None:
    st.stop()
pending.panel(here, first, now, current_table.results(here))
bar = st.container(horizontal=True, vertical_alignment="center", gap="medium")
look = current_table.NOW
if steps:
    look = bar.radio(
        "Which state",
        [current_table.NOW, current_table.AS_CAME],
        key="profile.which",
        horizontal=True,
        label_visibility="collapsed",
        width=280,
    )
state = now if look == current_table.NOW else first
table = grid.table(state)

with page_layout.errors():
    known = current_table.profile(here, state)
    profile = known or current_table.profiled(here, state)
    if profile is not None and known is None and state == now:
        st.rerun()  # the header is drawn before
if profile is None:
    st.stop()
compared = current_table.compared(here, state)
profile = compared or profile

found = inbox.open_findings(here, profile)
grave = [f for f in found if f["severity"] != "note"]
gone = profile["missing_cells"]
told = "some column could not be counted" if gone is None else f"{gone:,} ({share(gone, table.cells)})"
bar.markdown(
    f"Missing cells: **{told}** · Duplicate rows: **{profile['duplicate_rows']:,}** · counted on all"
    f" {count(profile['rows'], 'row')}"
)
for failed in profile.get("failed_checks", []):
    what = (
        "The facts could not be counted"
        if failed["check"] == "facts"
        else f"The check {failed['check']} could not be done"
    )
    st.warning(failed["reason"], title=f"{what} on {', '.join(failed['columns']) or 'the table'}")

wrong, scores, columns, together, merge, rows, out = st.tabs(
    ["Findings", "Scores", "Columns", "Relationships", "Variants", "Rows", "Reports"],
    key="profile.tabs",
    on_change="rerun",
)
if wrong.open:
    with wrong, page_layout.errors():
        if compared is None:
            current_table.compare_rows(here, state)
        inbox.panel(here, profile, found, state, table.names, mend=look == current_table.NOW)
if scores.open:
    with scores, page_layout.errors():
        before = None
        if steps and first and first != state:
            before = current_table.profiled(here, first, "Counting the file as it came")
        scorecard.panel(
            here, profile | {"findings": found}, before and before | {"findings": inbox.open_findings(here, before)}
        )
if columns.open:
    with columns, page_layout.errors():
        words = (
            st.text_input("Find a column", key="profile.find", placeholder="Part of its name", width=260)
            .strip()
            .casefold()
        )
        names = [name for name in table.names if words in name.casefold()]
        strip = pd.DataFrame(
            [
                {
                    "Column": name,
                    "Type": type_of(f),
                    "Missing": None if f["missing"] is None else f["missing"] / max(1, f["rows"]),
                    "Misfits": (f.get("meant") or {}).get("misfits", 0),
                    "Suspicious": max(
                        (
                            g["share"]
                            for g in grave
                            if g["columns"][:1] == [name]
                            and g["check"] not in OUTSIDE
                            and g["check"] != "missing_cells"
                        ),
                        default=0.0,
                    ),
                    "Distinct": f["distinct"],
                    "Spread": spread_of(f),
                    "Findings": sum(name in g["columns"] for g in found),
                }
                for name, f in profile["facts"].items()
                if name in names
            ],
            columns=["Column", "Type", "Missing", "Misfits", "Suspicious", "Distinct", "Spread", "Findings"],
        )
        if not names:
            st.info("No column has that in its name.", icon=":material/search_off:")
            st.stop()
        picked = st.dataframe(
            strip,
            hide_index=True,
            key=f"profile.strip.{state[:8]}.{words}",
            on_select="rerun",
            selection_mode="single-row-required",
            alt="The columns: type, share of missing cells, distinct values, spread and number of findings",
            column_config={
                "Missing": st.column_config.ProgressColumn("Missing", format="percent", min_value=0, max_value=1),
                "Suspicious": st.column_config.ProgressColumn(
                    "Suspicious",
                    format="percent",
                    min_value=0,
                    max_value=1,
                    help="Share of rows that the largest error or warning names",
                ),
                "Misfits": st.column_config.NumberColumn(
                    "Misfits", format="localized", help="Cells that are not what the column is meant to hold"
                ),
                "Distinct": st.column_config.NumberColumn(
                    "Distinct", format="localized", help="Different values, missing not counted"
                ),
                "Spread": st.column_config.BarChartColumn(
                    "Spread", y_min=0, help="Histogram, or the most frequent values"
                ),
            },
            placeholder="",
        )
        chosen = picked["selection"]["rows"]
        name = names[chosen[0] if chosen and chosen[0] < len(names) else 0]
        details.panel(here, state, table, name, profile["facts"][name])
if together.open:
    with together, page_layout.errors():
        relationships.panel(state, table)
if merge.open:
    with merge, page_layout.errors():
        variants.panel(state, table, profile, look == current_table.NOW)
if rows.open:
    with rows, page_layout.errors():
        facets.panel(state, table)
if out.open:
    with out, page_layout.errors():
        reports.panel(here, state, table)
