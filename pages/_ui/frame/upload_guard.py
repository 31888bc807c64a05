"""A guard in front of uploads: they go past every page, so what is refused there is logged here, and nobody's is taken.

Streamlit takes files from whoever has a page open, also before a sign-in, and refuses what is too large without a word
to anybody but the browser. The guard stands before it where the app is started by pages/_ui/serve.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from dataops_core.errors import AccessError
from dataops_core.store.store import Store

UPLOADS = "/_stcore/upload_file/"
TOO_LARGE, SIGN_IN_FIRST = 413, 403
MOST = 10_000  # tabs that are remembered
_tabs: dict[str, Store] = {}  # by the session of a tab: the store in the hands of whoever has it open
_guards: list[UploadGuard] = []  # those that stand before the app: one, or none where it was started without
_log = logging.getLogger("dataops")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def admit(session: str, store: Store) -> None:
    """Take files from this tab from now on, in the name of the store's person."""
    if _tabs.get(session) is None or _tabs[session].person != store.person:
        _tabs[session] = store
        while len(_tabs) > MOST:
            _tabs.pop(next(iter(_tabs)))


def shut_out(session: str) -> None:
    """Take no files from this tab: nobody is signed in there, or no longer."""
    _tabs.pop(session, None)


def warn() -> None:
    """Tell the operator's log where people sign in, and no guard stands before the uploads."""
    if not _guards:
        _log.warning("Uploads are not guarded: start it by pages/_ui/serve.py (see docs/how-to/people.md).")


class UploadGuard:
    """Refuses files from tabs in which nobody is known, before a byte of them is read, and logs what Streamlit refuses
    because it is too large.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        _guards.append(self)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        _, is_upload, rest = str(scope.get("path", "")).partition(UPLOADS)
        if scope["type"] != "http" or not is_upload or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        store = _tabs.get(rest.partition("/")[0])
        if store is None:
            _log.warning("Upload: refused, for nobody is signed in where it comes from.")
            await send({"type": "http.response.start", "status": SIGN_IN_FIRST, "headers": []})
            await send({"type": "http.response.body", "body": b"Sign in first"})
            return

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == TOO_LARGE:
                await asyncio.to_thread(_refused, store)
            await send(message)

        await self.app(scope, receive, noted)


def _refused(store: Store) -> None:
    store.log_refusal(
        AccessError(
            "The file is larger than this server takes.", "upload", "Open it from a folder that the server can read."
        )
    )
