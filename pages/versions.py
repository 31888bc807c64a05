"""Versions: commit, look back, compare, restore, export, verify; and the audit trail."""

import streamlit as st

from dataops_core.store import jobs, synthetic_tables, versions
from dataops_core.store.results.rebuild import KIND
from pages._ui import allowed, current_table, grid, page_header, page_layout
from pages._ui.clean import download
from pages._ui.formatting import count, md, when
from pages._ui.privacy import recognition
from pages._ui.rules import states as rule_states
from pages._ui.versions import (
    audit_trail,
    bundles,
    clusters,
    deliveries,
    environments,
    lineage_graph,
    new_file,
    publish,
    purge,
    rebuild,
    sign_off,
)

place = page_header.enter("Versions")
here = page_layout.need_dataset(place)
root = current_table.root(here)
state = current_table.now(here) if root else None
if root is None or state is None:
    st.stop()
listed = versions.log(page_layout.store(), here.id, with_purged=True)
known = [each for each in listed if "purged" not in each]
table = grid.table(state)


def commit() -> None:
    """Save the draft as the next version."""
    said = st.session_state.get("versions.message", "").strip() or f"After {count(len(here.recipe.active), 'step')}"

    def made() -> None:
        reason, why = (st.session_state.get(f"versions.{name}", "") for name in ("reason", "pii_reason"))
        version = versions.commit(
            page_layout.store(), here.id, said, page_layout.actor(), reason=reason, pii_reason=why
        )
        page_layout.say(f"Version {version.number} is saved.")
        st.session_state["versions.message"] = ""
        st.session_state["versions.reason"] = st.session_state["versions.pii_reason"] = ""

    page_layout.act(made)


def restore(number: int) -> None:
    """Make a version's recipe the draft again."""
    if page_layout.act(
        lambda: versions.restore(page_layout.store(), here.id, here.revision, number, page_layout.actor())
    ):
        page_layout.say(f"The steps of version {number} are the current ones again. Undo takes it back.")


def open_apart(number: int) -> None:
    """Open a synthetic version as a dataset of its own, and go there."""
    if page_layout.act(
        lambda: page_layout.go(
            here.project, synthetic_tables.open_as_dataset(page_layout.store(), here.id, number, page_layout.actor())
        )
    ):
        page_layout.say(f"Version {number} is a dataset of its own now.")


def list_versions() -> None:
    """All versions, the newest first, each with what can be done with it."""
    if not listed:
        st.info(
            "Once a version is saved you can export it as one zip, with data, steps, script and data card.",
            title="No versions yet",
        )
    rebuilt = jobs.last(page_layout.store(), KIND, here.id)
    for each in listed:
        with st.container(border=True, key=f"version-{each['number']}"):
            if "purged" in each:
                purge.tombstone(each)
                continue
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**Version {each['number']}**: {md(each['message'])}")
                if each["synthetic"]:
                    st.badge("Synthetic", icon=":material/content_copy:", color="blue")
            if each["synthetic"]:
                st.caption(bundles.origin(each, known))
            st.caption(f"{when(each['created'])} by {md(each['actor'])}, fingerprint {each['content_hash'][:16]}…")
            with st.container(horizontal=True):
                bundles.export(here, each)
                if not each["synthetic"]:
                    download.panel(here, each["state"], f"versions.download.{each['number']}", f"v{each['number']}")
                publish.opener(each)
                if not each["synthetic"]:
                    rebuild.opener(here, each)
                if each["synthetic"]:
                    allowed.button(
                        "synthetic data opened",
                        "Open as a dataset of its own",
                        icon=":material/open_in_new:",
                        key=f"versions.open.{each['number']}",
                        on_click=open_apart,
                        args=(each["number"],),
                        help=(
                            "No steps lead from the real rows to synthetic ones, so it is not restored: it is a"
                            " table by itself"
                        ),
                    )
                else:
                    allowed.button(
                        "recipe changed",
                        "Restore",
                        icon=":material/settings_backup_restore:",
                        key=f"versions.restore.{each['number']}",
                        on_click=restore,
                        args=(each["number"],),
                        help="Makes this version's steps the current ones again; nothing is lost",
                    )
                purge.opener(here, each["number"])
            publish.section(here, each)
            rebuild.section(here, each, rebuilt)
            if st.toggle("Show what was done", key=f"versions.show.{each['number']}"):
                bundles.steps_of(versions.get(page_layout.store(), here.id, each["number"]))


with st.container(border=True, key="versions-commit"):
    st.header("Save a version")
    results = current_table.results(here)
    real = [each for each in known if not each["synthetic"]]
    saved = bool(real) and real[0]["state"] == state
    if saved:
        st.markdown(f":material/check_circle: The table as it is now is version {real[0]['number']}.")
    else:
        st.markdown(
            f"The table as it is now: {count(table.rows, 'row')}, {count(len(table.columns), 'column')}, after "
            f"{count(sum(r.outcome.status == 'done' for r in results), 'step')}. A version never changes again."
        )
    if not saved or st.toggle(
        "Save it again, with another message or reason",
        key="versions.again",
        disabled=bool(allowed.refusal("version committed")),
    ):
        with st.container():  # what comes and goes here must not shift the box below: a text being typed would be lost
            left = recognition.leaving(here, root, state, table)
            recognition.reason_box(left or [], "versions.pii_reason", "saving it")
            rule_states.at_saving(here, state)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "What is this version? (optional)",
                key="versions.message",
                placeholder="For example: duplicates removed, dates repaired",
            )
            allowed.button(
                "version committed",
                "Save",
                type="primary",
                icon=":material/save:",
                on_click=commit,
                disabled=left is None,
                key="versions.save",
            )

numbers = [each["number"] for each in known if not each["synthetic"]]
TABS = {
    "Versions": {"": list_versions},
    "Compare two": {"": lambda: bundles.compare(here, numbers)},
    "Lineage": {"": lambda: lineage_graph.panel(here, numbers, [v["number"] for v in listed if "purged" in v])},
    "New data": {
        "New file": lambda: new_file.panel(here, root),
        "Deliveries": lambda: deliveries.panel(here, numbers),
        "Run on a cluster": lambda: clusters.panel(here),
    },
    "Release": {
        "Environments": lambda: environments.panel(here, known),
        "Sign-off": lambda: sign_off.panel(here, numbers, state),
    },
    "Audit": {
        "Audit trail": lambda: audit_trail.panel(here),
        "Verify an export file": bundles.verify_box,
    },
}
for tab, (name, panels) in zip(st.tabs(list(TABS), key="versions.tabs", on_change="rerun"), TABS.items(), strict=True):
    if not tab.open:
        continue
    with tab:
        parts = st.tabs(list(panels), key=f"versions.{name}", on_change="rerun") if len(panels) > 1 else [tab]
        for part, panel in zip(parts, panels.values(), strict=True):
            if part.open:
                with part, page_layout.errors():
                    panel()
