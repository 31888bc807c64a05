"""The app behind a guard of uploads, which Streamlit takes past every page: `streamlit run serve.py`."""

import streamlit as st
from starlette.middleware import Middleware

from pages._ui.frame.upload_guard import UploadGuard

app = st.App("app.py", middleware=[Middleware(UploadGuard)])
