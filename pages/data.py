"""Data: bring a table, see how it was read, say what its columns are for."""

import streamlit as st

from pages._ui import current_table, grid, page_header, page_layout, redaction
from pages._ui.clean import cell
from pages._ui.columns import panel
from pages._ui.columns.strip import type_of
from pages._ui.data import read_notes, reading, roles, upload
from pages._ui.formatting import md, size
from pages._ui.overview import manage

place = page_header.enter("Data")
upload.take_over(place)
if place.dataset is None:
    st.markdown(upload.PROMISE)
    upload.box(place)
    st.stop()

here = place.dataset
root = reading.root_state(here)
if root is None:
    st.stop()
shown = redaction.seen(root)
table = grid.table(shown)
read_notes.panel(root)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"Read from **{md(here.raw['name'])}** ({size(here.raw['size'])})", width="content")
    if st.button("See what is wrong", type="primary", icon=":material/arrow_forward:"):
        st.switch_page("pages/profile.py", query_params=st.query_params.to_dict())
    with st.popover("Upload another file", icon=":material/upload_file:"):
        upload.next_delivery(here)
        upload.open_sample(place, "data.sample_again")
        upload.uploader(place, "A file")
    manage.panel(here)
rows, how, what = st.tabs(["Rows", "How it was read", "Column roles"], key="data.tabs", on_change="rerun")
if rows.open:
    with rows:
        looked_at = current_table.chosen(here, shown, "data.which")
        if looked_at is None:
            st.stop()
        now = bool(looked_at != shown or not here.recipe.active)  # repairs go on from the table as it is now
        strip = st.container()  # drawn after the rows: they are there at once, the columns may have to be counted
        grid.grid(
            looked_at,
            "data",
            what="The table as it is now" if now else "The table as it came",
            on_cell=lambda row, column: cell.panel(here, looked_at, row, column, "data", mend=now),
        )
        with strip, page_layout.errors():
            panel.columns(here, looked_at, "data", mend=now)
if how.open:
    with how, page_layout.errors():
        profile = current_table.profile(here, shown)
        if redaction.is_viewer():
            st.info("Editors see here how the file was read, line by line.", icon=":material/lock:")
        else:
            types = {name: type_of(facts) for name, facts in profile["facts"].items()} if profile else {}
            reading.panel(here, root, types)
if what.open:
    with what, page_layout.errors():
        roles.panel(here, shown, table)
