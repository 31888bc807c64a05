"""The ways out of an alert: a line in a log file, a webhook, a mail. Where they lead stands in the environment, never
in the store; a host inside the own network has to be allowed (DATAOPS_HOSTS).

A receiver can tell an alert that comes again from a new one: its id is the Idempotency-Key of the webhook and the
Message-ID of the mail.
"""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from dataops_core.errors import DataOpsError, SettingError
from dataops_core.read.places.rules import Rules
from dataops_core.read.places.secrets import filled, shown
from dataops_core.read.places.web import PORTS, connected, connection_to

WEBHOOK, MAIL, SMTP, SENDER = "DATAOPS_ALERT_WEBHOOK", "DATAOPS_ALERT_MAIL", "DATAOPS_SMTP", "DATAOPS_ALERT_FROM"
SECONDS = 20
MAIL_PORTS = {"smtp": 25, "smtps": 465}
Send = Callable[[str, Mapping[str, Any]], None]  # of the alert's id and what it tells


class NotSentError(DataOpsError):
    """An alert could not be sent now; it is tried again."""


@dataclass(frozen=True)
class Channel:
    """A way out: its name, where it leads (fit to be shown), and what sends."""

    name: str
    leads_to: str
    send: Send


def channels(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, Channel]:
    """The ways out that the environment sets up: a log file in the home folder always, a webhook and a mail where they
    are set. Raises SettingError where a setting does not fit.
    """
    given = os.environ if environment is None else environment
    rules = Rules.of_environment(environment=given)
    found = {"log": Channel("log", "alerts.log", lambda key, told: _write_line(home / "alerts.log", key, told))}
    if address := given.get(WEBHOOK, "").strip():
        target = _target(address, PORTS, WEBHOOK)
        found["webhook"] = Channel("webhook", shown(address), lambda key, told: _post(target, rules, key, told))
    if recipients := [part.strip() for part in given.get(MAIL, "").split(",") if part.strip()]:
        server = _target(given.get(SMTP, "").strip() or "smtp://", MAIL_PORTS, SMTP)
        sender = given.get(SENDER, "").strip() or recipients[0]
        found["mail"] = Channel(
            "mail",
            ", ".join(recipients),
            lambda key, told: _mail(server, rules, message(key, told, sender, recipients)),
        )
    return found


def _target(address: str, schemes: Mapping[str, int], where: str) -> SplitResult:
    whole, _ = filled(address)
    target = urlsplit(whole)
    if target.scheme not in schemes or not target.hostname:
        example = "https://host/path" if where == WEBHOOK else "smtp://host:25"
        raise SettingError("The address of alerts does not fit.", where, f"Write it as {example}.")
    return target


def _write_line(path: Path, key: str, told: Mapping[str, Any]) -> None:
    line = json.dumps({"id": key, **told}, ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _post(target: SplitResult, rules: Rules, key: str, told: Mapping[str, Any]) -> None:
    where = shown(target.geturl())
    body = json.dumps({"id": key, **told}, ensure_ascii=False).encode()
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    connection = connection_to(target, rules, where)
    connection.timeout = SECONDS
    try:
        headers = {"Content-Type": "application/json", "User-Agent": "dataops", "Idempotency-Key": key}
        connection.request("POST", path, body=body, headers=headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotSentError(f"The receiver cannot be reached: {type(error).__name__}.", where, "") from None
    finally:
        connection.close()
    if not 200 <= status < 300:  # a redirect is not followed: it could lead anywhere
        raise NotSentError(f"The receiver answers {status}.", where, "")


def message(key: str, told: Mapping[str, Any], sender: str, recipients: list[str]) -> EmailMessage:
    """The mail of an alert."""
    made = EmailMessage()
    made["Subject"] = " ".join(str(told["says"]).split())[:200]
    made["From"], made["To"] = sender, ", ".join(recipients)
    made["Message-ID"] = f"<{key}@dataops>"
    lines = [str(told["says"]), "", *(f"- {each['verdict']}: {each['says']}" for each in told["checks"])]
    made.set_content("\n".join([*lines, "", f"File: {told['file']}. Compared with version {told['version']}."]))
    return made


def _mail(server: SplitResult, rules: Rules, made: EmailMessage) -> None:
    host, port = server.hostname or "", server.port or MAIL_PORTS[server.scheme]
    where = f"{server.scheme}://{host}:{port}"
    known = rules.addresses(host, port, where)
    try:
        with _Smtp(known, host, port, safe=server.scheme == "smtps") as smtp:
            smtp.ehlo()
            if server.scheme == "smtp" and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            elif server.scheme == "smtp" and server.password:
                raise NotSentError("The mail server offers no encryption, and a password would be sent.", where, "")
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            refused = smtp.send_message(made)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"The mail cannot be sent: {type(error).__name__}.", where, "") from None
    if refused:
        raise NotSentError(f"The mail server refuses {len(refused)} of the recipients.", where, "")


class _Smtp(smtplib.SMTP):
    """A connection to one of the addresses of the mail server that were looked at."""

    def __init__(self, addresses: list[str], host: str, port: int, *, safe: bool) -> None:
        self.addresses, self.safe = addresses, safe
        super().__init__(host, port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = connected(self.addresses, port)
        opened.settimeout(timeout)
        return ssl.create_default_context().wrap_socket(opened, server_hostname=host) if self.safe else opened
