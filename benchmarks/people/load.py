"""Many people at once on one server: `make bench-people`.

25 people, each signed in and with a dataset of their own, work for five minutes on one server on this machine: they
come within half a minute, open pages, filter and sort, preview, apply, take back, and save versions, with pauses of
three to nine seconds. Printed are failures, whether anybody was sent a word of another one's data, how long the answers
took, the server's memory and processor time, and how busy the machine was with other work.

Each dataset has a marker in its name, its columns and its cells, and so has its project: of all bytes that a person is
sent, none may be another one's marker, and their own must be there.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.people.visitor import Visitor, signed_cookie
from dataops_core import steps
from dataops_core.store import datasets
from dataops_core.store.store import Store

ROOT = Path(__file__).parents[2]
PEOPLE, MINUTES = 25, 5.0
PAUSE = (3.0, 9.0)  # seconds between two interactions of a person
COMING = 30.0  # seconds within which all have come
SOON, MOST = 1.0, 0.95  # this share of the answers should take less than a second
START = 120.0  # seconds in which the server has to be there
STEP = steps.get("drop_duplicate_rows")
MARKER = re.compile(rb"marker[0-9]{2}x[0-9a-f]{8}")
SECRETS = """[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "{secret}"
client_id = "workbench"
client_secret = "no provider is asked"
server_metadata_url = "{url}/nowhere"
"""


@dataclass
class Server:
    """A server on which people sign in."""

    url: str
    secret: str
    home: Path
    log: Path
    pid: int

    def memory(self) -> float:
        """Its resident memory in MB; nan where the system does not say."""
        try:
            told = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        except OSError:
            return float("nan")
        return int(re.search(r"VmRSS:\s+(\d+)", told)[1]) / 1024  # type: ignore[index]

    def busy(self) -> float:
        """Seconds of processor time that it has used; nan where the system does not say."""
        try:
            told = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def visitor(self, person: str, **claims: object) -> Visitor:
        """A tab of somebody who has signed in."""
        return Visitor(self.url, signed_cookie(self.secret, self.url, person, **claims))


@contextmanager
def served(folder: Path, **given: str) -> Iterator[Server]:
    """The app on a free port of this machine, with a sign-in whose cookies we can write; `given` are settings of its
    environment.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    secret, home, user = secrets.token_hex(24), folder / "home", folder / "user"
    (user / ".streamlit").mkdir(parents=True)
    (user / ".streamlit" / "secrets.toml").write_text(SECRETS.format(url=url, secret=secret), encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", "pages/_ui/serve.py", "--server.port", url.rpartition(":")[2]]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    around = os.environ | {"DATAOPS_HOME": str(home), "HOME": str(user), "DATAOPS_ADMINS": "root@example.com"} | given
    log = folder / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=around, stdout=out, stderr=out)
    try:
        _await(url, process, log)
        yield Server(url, secret, home, log, process.pid)
    finally:
        process.kill()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"The server does not start: {log.read_text(encoding='utf-8')}")


@dataclass
class Person:
    """Somebody with a dataset, and what came of their visit."""

    name: str
    marker: str
    project: str
    dataset: str
    times: list[tuple[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    others: set[str] = field(default_factory=set)  # markers of others that they were sent
    own: int = 0  # how often they were sent their own


def settle_in(home: Path, folder: Path, number: int) -> Person:
    """A person with a project and a dataset that bears their marker."""
    name, marker = f"person{number:02d}@example.com", f"marker{number:02d}x{secrets.token_hex(4)}"
    store = Store(home).of(name)
    project = datasets.make_project(store, f"Work {marker}", name)
    draw = random.Random(number)
    rows = [
        f"{n},{marker} {draw.choice(['red', 'blue', 'green'])},{draw.gauss(100, 15):.1f},{draw.randrange(9)},"
        f"2024-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
        for n in range(400)
    ]
    file = folder / f"{marker}.csv"
    file.write_text("\n".join([f"id,{marker} color,amount,count,day", *rows, *rows[:5]]), encoding="utf-8")
    made = datasets.add(store, project, file, file.name, name)
    store.close()
    return Person(name, marker, project, made)


def strangers(content: bytes, own: str) -> tuple[set[str], int]:
    """The markers of others in what somebody was sent, and how often their own is in it."""
    found = [each.decode() for each in MARKER.findall(content)]
    return set(found) - {own}, found.count(own)


def round_of(person: Person, visitor: Visitor, draw: random.Random) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a person does, one interaction after the other; each is done before the next is asked for."""

    def opened(page: str) -> tuple[str, Callable[[], object]]:
        return f"open {page.capitalize()}", lambda: visitor.open(page)

    yield opened("data")
    yield "filter rows", lambda: visitor.choose("data.words", draw.choice(["red", "blue", "green", "3"]))
    yield "sort rows", lambda: visitor.choose("data.sort", draw.choice(["amount", "count", "day"]))
    yield opened("profile")
    yield opened(draw.choice(["overview", "explore", "bias", "impute", "privacy", "compare"]))
    yield opened("clean")
    yield (
        "choose a step",
        lambda: visitor.choose("clean.op.None.None", visitor.option("clean.op.None.None", STEP.title)),
    )
    yield "preview", lambda: visitor.click(f"clean.{STEP.name}.None.{person.dataset}.go")
    yield "apply", lambda: visitor.click("clean.apply")
    yield opened("rules")
    yield opened("versions")
    if visitor.has("versions.message"):
        yield "name a version", lambda: visitor.choose("versions.message", f"as of {draw.randrange(10**6)}")
        yield "save a version", lambda: visitor.click("versions.save")
    yield opened("clean")
    yield "undo", lambda: visitor.click("recipe.undo")
    yield opened("guide")


def warm(server: Server, folder: Path) -> None:
    """Somebody who opens every page before the others come, so that the server has loaded what pages need."""
    first = settle_in(server.home, folder, 99)
    visitor = server.visitor(first.name)
    visitor.open("data", {"p": first.project, "d": first.dataset})
    for page in [*visitor.pages][1:]:
        visitor.open(page)
    visitor.close()


def visit(server: Server, person: Person, until: float, pause: tuple[float, float], rounds: int | None) -> None:
    """Work until the time is over, or for so many rounds; whatever goes wrong is noted."""
    draw = random.Random(person.name)
    try:
        visitor = server.visitor(person.name)
        time.sleep(draw.uniform(0, COMING if pause[1] else 0))
        acts: Iterator[tuple[str, Callable[[], object]]] = iter(
            [("arrive", lambda: visitor.open("data", {"p": person.project, "d": person.dataset}))]
        )
        while time.monotonic() < until:
            for what, act in acts:
                act()
                person.times.append((what, visitor.last.seconds))
                person.failures += [f"{what}: {each}" for each in visitor.last.failures]
                others, own = strangers(visitor.last.content, person.marker)
                person.others |= others
                person.own += own
                if time.monotonic() >= until:
                    break
                time.sleep(draw.uniform(*pause))
            if rounds == 0:
                break
            rounds = rounds - 1 if rounds is not None else None
            acts = round_of(person, visitor, draw)
        visitor.close()
    except Exception as error:  # noqa: BLE001 - a connection that breaks is a failure of the visit, and told at its end
        person.failures.append(f"{type(error).__name__}: {error}")


def work(
    server: Server, people: list[Person], seconds: float, pause: tuple[float, float], rounds: int | None = None
) -> list[float]:
    """Everybody works at once. Returns the server's memory in MB as it was through the time."""
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=visit, args=(server, each, until, pause, rounds)) for each in people]
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        memory.append(server.memory())
        threads[0].join(min(10.0, seconds / 10))
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    return memory


