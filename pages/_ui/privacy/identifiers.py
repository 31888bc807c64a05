"""The columns that name people: what was found, with masked evidence; what somebody settled; what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.anonymize.treat import TREATMENTS, fitting_treatments, identifier_steps
from dataops_core.errors import SecretError
from dataops_core.privacy import DIRECT, SPECIAL, PersonalData, Recognition
from dataops_core.privacy.keys import PSEUDONYM_KEY, key_fingerprint, pseudonym_key
from dataops_core.privacy.locales import LOCALES
from dataops_core.store import personal_data
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import allowed, current_table, page_layout, pending
from pages._ui.formatting import count, md, share

STATES = {
    "certain": ("Certain", ":material/error:", "red"),
    "likely": ("Likely", ":material/help:", "orange"),
    "ask": ("To confirm", ":material/question_mark:", "blue"),
}
KEEP = "keep"
WORDS = {KEEP: "Leave it as it is", **TREATMENTS}
HELP = {
    "drop": "the column is gone; nothing is safer",
    "hash": "rows can still be joined and counted by it; needs the secret key",
    "pseudonym": "reads like the real thing, the same person always the same name; needs the secret key",
    "mask": "one can see that there is a value, not which",
    "redact": "names, numbers and addresses inside the text are cut out; most of them, not all",
}
SAYS = {"recognized": "As recognized", "yes": "This is personal data", "no": "This is not personal data"}


def panel(here: Dataset, state: str, table: Table, found: PersonalData) -> None:
    """A card for each column that may name people, then one preview for all treatments."""
    store = page_layout.store()
    said = personal_data.settled(store, here)
    steps = [r.entry for r in current_table.results(here) if r.outcome.status == "done"]
    done = personal_data.treated(steps)
    left = personal_data.unresolved(found, steps, said)
    _summary(table, found, left, done)
    added = [name for name, each in said.items() if name not in found.identifiers and name in table.names]
    chosen: dict[str, str] = {}
    for name in [*found.identifiers, *added]:
        choice = _card(here, table, name, found.identifiers.get(name, []), said.get(name), done.get(name))
        if choice:
            chosen[name] = choice
    _others(here, table, {*found.identifiers, *added})
    _special(found)
    _key(chosen)
    locale = LOCALES[0]
    if "pseudonym" in chosen.values():
        locale = st.selectbox("Language and country of pseudonyms", LOCALES, key="privacy.locale", width=300)
    if chosen:
        allowed.button(
            "recipe changed",
            f"Preview {count(len(chosen), 'treatment')}",
            type="primary",
            icon=":material/visibility:",
            key="privacy.preview",
            on_click=_propose,
            args=(here, table, found, chosen, locale),
            help="Shows what would change before anything does",
        )


def _summary(table: Table, found: PersonalData, left: list[personal_data.Unresolved], done: Mapping[str, str]) -> None:
    asks = [name for name, some in found.identifiers.items() if all(each.state == "ask" for each in some)]
    with st.container(horizontal=True):
        st.metric("Columns that name people", len(left), border=True, width=230, help="Certain or likely, not treated")
        st.metric("Treated", len([name for name in done if name in table.names]), border=True, width=150)
        st.metric("To confirm", len(asks), border=True, width=150, help="Too little to tell: have a look")
        st.metric(
            "Columns checked", len(table.columns), border=True, width=180, help="All columns of the table as it is now"
        )
    if not found.identifiers and not left:
        st.success(
            "Names outside the lists and other scripts can be missed: have a look yourself, and say so below.",
            title="No column that names people was recognized",
            icon=":material/check_circle:",
        )


def _card(
    here: Dataset,
    table: Table,
    name: str,
    some: list[Recognition],
    said: Mapping[str, Any] | None,
    done: str | None,
) -> str | None:
    """What was found in a column, and the treatment that is chosen for it now."""
    at = table.names.index(name)
    first = next((each for each in some if each.state != "ask"), some[0] if some else None)
    harmless = said is not None and not said["personal"]
    with st.container(border=True, key=f"privacy-card-{at}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if done:
                st.badge("Treated", icon=":material/check:", color="green")
            elif harmless:
                st.badge("Confirmed: not personal", icon=":material/check:", color="green")
            elif said is not None or first is None:
                st.badge("Confirmed: personal", icon=":material/error:", color="red")
            else:
                word, icon, color = STATES[first.state]
                st.badge(word, icon=icon, color=color)
            st.markdown(f"**{md(name)}**: {_what(some)}")
        if evidence := " ".join(line for each in some[:2] for line in each.evidence):
            st.caption(md(evidence).replace("@", "\u200b@"))
        if harmless:
            st.caption(f"Because: {md(said['why'])}" if said else "")
        if done:
            return None
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            choice = None
            if not harmless:
                fits = fitting_treatments(table.column(name).type, first) if first else ["drop", "hash", "mask"]
                proposed = fits[0] if said or (first and first.state != "ask") else KEEP
                options = [*fits, KEEP]
                choice = st.selectbox(
                    f"Treatment of {md(name)}",
                    options,
                    index=options.index(proposed),
                    format_func=lambda each: WORDS[each],
                    key=f"privacy.treatment.{at}.{name}",
                    width=300,
                    help="; ".join(f"{WORDS[each]}: {HELP[each]}" for each in fits),
                )
            _settle(here, name, at, said)
    return choice if choice and choice != KEEP else None


def _what(some: list[Recognition]) -> str:
    told = []
    for each in some[:3]:
        where = " inside texts" if each.inside else ""
        told.append(f"{DIRECT[each.type]}{where} in {share(each.matches, round(each.matches / max(each.share, 1e-9)))}")
    return "; ".join(told) or "nothing was recognized in it"


def _settle(here: Dataset, name: str, at: int, said: Mapping[str, Any] | None) -> None:
    now = "recognized" if said is None else "yes" if said["personal"] else "no"
    with st.popover("Confirm or dismiss", icon=":material/gavel:", key=f"privacy.settle.{at}"):
        key = f"privacy.says.{at}.{name}"
        st.radio(f"What {md(name)} is", list(SAYS), index=list(SAYS).index(now), format_func=SAYS.get, key=key)
        st.text_input(
            "Why",
            key=f"{key}.why",
            value=said["why"] if said else "",
            placeholder="Needed where it is not personal data",
            help="It is kept with the dataset and in the audit log",
        )
        allowed.button(
            "personal data settled",
            "Save the answer",
            key=f"{key}.keep",
            on_click=_said,
            args=(here, name, key),
            icon=":material/check:",
        )


def _said(here: Dataset, name: str, key: str) -> None:
    answer = {"recognized": None, "yes": True, "no": False}[st.session_state[key]]
    why = st.session_state.get(f"{key}.why", "")
    page_layout.act(lambda: personal_data.settle(page_layout.store(), here, name, answer, page_layout.actor(), why))


def _others(here: Dataset, table: Table, listed: set[str]) -> None:
    rest = [name for name in table.names if name not in listed]
    if not rest:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Another column names people",
            rest,
            index=None,
            key="privacy.another",
            placeholder="Choose a column that was not recognized",
            width=300,
        )
        allowed.button(
            "personal data settled",
            "Add it",
            key="privacy.another.add",
            on_click=_add,
            args=(here,),
            icon=":material/add:",
        )


def _add(here: Dataset) -> None:
    name = st.session_state.get("privacy.another")
    if name:
        page_layout.act(lambda: personal_data.settle(page_layout.store(), here, name, True, page_layout.actor()))


def _special(found: PersonalData) -> None:
    if not found.special:
        return
    told = "; ".join(f"{md(name)}: {SPECIAL.get(each.type, each.type)}" for name, each in found.special.items())
    st.markdown(
        f":material/gpp_maybe: **Special categories of personal data**: {told}. The law protects these most (GDPR,"
        " articles 9 and 10): nobody should learn them from this table."
    )


def _key(chosen: Mapping[str, str]) -> None:
    """Whether the key is there that keyed treatments need."""
    if not {"hash", "pseudonym"} & set(chosen.values()):
        return
    try:
        mark = key_fingerprint(pseudonym_key())
    except SecretError as error:
        st.warning(md(error.fix), title=md(error.what), icon=":material/key_off:")
        return
    st.caption(
        f":material/key: The key in {PSEUDONYM_KEY} is used; its fingerprint is {mark}. The key itself is written"
        " nowhere. Whoever has it can find out who is who: keep it apart from the data."
    )


def _propose(here: Dataset, table: Table, found: PersonalData, chosen: dict[str, str], locale: str) -> None:
    def proposed() -> None:
        steps, _ = identifier_steps(table, found, KEEP, chosen, locale=locale)
        what = "; ".join(step.sentence for step in steps)
        pending.propose(
            here, [*here.recipe.steps, *steps], what, at=len(here.recipe.steps) if len(steps) == 1 else None
        )

    page_layout.act(proposed)
