"""A visitor without a browser: speaks Streamlit's own protocol over its websocket, as the page's script does.

Twenty-five browsers would need more of the machine than the server that they are to measure; a visitor needs a thread.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import connect

PATIENCE = 120.0  # seconds for which a visitor waits for an answer
LARGEST = 64 * 2**20  # bytes of one message
COOKIE = "_streamlit_user"


@dataclass
class Run:
    """What the server sent for one interaction: the elements by their places, all bytes, and how long it took."""

    elements: dict[tuple[int, ...], tuple[Element, str]] = field(default_factory=dict)  # each with its fragment
    content: bytes = b""
    seconds: float = 0.0

    @property
    def failures(self) -> list[str]:
        """What tells of a defect: exceptions, and errors that nobody foresaw."""
        found = []
        for element, _ in self.elements.values():
            if element.HasField("exception"):
                found.append(f"{element.exception.type}: {element.exception.message}")
            elif element.HasField("alert") and "Unexpected error" in element.alert.title:
                found.append(element.alert.title)
        return found


def signed_cookie(secret: str, origin: str, person: str, **claims: Any) -> str:
    """The cookie by which Streamlit knows who has signed in, as its own sign-in writes it."""
    told = {"email": person, "iat": int(time.time()), "is_logged_in": True, "origin": origin} | claims
    return create_signed_value(secret, COOKIE, json.dumps(told)).decode()


class Visitor:
    """One person with one tab open.

    `cookie` is what the sign-in left in the browser (see `signed_cookie`); without one, nobody has signed in.
    """

    def __init__(self, url: str, cookie: str = "") -> None:
        token = self.token = generate_xsrf_token_string()
        cookies = f"_streamlit_xsrf={token}" + (f"; {COOKIE}={cookie}" if cookie else "")
        parts = urlsplit(url)
        self._open = ExitStack()
        connection = connect(
            f"ws://{parts.netloc}/_stcore/stream",
            origin=f"{parts.scheme}://{parts.netloc}",  # type: ignore[arg-type]
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            additional_headers={"Cookie": cookies},
            max_size=LARGEST,
            proxy=None,
        )
        self.socket = self._open.enter_context(connection)
        self.query = ""
        self.page = self.session = ""
        self.pages: dict[str, str] = {}
        self.states: dict[str, WidgetState] = {}
        self.last = Run()

    def close(self) -> None:
        """Close the tab."""
        self._open.close()

    def open(self, page: str, query: Mapping[str, str] | None = None) -> Run:
        """Go to a page; by its address at first, and by the link in the sidebar from then on."""
        if query is not None:
            self.query = urlencode(query)
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if page in self.pages:
            message.rerun_script.page_script_hash = self.pages[page]
        else:
            message.rerun_script.page_name = page
        self.states = {}
        return self._ask(message)

    def click(self, key: str) -> Run:
        """Click the button with that key."""
        element, fragment = self.find(key)
        return self._send(WidgetState(id=element.button.id, trigger_value=True), fragment)

    def choose(self, key: str, value: str) -> Run:
        """Write into a field, or choose from a list, by its key."""
        element, fragment = self.find(key)
        kind = element.WhichOneof("type") or ""
        state = WidgetState(id=getattr(element, kind).id)
        if kind == "multiselect":
            state.string_array_value.data.append(value)
        else:
            state.string_value = value
        return self._send(state, fragment)

    def option(self, key: str, words: str) -> str:
        """The first option of a list that has these words in it."""
        element, _ = self.find(key)
        return next(each for each in element.selectbox.options if words in each)

    def has(self, key: str) -> bool:
        """Whether something with that key is on the page, and can be used."""
        return any(_usable(element, key) for element, _ in self.last.elements.values())

    def find(self, key: str) -> tuple[Element, str]:
        """The element whose key ends so, and the fragment in which it stands."""
        for element, fragment in self.last.elements.values():
            if _usable(element, key):
                return element, fragment
        raise LookupError(f"{key} is not on the page {self.page}")

    def _send(self, state: WidgetState, fragment: str) -> Run:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self.query, self.page, fragment
        if not state.trigger_value:
            self.states[state.id] = state
        asked.widget_states.widgets.extend(self.states.values())
        if state.trigger_value:
            asked.widget_states.widgets.append(state)
        return self._ask(message)

    def _ask(self, message: BackMsg) -> Run:
        """Send a message, and read until the script has come to its end."""
        kept = dict(self.last.elements) if message.rerun_script.fragment_id else {}
        got: list[bytes] = []
        run = Run(kept)
        begin = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while not self._take(run, got):
            pass
        run.seconds = time.perf_counter() - begin
        run.content = b"".join(got)
        self.last = run
        return run

    def _take(self, run: Run, got: list[bytes]) -> bool:
        """Read one message; whether it was the last of this run."""
        data = self.socket.recv(timeout=PATIENCE)
        assert isinstance(data, bytes)
        got.append(data)
        told = ForwardMsg()
        told.ParseFromString(data)
        kind = told.WhichOneof("type")
        if kind == "delta":
            place = tuple(told.metadata.delta_path)
            if told.delta.HasField("new_element"):
                run.elements[place] = (told.delta.new_element, told.delta.fragment_id)
        elif kind == "navigation":
            self.pages = {each.url_pathname: each.page_script_hash for each in told.navigation.app_pages}
        elif kind == "new_session":
            self.page = told.new_session.page_script_hash
            self.session = told.new_session.initialize.session_id or self.session
        elif kind == "page_info_changed":
            self.query = told.page_info_changed.query_string
        elif kind == "script_finished":
            if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                run.elements.clear()
                return False
            return True
        return False


def _usable(element: Element, key: str) -> bool:
    kind = element.WhichOneof("type")
    inside = getattr(element, kind) if kind else None
    return str(getattr(inside, "id", "")).endswith(f"-{key}") and not getattr(inside, "disabled", False)
