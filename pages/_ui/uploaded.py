"""Uploads: copied to the store piece by piece, so that the browser's box can let them go."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages._ui import page_layout


def take(box: str, keep: Callable[[Path, str], Any]) -> None:
    """Hand what was uploaded in a box to `keep`, as a file of this machine and its name, and empty the box.

    A box is drawn with `key(box)`.
    """
    upload = st.session_state.get(key(box))
    if upload is None:
        return
    with tempfile.NamedTemporaryFile(delete=False, dir=page_layout.store().scratch) as copy:
        upload.seek(0)
        while block := upload.read(1 << 20):
            copy.write(block)
    path = Path(copy.name)
    try:
        page_layout.act(lambda: keep(path, upload.name))
    finally:
        path.unlink(missing_ok=True)
    st.session_state[f"{box}.nonce"] = st.session_state.get(f"{box}.nonce", 0) + 1


def key(box: str) -> str:
    """The key of the uploader of a box; another one after each upload, for a browser keeps what it has."""
    return f"{box}.{st.session_state.get(f'{box}.nonce', 0)}"
