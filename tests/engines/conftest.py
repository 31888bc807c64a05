"""A standalone Spark cluster on loopback, a master and two workers, for the whole test session.

DATAOPS_SPARK names a folder that holds pyspark and py4j (`pip install --target FOLDER -r requirements-spark.txt`); without
it, or without Java, the tests that need a cluster are skipped.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HOME = os.environ.get("DATAOPS_SPARK")
if HOME and HOME not in sys.path:
    sys.path.append(HOME)
WHY = (
    "DATAOPS_SPARK does not name a folder with pyspark and py4j"
    if not HOME
    else "Java is missing"
    if not shutil.which("java")
    else ""
)


@dataclass
class Cluster:
    """A master's address and the processes of master and workers."""

    folder: Path
    master: str
    processes: list[subprocess.Popen] = field(default_factory=list)

    def start(self, name: str, *arguments: str) -> subprocess.Popen:
        program = Path(HOME) / "pyspark" / "bin" / "spark-class"
        environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "512m"}
        command = ["bash", str(program), f"org.apache.spark.deploy.{name}", *arguments]
        with (self.folder / f"{name}{len(self.processes)}.log").open("wb") as log:
            started = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)
        self.processes.append(started)
        return started

    def start_worker(self) -> subprocess.Popen:
        options = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0")
        return self.start("worker.Worker", *options, "--work-dir", str(self.folder / "work"), self.master)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def wait_for(done, seconds: int = 60) -> None:
    for _ in range(10 * seconds):
        if done():
            return
        time.sleep(0.1)
    raise TimeoutError


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    if WHY:
        pytest.skip(WHY)
    port = free_port()
    made = Cluster(tmp_path_factory.mktemp("cluster"), f"spark://127.0.0.1:{port}")
    try:
        made.start("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port()))
        wait_for(lambda: answers(port))
        made.start_worker()
        made.start_worker()
        yield made
    finally:
        for process in reversed(made.processes):
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def spark(cluster, tmp_path_factory):
    from dataops_core.engines.spark import spark_session

    with spark_session(tmp_path_factory.mktemp("driver"), cluster.master) as session:
        yield session
