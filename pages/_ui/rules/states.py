"""The rules of a dataset with their states: the rows that break each, and what would mend them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules import KINDS, Rule
from dataops_core.rules.kinds.reference import Reference
from dataops_core.steps import REGISTRY
from dataops_core.store import dataset_rules
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, grid, job, page_layout, pending, redaction
from pages._ui.findings import finding
from pages._ui.formatting import count, md
from pages._ui.rules import row_file

FEW = 20
OPEN = "rules.open"
LOOK = {  # state: word, icon, color
    "passed": ("Passes", ":material/check_circle:", "green"),
    "blocks": ("Fails, blocks", ":material/block:", "red"),
    "warns": ("Fails, warns", ":material/warning:", "orange"),
    "not checked": ("Not checked", ":material/help:", "gray"),
}


def today() -> str:
    """The day that freshness is measured by."""
    return page_layout.store().clock()[:10]


def checked(here: Dataset, state: str, rules: Sequence[Rule]) -> list[dict[str, Any]] | None:
    """How the rules fare on a state; a large table is checked by a job, and this is None meanwhile."""
    others = dataset_rules.referred(page_layout.store(), here.id, rules)
    args = dataset_rules.asked(state, rules, today(), others)
    told = job.counted("rules", args, "Checking the rules on all rows", grid.table(state).cells)
    if not told:
        return None
    return [
        each | {"sentence": redaction.told(each["sentence"]), "message": redaction.told(each["message"])}
        for each in told["results"]
    ]


def state_of(result: Mapping[str, Any]) -> str:
    """How a rule stands: passed, blocks, warns, not checked."""
    if result["status"] != "failed":
        return str(result["status"])
    return "blocks" if result["severity"] == "block" else "warns"


def panel(here: Dataset, state: str) -> None:
    """All rules, the failing ones first, with one of them open below."""
    rules = dataset_rules.rules_of(page_layout.store(), here.id)
    if not rules:
        st.info(
            "A rule says what you require of this table: no cell missing, each order once, ages from 0 to 120. Take"
            " some that the data itself suggests, or write your own. Each version keeps the state of its rules.",
            title="No rules yet",
            icon=":material/rule:",
        )
        st.button("See suggested rules", type="primary", icon=":material/lightbulb:", on_click=_to, args=("Suggested",))
        return
    told = checked(here, state, rules)
    if told is None:
        return
    order = ["blocks", "warns", "not checked", "passed"]
    told = sorted(told, key=lambda each: order.index(state_of(each)))
    summary(told)
    opened = _list(here, told)
    if opened is not None:
        _detail(here, state, opened)


def summary(told: Sequence[Mapping[str, Any]]) -> None:
    """In one line, how many pass and fail."""
    number = {name: sum(state_of(each) == name for each in told) for name in LOOK}
    said = {"passed": "pass", "blocks": "fail and block", "warns": "fail and warn", "not checked": "not checked"}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name, (_word, icon, color) in LOOK.items():
            if number[name]:
                st.badge(f"{number[name]:,} {said[name]}", icon=icon, color=color)
        st.caption("A rule that blocks stops saving until its rows are treated or you write down why not.")


def at_saving(here: Dataset, state: str) -> None:
    """Beside the button that saves a version: how the rules stand, and a box for the reason where one blocks."""
    rules = dataset_rules.rules_of(page_layout.store(), here.id)
    told = checked(here, state, rules) if rules else None
    if not told:
        return
    blocking = [each for each in told if state_of(each) == "blocks"]
    failing = sum(each["status"] == "failed" for each in told)
    passed = sum(each["status"] == "passed" for each in told)
    st.page_link(
        "pages/rules.py",
        label=f"{count(passed, 'rule')} pass, {failing:,} fail",
        icon=":material/rule:",
        query_params=st.query_params.to_dict(),
    )
    if blocking:
        st.warning(
            " ".join(md(each["sentence"]) for each in blocking[:5]) + (" …" if len(blocking) > 5 else ""),
            title=f"{count(len(blocking), 'rule')} that {'blocks fails' if len(blocking) == 1 else 'block fail'}",
            icon=":material/block:",
        )
        st.text_input(
            "Why save it all the same? (goes into the audit trail and the data card)",
            key="versions.reason",
            placeholder="For example: the registry confirms these rows",
        )


def _list(here: Dataset, told: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The list of rules; the one that was clicked, or the first that fails."""
    table = pd.DataFrame(
        [
            {
                "State": LOOK[state_of(each)][0],
                "Rule": each["sentence"],
                "Kind": KINDS[each["rule"]["kind"]].title,
                "Meet it": float("nan") if each["pass_rate"] is None else each["pass_rate"],
                "Failing rows": each["failing"],
            }
            for each in told
        ]
    )
    chosen = st.dataframe(
        table,
        key=f"rules.list.{here.id}.{len(told)}",
        alt="The rules with their states; select one to see its failing rows",
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * len(table), 330),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "State": st.column_config.TextColumn(width=110),
            "Rule": st.column_config.TextColumn(width="large"),
            "Meet it": st.column_config.NumberColumn(format="percent", width=80, help="Share of rows that meet it"),
            "Failing rows": st.column_config.NumberColumn(width=95),
        },
    )
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(told):
        return told[rows[0]]
    failing = [each for each in told if each["status"] == "failed"]
    if not failing:
        st.caption("Select a rule to edit or remove it.")
        return None
    return failing[0]


