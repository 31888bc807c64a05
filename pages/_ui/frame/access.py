"""Whether people have to sign in here, told from Streamlit's secrets; in doubt, nobody gets in."""

from __future__ import annotations

import difflib
import functools
import logging
import os
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.errors import SettingError
from dataops_core.store.people import sign_ins

SECTION = "auth"
COOKIE = "_streamlit_user"
CLAIM = "DATAOPS_GROUPS_CLAIM"
# what a section for st.login holds
_TELLING = {
    "redirect_uri",
    "cookie_secret",
    "client_id",
    "client_secret",
    "server_metadata_url",
}
_log = logging.getLogger("dataops")


def is_shared() -> bool:
    """Whether the secrets set up a sign-in, or cannot be read, so that others than this machine's user may
    come here.
    """
    return bool(problem()) or SECTION in _secrets()


def problem() -> str:
    """Why it cannot be told whether a sign-in is set up; empty where it can. For the log: it holds no secret."""
    try:
        secrets = _secrets()
    except Exception as error:  # noqa: BLE001 - whatever keeps the secrets from being read keeps people out
        return f"The secrets cannot be read: {error}"
    if SECTION in secrets:
        try:
            sign_ins.hours()
        except SettingError as error:
            return f"{error.what} {error.fix} ({error.where})"
        if isinstance(secrets[SECTION], Mapping) and secrets[SECTION]:
            return ""
        return f"[{SECTION}] in the secrets is not a section with settings."
    for name, value in secrets.items():
        near = difflib.get_close_matches(name.strip().casefold(), [SECTION], cutoff=0.75)
        if near or name in _TELLING or (isinstance(value, Mapping) and _TELLING & set(value)):
            return f'"{name}" in the secrets looks like a sign-in, which has to stand in a section called [{SECTION}].'
    return ""


def groups(claims: Mapping[str, Any]) -> set[str]:
    """The groups that a sign-in says somebody is in, by the claim that DATAOPS_GROUPS_CLAIM names.

    >>> sorted(groups({"groups": ["b", "a", 3, ""]})), groups({"groups": "a"}), groups({})
    (['a', 'b'], {'a'}, set())
    """
    told = claims.get(os.environ.get(CLAIM) or "groups") or []
    listed = [told] if isinstance(told, str) else told if isinstance(told, (list, tuple)) else []
    return {each for each in listed if isinstance(each, str) and each.strip()}


def presents_cookie() -> bool:
    """Whether the browser presents a cookie as a sign-in leaves it; what Streamlit made of it is told by `st.user`."""
    return any(name.startswith(COOKIE) for name in st.context.cookies)


@functools.cache
def report(reason: str) -> None:
    """Tell the operator's log why nobody gets in; once for each reason."""
    _log.error("Sign-in: %s Nobody gets in until it is put right.", reason)


def _secrets() -> dict[str, Any]:
    """Streamlit's secrets, none where there are no files of them. Raises where a file is there and cannot be read."""
    try:
        return st.secrets.to_dict()
    except FileNotFoundError:  # also what Streamlit raises for a file that it cannot parse
        if any(os.path.lexists(path) for path in st.get_option("secrets.files")):
            raise
        return {}
