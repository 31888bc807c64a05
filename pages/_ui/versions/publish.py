"""Publish a version from the page Versions: choose a place, say what it needs to know, and see what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core import publish
from dataops_core.publish import PLACES, Published, Publisher
from dataops_core.store import jobs, versions
from dataops_core.store.datasets import Dataset
from dataops_core.store.publishing import publications
from dataops_core.store.versions import Version
from pages._ui import allowed, job, page_layout
from pages._ui.formatting import md, when
from pages._ui.frame import access
from pages._ui.privacy import recognition


def opener(version: Mapping[str, Any]) -> None:
    """The button that opens the section, and closes it."""
    key = f"versions.publish.{version['number']}"
    allowed.button(
        "version published",
        "Publish",
        key=f"{key}.open",
        icon=":material/publish:",
        on_click=lambda: st.session_state.update({key: not st.session_state.get(key)}),
        help="Puts this version where other people and programs take it from: a folder, a database, a data lake",
    )


def section(here: Dataset, version: Mapping[str, Any]) -> None:
    """Where the version is published, and the form with which it is published; nothing while it is closed."""
    number = version["number"]
    key = f"versions.publish.{number}"
    if not st.session_state.get(key):
        return
    with st.container(border=True, key=f"publish-{number}"):
        st.markdown(f"**Publish version {number}**")
        _published(here, number)
        offered, kinds = publish.places_of_environment(), []
        if not access.is_shared():  # the person at this machine may write wherever they may anyway
            kinds = publications.possible()
        if not (offered or kinds):
            st.caption(f"Whoever runs the workbench has offered no place to publish to ({PLACES}).")
            return
        titles = {each.name: each.title for each in kinds}
        choice = st.selectbox(
            "Where to",
            [*offered, *titles],
            format_func=lambda name: titles.get(name, name),
            key=f"{key}.place",
            help="A version is published whole or not at all, and never over something else. The next version is"
            " published to the same place.",
        )
        place, publisher = (offered[choice], None) if choice in offered else ("", publish.REGISTRY[choice])
        if publisher is not None:
            place = _address(publisher, f"{key}.address.{choice}")
        else:
            publisher = publish.check_place(place)
            st.caption(f"{publisher.says}: {md(publish.shown_place(place))}")
        made = versions.get(page_layout.store(), here.id, number)
        given = {option.name: _columns(option, made, f"{key}.{option.name}") for option in publisher.options}
        left = versions.unresolved_in(page_layout.store(), here.id, made)
        recognition.reason_box(left, f"{key}.why", "publishing it")
        why = st.session_state.get(f"{key}.why", "").strip() if left else ""
        lacks = [option.title for option in publisher.options if option.required and not given[option.name]]
        args = {"dataset": here.id, "number": number, "place": place, "given": given, "reason": why}
        allowed.button(
            "version published",
            f"Publish version {number}",
            type="primary",
            icon=":material/publish:",
            key=f"{key}.go",
            disabled=bool(not place or lacks or (left and not why)),
            on_click=_start,
            args=(f"{key}.job", args | {"own": not access.is_shared()}),
        )
        _outcome(f"{key}.job", number, place)


def _published(here: Dataset, number: int) -> None:
    """Where this version was published before."""
    for each in publications.published(page_layout.store(), here.id):
        if each["number"] == number:
            st.markdown(
                f":material/check_circle: Published: {md(each['place'])}, {when(each['at'])} by {md(each['actor'])}"
            )


def _address(publisher: Publisher, key: str) -> str:
    """The place, as somebody types it; with the beginning by which it is known."""
    start = publisher.starts[0]
    is_folder = publisher.kind == "folder"
    typed = st.text_input(
        "Folder" if is_folder else "Address",
        key=key,
        placeholder=publisher.example.removeprefix(start) if is_folder else publisher.example,
        help=None
        if is_folder
        else "For a password write ${NAME} and set DATAOPS_SECRET_NAME in .streamlit/secrets.toml or in the"
        " environment: it stands in no file, log or message. Behind the # stands the name of the table.",
    ).strip()
    st.caption(f"{publisher.says}.")
    return f"{start}{typed}" if typed and is_folder and not typed.startswith(start) else typed


def _columns(option: publish.Option, version: Version, key: str) -> list[str]:
    """The columns that somebody chooses for an option."""
    names = [
        column["name"]
        for column in version.manifest["data"]["columns"]
        if not option.kinds or column["type"] in option.kinds
    ]
    title = option.title if option.required else f"{option.title} (optional)"
    if option.many:
        return list(st.multiselect(title, names, key=key, help=f"{option.says}.", placeholder="Choose columns"))
    chosen = st.selectbox(title, names, index=None, key=key, help=f"{option.says}.", placeholder="Choose a column")
    return [chosen] if chosen else []


def _start(key: str, args: dict[str, Any]) -> None:
    """Begin, in a process of its own: places can be slow, and far away."""

    def begin() -> None:
        publish.check_place(args["place"])  # a password in it would be kept with the job
        made = jobs.start(page_layout.store(), "publish", args, page_layout.actor())
        st.session_state[key] = (made, args["place"])

    page_layout.act(begin)


def _outcome(key: str, number: int, place: str) -> None:
    """What became of the publication to this place that was begun last."""
    known, to = st.session_state.get(key, ("", ""))
    now = jobs.get(page_layout.store(), known) if known and to == place else None
    if now is None:
        return
    if now.is_open:
        job.progress(now.id, f"Publishing version {number}")
    elif now.state == "done":
        told = Published(**now.result)
        st.success(md(told.words), icon=":material/check_circle:")
        st.caption("How other programs take it from there:")
        st.code(told.use, language=None, wrap_lines=True)
    elif now.error:
        st.error(
            f"{md(now.error['fix'])} ({md(now.error['where'])})", title=md(now.error["what"]), icon=":material/error:"
        )
    else:
        st.info("Nothing was published, or all of it.", title="Cancelled", icon=":material/cancel:")