def _detail(here: Dataset, state: str, each: Mapping[str, Any]) -> None:
    """One rule: how it stands, its failing rows, what would mend them."""
    word, icon, color = LOOK[state_of(each)]
    rule = Rule.from_json(each["rule"])
    with st.container(border=True, key="rule-detail", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=icon, color=color)
            st.markdown(f"**{md(each['sentence'])}**")
        if each["message"]:
            st.markdown(md(each["message"]))
        if rule.note:
            st.caption(md(rule.note))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if each["status"] == "failed" and each["fix"]:
                _fixes(here, state, rule, each["fix"])
            allowed.button(
                "rules changed", "Edit", key="rules.edit", icon=":material/edit:", on_click=_edit, args=(rule,)
            )
            other = "warn" if rule.severity == "block" else "block"
            allowed.button(
                "rules changed",
                "Only warn" if other == "warn" else "Let it block",
                key="rules.severity",
                icon=":material/swap_vert:",
                on_click=_change,
                args=(here.id, rule.changed(severity=other)),
                help="A rule that blocks stops saving and exits 1 in a pipeline; one that warns is only told",
            )
            allowed.button(
                "rule removed",
                "Remove",
                key="rules.remove",
                icon=":material/delete:",
                on_click=_remove,
                args=(here.id, rule.key),
            )
        if each["failing"]:
            shown = each["failing_rows"][:FEW]
            more = f"The first {len(shown)} of {count(each['failing'], 'failing row')}:"
            st.caption(more if each["failing"] > FEW else f"{count(each['failing'], 'failing row')}:")
            grid.some_rows(state, shown, "rules.rows", f"Rows that break: {each['sentence']}", rule.columns, height=220)
            args = dataset_rules.asked(
                state, [rule], today(), dataset_rules.referred(page_layout.store(), here.id, [rule])
            )
            label, key = "Download failing rows", f"rules.download.{rule.key}"
            row_file.offer("failing rows", args, state, each["failing"], label, "failing-rows.csv", key)


def _fixes(here: Dataset, state: str, rule: Rule, fix: Mapping[str, Any]) -> None:
    """Buttons that mend: the fix of the rule, and setting the rows aside."""
    help_text = "Shows a preview on this page; nothing changes before you apply it"
    op, settings = fix["op"], fix["with"]
    if op and settings:
        title = REGISTRY[op].title
        allowed.button(
            "recipe changed",
            "Set the rows aside" if op == "quarantine_rows" else f"Fix: {title.lower()}",
            key="rules.fix",
            type="primary",
            icon=":material/healing:",
            on_click=_propose,
            args=(here, op, settings),
            help=f"{fix['says']}. {help_text}",
        )
    elif op == "merge_values":
        allowed.button(
            "recipe changed",
            "Fix: replace values",
            key="rules.replace",
            type="primary",
            icon=":material/find_replace:",
            on_click=finding.choose,
            args=("replace_values", {"column": rule.columns[0]}),
            help="Opens the step on the page Clean, where you say what each value becomes",
        )
    else:
        st.caption(md(fix["says"]))
    if isinstance(rule, Reference):
        allowed.button(
            "recipe changed",
            "Set the rows aside",
            key="rules.keys_aside",
            icon=":material/move_item:",
            on_click=_propose_keys,
            args=(here, state, rule),
            help=f"The step remembers the keys that are not in {rule.table} now. {help_text}",
        )
    aside = quarantine(rule)
    if aside and op != "quarantine_rows":
        allowed.button(
            "recipe changed",
            "Set the rows aside",
            key="rules.aside",
            icon=":material/move_item:",
            on_click=_propose,
            args=(here, "quarantine_rows", aside),
            help=f"They leave the table and can be listed and downloaded at any time. {help_text}",
        )


def quarantine(rule: Rule) -> dict[str, Any] | None:
    """The settings of the step that sets aside the rows that break a rule; None where no row can be named."""
    from dataops_core.rules.rule import quarantine_fix

    made = quarantine_fix(rule)
    return dict(made.settings) if made.op else None


def _propose(here: Dataset, op: str, settings: Mapping[str, Any]) -> None:
    entry = RecipeStep(op, REGISTRY[op].check(settings))
    pending.propose(here, [*here.recipe.steps, entry], entry.sentence, at=len(here.recipe.steps))


def _propose_keys(here: Dataset, state: str, rule: Reference) -> None:
    """Set aside the rows whose keys the other table does not hold."""
    store = page_layout.store()

    def found() -> None:
        others = dataset_rules.referred(store, here.id, [rule])
        _propose(here, "quarantine_rows", dataset_rules.setting_keys_aside(store, state, rule, others))

    page_layout.act(found)


def _change(dataset: str, rule: Rule) -> None:
    page_layout.act(lambda: dataset_rules.add(page_layout.store(), dataset, [rule], page_layout.actor()))


def _remove(dataset: str, key: str) -> None:
    if page_layout.act(lambda: dataset_rules.remove(page_layout.store(), dataset, key, page_layout.actor())):
        page_layout.say("The rule is removed.")


def _edit(rule: Rule) -> None:
    st.session_state["rules.form"] = rule.to_json() | {"replaces": rule.key}
    st.session_state["rules.form.n"] = st.session_state.get("rules.form.n", 0) + 1
    _to("Write or edit")


def _to(tab: str) -> None:
    st.session_state["rules.go"] = tab


def follow() -> None:
    """Open the tab that a button asked for."""
    tab = st.session_state.pop("rules.go", None)
    if tab:
        st.session_state["rules.tabs"] = tab
