"""Rules as files: for other tools, for the command line, and back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from dataops_core.rules import dumps, formats, load, loads
from dataops_core.store import dataset_rules
from dataops_core.store.datasets import Dataset
from pages._ui import grid, page_layout, redaction, uploaded
from pages._ui.formatting import count, md

FILES = {  # format: what it is, file, icon
    "pandera": ("pandera", "rules_pandera.py", "A schema for pandas, as a Python file"),
    "great-expectations": ("Great Expectations", "rules_gx.json", "A suite of expectations"),
    "frictionless": ("Frictionless", "rules.schema.json", "A Table Schema; its constraints look at one cell each"),
    "odcs": ("Open Data Contract", "rules.odcs.yaml", "A data contract (ODCS 3), for the Data Contract CLI"),
}
WORKBENCH = "Rules of this workbench (.yaml)"


@st.cache_data(max_entries=32, show_spinner=False)
def _exported(tool: str, own: str) -> tuple[str, list[tuple[str, str]]]:
    """The file for a tool, from our own; and the rules that are left out, with the reason."""
    made = formats.export_rules(loads(own), tool)
    return made.text, [(rule.sentence, why) for rule, why in made.left_out]


def panel(here: Dataset, state: str) -> None:
    """Downloads for each tool, and a box for files that come back."""
    rules = dataset_rules.rules_of(page_layout.store(), here.id)
    if redaction.is_viewer():
        st.info("Editors bring rules in and take them out here.", icon=":material/lock:")
        return
    columns = {column.name: column.type for column in grid.table(state).columns}
    st.header("Export")
    if not rules:
        st.caption("There is no rule to export yet.")
    else:
        st.markdown(
            "In a pipeline: `python -m dataops_core rules check FILE --rules rules.yaml` exits 1 where a rule that"
            " blocks fails."
        )
        own = dumps(rules, here.name, columns)
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "This workbench",
                own,
                "rules.yaml",
                "application/yaml",
                on_click="ignore",
                icon=":material/download:",
                key="rules.export.own",
                type="primary",
                help="YAML that people read and edit; the command line takes it",
            )
            left: dict[str, list[tuple[str, str]]] = {}
            for name, (title, file, about) in FILES.items():
                text, left[title] = _exported(name, own)
                st.download_button(
                    title,
                    text,
                    file,
                    on_click="ignore",
                    icon=":material/download:",
                    key=f"rules.export.{name}",
                    help=about,
                )
        _left_out(left, len(rules))
    st.header("Import")
    origin = st.selectbox(
        "From",
        [WORKBENCH, *[FILES[name][0] for name in formats.IMPORTED]],
        key="rules.import.from",
        width=320,
    )
    st.file_uploader(
        "A file of rules",
        type=["yaml", "yml", "json"],
        key=uploaded.key("rules.import"),
        on_change=uploaded.take,
        args=("rules.import", lambda path, name: _take(here.id, origin, path, name)),
    )


def _left_out(left: dict[str, list[tuple[str, str]]], rules: int) -> None:
    """Exactly which rules a tool cannot hold, and why."""
    gone = [f"{title} {len(some):,}" for title, some in left.items() if some]
    if not gone:
        st.caption(f"Each of these files holds {'the rule' if rules == 1 else f'all {rules:,} rules'}.")
        return
    with st.expander(
        f"Not every tool can hold every rule. Left out of {count(rules, 'rule')}: {', '.join(gone)}",
        icon=":material/rule_settings:",
    ):
        st.dataframe(
            pd.DataFrame(
                [{"Tool": title, "Rule": says, "Why": why} for title, some in left.items() for says, why in some]
            ),
            key="rules.left_out",
            alt="The rules that each tool cannot hold, with the reason",
            hide_index=True,
            placeholder="",
            height=min(38 + 35 * sum(map(len, left.values())), 330),
            column_config={
                "Tool": st.column_config.TextColumn(width=150),
                "Rule": st.column_config.TextColumn(width="medium"),
                "Why": st.column_config.TextColumn(width="large"),
            },
        )


def _take(dataset: str, origin: str, path: Path, name: str) -> None:
    if origin == WORKBENCH:
        found, left = load(path), []
    else:
        found, left = formats.import_rules(path, next(key for key, told in FILES.items() if told[0] == origin))
    dataset_rules.add(page_layout.store(), dataset, found.rules, page_layout.actor())
    missing = f" {count(len(left), 'part')} of the file has no rule here." if left else ""
    page_layout.say(f"{count(len(found.rules), 'rule')} taken from {md(name)}.{missing}")
    st.session_state["rules.go"] = "Your rules"