def machine() -> tuple[float, float]:
    """Seconds of processor time of the whole machine so far: used, and all; nan where the system does not say."""
    try:
        told = Path("/proc/stat").read_text(encoding="utf-8").partition("\n")[0].split()[1:9]
    except OSError:
        return float("nan"), float("nan")
    ticks = [int(each) / os.sysconf("SC_CLK_TCK") for each in told]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # all but idle and waiting for disks


def told(people: list[Person], memory: list[float], log: str) -> bool:
    """Print the figures; returns whether all is as it should be."""
    times = sorted(seconds for each in people for _, seconds in each.times)
    soon = sum(seconds < SOON for seconds in times) / len(times)
    kinds: dict[str, list[float]] = {}
    for each in people:
        for what, seconds in each.times:
            kinds.setdefault(what, []).append(seconds)
    for what, took in sorted(kinds.items()):
        took.sort()
        print(f"{what:<18} {len(took):5}   median {took[len(took) // 2] * 1000:6.0f} ms   longest {took[-1]:6.2f} s")
    failures = [f"{each.name}: {failure}" for each in people for failure in each.failures]
    mixed = {each.name: each.others for each in people if each.others}
    print(f"{len(people)} people, {len(times):,} interactions")
    print(f"under {SOON:g} s: {soon:.1%}; median {times[len(times) // 2] * 1000:.0f} ms, 95th percentile", end=" ")
    print(f"{times[int(len(times) * 0.95)] * 1000:.0f} ms, longest {times[-1]:.1f} s")
    print(f"failures: {len(failures)}; tracebacks in the server's log: {log.count('Traceback')}")
    print("".join(f"  {line}\n" for line in failures[:20]), end="")
    print(f"people who were sent another one's data: {len(mixed)} {mixed or ''}")
    print(f"people who were never sent their own: {sum(not each.own for each in people)}")
    after = memory[len(memory) // 5 :]  # everybody has come by then, and seen the pages
    print(f"memory of the server: {memory[0]:.0f} MB before, {after[0]:.0f} MB once all are there,", end=" ")
    print(f"{after[len(after) // 2]:.0f} MB at half time, {after[-1]:.0f} MB at the end")
    return not failures and not mixed and "Traceback" not in log and soon >= MOST


def main() -> int:
    """Let people work, and print what came of it; exit code 1 where something failed, was mixed, or took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dataops-bench-") as place:
        folder = Path(place)
        people = [settle_in(folder / "home", folder, number) for number in range(args.people)]
        with served(folder) as server:
            warm(server, folder)
            mine, (used, there) = server.busy() + time.process_time(), machine()
            begun = server.busy()
            memory = work(server, people, args.minutes * 60, PAUSE)
            took, all_used, all_there = server.busy() - begun, machine()[0] - used, machine()[1] - there
            others = all_used - (server.busy() + time.process_time() - mine)
            fine = told(people, memory, server.log.read_text(encoding="utf-8"))
            done = sum(len(each.times) for each in people)
            print(
                f"processor: {took / done * 1000:.0f} ms of the server for an interaction, {os.cpu_count()} cores,",
                end=" ",
            )
            print(f"{all_used / all_there:.0%} of them busy, {others / all_there:.0%} with other work")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
