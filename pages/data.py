"""Data: bring a table, see how it was read, say what its columns are for."""

import streamlit as st

from pages._ui import current_table, grid, page_header, page_layout, redaction
from pages._ui.clean import cell
from pages._ui.columns import panel
from pages._ui.columns.strip import type_of
from pages._ui.data import reading, roles, upload
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
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"Read from **{md(here.raw['name'])}** ({size(here.raw['size'])})", width="content")
    if st.button("See what is wrong", type="primary", icon=":material/arrow_forward:"):
        st.switch_page("pages/profile.py", query_params=st.query_params.to_dict())
    with st.popover("Upload another file", icon=":material/upload_file:"):
        upload.open_sample(place, "data.sample_again")
        upload.uploader(place, "A file")
    manage.panel(here)
rows, how, what = st.tabs(["Rows", "How it was read", "Column roles"], key="data.tabs", on_change="rerun")
if rows.open:
    with rows:
        strip = st.container()  # drawn after the rows: they are there at once, the columns may have to be counted
        grid.grid(
            shown,
            "data",
            what="The table as it came",
            on_cell=lambda row, column: cell.panel(here, shown, row, column, "data", mend=not here.recipe.steps),
        )
        with strip, page_layout.errors():
            panel.columns(here, shown, "data", mend=not here.recipe.steps)
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
