"""The members of a project, in the sidebar: who may do what, invite, remove, hand over. Shown while roles are on."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dataops_core.access import EVERYWHERE, ROLES
from dataops_core.store.people import members
from dataops_core.store.people.environments import ENVIRONMENTS
from dataops_core.store.people.members import Member
from dataops_core.store.store import Store
from pages._ui.formatting import md

_KEY = "team"
GIVEN = [role for role in ROLES if role != "admin"]


def popover(store: Store, project: str, act: Callable[[Callable[[], object]], bool]) -> None:
    """Who belongs to the project, and for its stewards the ways to change that; `act` does what a button asks for."""
    if not members.is_on(store):
        return
    with st.popover("Members", icon=":material/group:", key=f"{_KEY}.popover", on_change="rerun") as opened:
        if not opened.open:
            return
        some = members.listed(store, project)
        for each in some:
            st.markdown(f"**{md(each.person)}**: {each.role}{_where(each)}")
        if store.may("member invited", project=project):
            _invite(store, project, act)
            _change(store, project, [each.person for each in some if each.scope != EVERYWHERE], act)
        else:
            st.caption("The stewards of the project invite people.")


def _where(each: Member) -> str:
    if each.scope == EVERYWHERE:
        return ", in every project"
    return "" if each.environment == EVERYWHERE else f", in {each.environment} alone"


def _invite(store: Store, project: str, act: Callable[[Callable[[], object]], bool]) -> None:
    st.text_input("Invite", placeholder="E-mail address, as they sign in", key=f"{_KEY}.person")
    st.selectbox(
        "As",
        GIVEN,
        format_func=str.capitalize,
        key=f"{_KEY}.role",
        help="; ".join(f"{role.capitalize()}: {ROLES[role]}" for role in GIVEN),
    )
    st.selectbox(
        "In",
        [EVERYWHERE, *ENVIRONMENTS],
        format_func=lambda name: "All environments" if name == EVERYWHERE else name.capitalize(),
        key=f"{_KEY}.environment",
    )

    def invite() -> None:
        person, role, place = (st.session_state.get(f"{_KEY}.{name}") for name in ("person", "role", "environment"))
        if act(lambda: members.invite(store, project, person or "", role, store.person, environment=place)):
            st.session_state[f"{_KEY}.person"] = ""

    st.button("Invite", icon=":material/person_add:", key=f"{_KEY}.invite", on_click=invite)


def _change(store: Store, project: str, people: list[str], act: Callable[[Callable[[], object]], bool]) -> None:
    if not people:
        return
    st.selectbox("Member", list(dict.fromkeys(people)), key=f"{_KEY}.member")

    def chosen(do: Callable[[Store, str, str, str], None]) -> None:
        act(lambda: do(store, project, st.session_state[f"{_KEY}.member"], store.person))

    with st.container(horizontal=True):
        st.button(
            "Remove", icon=":material/person_remove:", key=f"{_KEY}.remove", on_click=chosen, args=(members.remove,)
        )
        st.button(
            "Hand over",
            icon=":material/key:",
            key=f"{_KEY}.hand_over",
            on_click=chosen,
            args=(members.hand_over,),
            help="Makes them the steward of the project; you stay as an editor",
        )
