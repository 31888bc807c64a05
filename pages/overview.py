"""Overview: every dataset of the project, and how one of them stands."""

from pathlib import Path

import streamlit as st

from pages._ui import current_table, page_header, page_layout, pending
from pages._ui.data import read_notes, upload
from pages._ui.overview import dataset, datasets_table, free_space, manage

place = page_header.enter("Overview")
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "overview.png"
upload.take_over(place)
if place.dataset is None:
    head, listed = st.container(), False
    with page_layout.errors():
        listed = datasets_table.table(place)
    if listed:
        head.header("Datasets of this project", anchor=False)
        st.caption("Tick a dataset to open it, or bring another one.")
    else:
        head.markdown(upload.PROMISE)
    upload.box(place)
    if PICTURE.exists() and not listed:
        what = "What you will see: problems by column, the score, and what to do next"
        st.image(PICTURE, caption=what, alt=what, width=760)
    st.stop()

here = place.dataset
root = current_table.root(here)
state = current_table.now(here) if root else None
if root is None or state is None:
    st.stop()
with page_layout.errors():
    pending.panel(here, root, state, current_table.results(here))
    known = current_table.profile(here, state)
    profile = known or current_table.profiled(here, state)
    if profile is not None and known is None:
        st.rerun()  # the header is drawn before
    if not here.recipe.active:  # once it is worked on, Data still tells it
        read_notes.panel(root)
    if profile is not None:
        dataset.panel(here, state, root, profile)
with page_layout.errors():
    st.header("Datasets of this project", anchor=False)
    datasets_table.table(place)
    with st.container(horizontal=True):
        with st.popover("Upload another file", icon=":material/upload_file:"):
            upload.next_delivery(here)
            upload.open_sample(place, "overview.sample_again")
            upload.uploader(place, "A file")
        manage.panel(here)
        free_space.panel(here)
