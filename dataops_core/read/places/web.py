"""A file at an http(s) address."""

from __future__ import annotations

import base64
import http.client
import re
import socket
import ssl
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from dataops_core.errors import InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.read.places.rules import Rules
from dataops_core.read.places.secrets import shown
from dataops_core.read.places.target import copy_bounded, file_name

SECONDS = 30
REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
SUFFIXES = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/zip": ".zip",
}


def fetch_web(address: str, folder: Path, rules: Rules, progress: Progress) -> Path:
    """Fetch what an address names into a file of the folder; each redirect is looked at as the first address was."""
    target = urlsplit(address)
    authority = _authority(target)
    for _ in range(REDIRECTS + 1):
        where = shown(target.geturl())
        connection = connection_to(target, rules, where)
        try:
            headers = {"User-Agent": "dataops", "Accept": "*/*", "Accept-Encoding": "identity"}
            connection.request(
                "GET", _path(target), headers=headers | ({"Authorization": authority} if authority else {})
            )
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                target, authority = _redirected(target, answer.getheader("Location"), authority, where)
                continue
            if answer.status != 200:
                raise InputError(f"The server answers {answer.status} {answer.reason}.", where, "Check the address.")
            return _saved(answer, target, folder, rules, progress, where)
        except (OSError, http.client.HTTPException) as error:
            raise InputError(
                f"The address cannot be fetched: {type(error).__name__}.", where, "Check the address and the network."
            ) from None
        finally:
            connection.close()
    raise InputError("The address leads from one to another without end.", shown(address), "Give the last address.")


def _authority(target: SplitResult) -> str:
    if target.username is None:
        return ""
    pair = f"{unquote(target.username)}:{unquote(target.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _redirected(target: SplitResult, location: str | None, authority: str, where: str) -> tuple[SplitResult, str]:
    after = urlsplit(urljoin(target.geturl(), location or ""))
    if after.scheme not in PORTS or not after.hostname or (target.scheme == "https" and after.scheme == "http"):
        raise SettingError("The address leads to another one that is not opened.", where, "Give the last address.")
    same = (after.scheme, after.hostname, after.port) == (target.scheme, target.hostname, target.port)
    return after, authority if same else ""


def _path(target: SplitResult) -> str:
    path = quote(target.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(target.query, safe='/%:@!$&()*+,;=~-._?')}" if target.query else path


def connection_to(target: SplitResult, rules: Rules, where: str) -> http.client.HTTPConnection:
    """A connection to the host of an address, as far as the rules let it be asked; it is not open yet."""
    try:
        host, port = target.hostname or "", target.port or PORTS[target.scheme]
    except ValueError:
        raise SettingError("The port is not a number.", where, "Check the address.") from None
    if not host:
        raise SettingError("The address names no host.", where, "Write it as https://host/file.csv.")
    known = rules.addresses(host, port, where)
    if target.scheme == "https":
        return _SafeConnection(host, port, known)
    return _PlainConnection(host, port, known)


def connected(addresses: list[str], port: int) -> socket.socket:
    """A connection to the first of these addresses that answers: to no other one, whatever the name means by now."""
    last: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), SECONDS)
        except OSError as error:
            last = error
    raise last or OSError("no address")


class _PlainConnection(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, addresses: list[str]) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.addresses = addresses

    def connect(self) -> None:
        """Connect to one of the addresses that were looked at."""
        self.sock = connected(self.addresses, self.port)


class _SafeConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int, addresses: list[str]) -> None:
        self.context = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS, context=self.context)
        self.addresses = addresses

    def connect(self) -> None:
        """Connect to one of the addresses that were looked at; the certificate must be that of the name."""
        self.sock = self.context.wrap_socket(connected(self.addresses, self.port), server_hostname=self.host)


def _saved(
    answer: http.client.HTTPResponse, target: SplitResult, folder: Path, rules: Rules, progress: Progress, where: str
) -> Path:
    length = answer.getheader("Content-Length") or ""
    size = int(length) if length.isascii() and length.isdigit() else 0
    rules.check_size(size, where)
    name = file_name(unquote(target.path))
    if not Path(name).suffix:
        kind = re.split("[; ]", answer.getheader("Content-Type") or "", maxsplit=1)[0].lower()
        name += SUFFIXES.get(kind, "")
    out = folder / name
    written = copy_bounded(answer, out, size, rules, progress, where)
    if size and written != size:
        raise InputError(f"{written:,} of {size:,} bytes came.", where, "Try again.")
    return out
