"""The app behind a guard of uploads, which Streamlit takes past every page: `streamlit run pages/_ui/serve.py`."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # Streamlit looks for modules beside this file alone

from pages._ui.frame.upload_guard import UploadGuard  # noqa: E402

app = st.App(ROOT / "app.py", middleware=[Middleware(UploadGuard)])
