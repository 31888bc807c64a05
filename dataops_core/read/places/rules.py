"""What may be fetched from where, as the configuration of this machine says."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dataops_core.errors import SettingError
from dataops_core.read.bounds import spelled_bytes

HOSTS, FOLDERS, BUCKETS, LARGEST = "DATAOPS_HOSTS", "DATAOPS_FOLDERS", "DATAOPS_BUCKETS", "DATAOPS_LARGEST_FETCH"
GIB = 1 << 30

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Rules:
    """Hosts inside the own network that may be asked, folders and buckets that may be read, and the most bytes.

    `own`: somebody at the command line, who may open every file, bucket and database that this machine may.
    """

    hosts: frozenset[str] = frozenset()
    folders: tuple[Path, ...] = ()
    buckets: tuple[str, ...] = ()
    largest: int = 4 * GIB
    own: bool = False

    @classmethod
    def of_environment(cls, *, own: bool = False, environment: Mapping[str, str] | None = None) -> Rules:
        """The rules that the environment sets."""
        given = os.environ if environment is None else environment
        folders = [Path(part).expanduser() for part in given.get(FOLDERS, "").split(os.pathsep) if part.strip()]
        size = given.get(LARGEST, "").strip() or "4"
        try:
            largest = int(float(size) * GIB)
        except ValueError:
            raise SettingError(f'"{size}" is not a size.', LARGEST, "Give GiB as a number, such as 4.") from None
        return cls(
            frozenset(_listed(given.get(HOSTS, "").lower())),
            tuple(folders),
            tuple(_listed(given.get(BUCKETS, ""))),
            largest,
            own,
        )

    def addresses(self, host: str, port: int, where: str) -> list[str]:
        """The network addresses of a host, each of which may be asked; raises SettingError where one may not.

        A name can point into the own network, and to another place a moment later: so all its addresses are looked at,
        and the connection goes to one of those that were.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise SettingError("There is no such host.", where, "Check the address and the network.") from None
        known = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if host.lower().rstrip(".") not in self.hosts and not all(is_public(address) for address in known):
            raise SettingError(
                "This address lies inside the own network.",
                where,
                f"Whoever runs the workbench can allow the host: {HOSTS}=name[,name].",
            )
        return known

    def check_size(self, size: int, where: str) -> None:
        """Raises SettingError where so many bytes are too many."""
        if size > self.largest:
            raise SettingError(
                f"There are more than {spelled_bytes(self.largest)}.",
                where,
                f"Fetch a part of it, or allow more: {LARGEST} (in GiB).",
            )


def is_public(text: str) -> bool:
    """Whether a network address is one of the public internet, and hides no other one in it.

    >>> [is_public(text) for text in ("93.184.216.34", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False, False]
    """
    address: Address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inside is None and address in ipaddress.ip_network("64:ff9b::/96"):
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None and not is_public(str(inside)):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
