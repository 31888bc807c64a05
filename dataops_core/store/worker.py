"""The worker: runs one job in this process. `python -m dataops_core.store.worker JOB` with DATAOPS_HOME set."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataops_core.checks import Context
from dataops_core.errors import DataOpsError, FlawError
from dataops_core.export.verify import verify_bundle
from dataops_core.progress import Progress
from dataops_core.read import ReadOptions
from dataops_core.read.places import Rules, fetch
from dataops_core.recipe.recipe import from_json
from dataops_core.report import full_report, html_report
from dataops_core.store import (
    dataset_rules,
    datasets,
    jobs,
    models,
    overview,
    redaction,
    states,
    synthetic_tables,
    versions,
)
from dataops_core.store.clusters import cluster_runs
from dataops_core.store.monitoring import alerts, deliveries
from dataops_core.store.people import promotions, sign_off
from dataops_core.store.people.veil import veil
from dataops_core.store.publishing import publications
from dataops_core.store.purge import compact, compaction, leftovers
from dataops_core.store.results import analyses, difference_report, diffs, rebuild
from dataops_core.store.results.profile import compared, profile
from dataops_core.store.store import Store


@dataclass(frozen=True)
class Task:
    """What a job is asked to do: its arguments as the catalog keeps them, who asked, and who is told how far it is."""

    store: Store
    args: dict[str, Any]
    actor: str
    progress: Progress

    def why(self) -> dict[str, Any]:
        """The reasons that were given, where any are asked for."""
        return {name: self.args.get(name, "") for name in ("reason", "pii_reason")}


def _add(job: Task) -> Any:
    options = ReadOptions.from_json(job.args.get("options") or {})
    raw = job.store.objects.local(job.args["raw"]["md5"])
    return datasets.add(
        job.store, job.args["project"], raw, job.args["raw"]["name"], job.actor, options=options, progress=job.progress
    )


def _fetch(job: Task) -> Any:
    """Bring what an address names into the store; what it holds is read by another job."""
    rules = Rules.of_environment(own=job.args["own"])
    folder = Path(tempfile.mkdtemp(dir=job.store.scratch))
    try:
        path = fetch(job.args["address"], folder, rules, asked=job.args["query"], progress=job.progress)
        return datasets.store_raw(job.store, path, path.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _evaluate(job: Task) -> Any:
    states.evaluate(job.store, job.args["raw"], from_json(job.args["recipe"]), progress=job.progress)


def _preview(job: Task) -> Any:
    now, candidate = from_json(job.args["now"]), from_json(job.args["candidate"])
    diffs.preview(job.store, job.args["raw"], now, candidate, job.args["sensitive"], job.progress)


def _reread(job: Task) -> Any:
    _, source = states.read_raw(job.store, job.args["raw"], ReadOptions.from_json(job.args["options"]), job.progress)
    return source.options.to_json()


def _profile(job: Task) -> Any:
    profile(job.store, job.args["state"], Context.from_json(job.args["context"]), progress=job.progress)


def _compare_rows(job: Task) -> Any:
    compared(job.store, job.args["state"], Context.from_json(job.args["context"]), progress=job.progress)


def _score(job: Task) -> Any:
    """The profile of a dataset as it stands, which nobody may have opened."""
    here = datasets.get(job.store, job.args["dataset"])
    results = states.evaluate(job.store, here.raw, here.recipe, progress=job.progress)
    profile(job.store, states.head(here.raw, here.recipe, results), overview.context(here), progress=job.progress)


def _count(job: Task) -> Any:
    analyses.counted(job.store, job.args["what"], job.args["with"], progress=job.progress)


def _spread(job: Task) -> Any:
    diffs.spreads(job.store, job.args["before"], job.args["after"], job.args["old"], job.args["new"])


def _rebuild(job: Task) -> Any:
    states.table(job.store, job.args["state"])


def _leftovers(job: Task) -> Any:
    found = (
        leftovers.find(job.store)
        if job.args["dry_run"]
        else leftovers.remove(job.store, job.actor, progress=job.progress)
    )
    return found.to_json() | {"words": found.in_words()}


def _commit(job: Task) -> Any:
    given = (job.args["dataset"], job.args["message"])
    return versions.commit(job.store, *given, job.actor, **job.why(), progress=job.progress).number


def _run_on_cluster(job: Task) -> Any:
    given = (job.args["dataset"], job.args["cluster"], job.args["input"], job.args["message"])
    return cluster_runs.run(job.store, *given, job.actor, **job.why(), progress=job.progress).number


def _keep_synthetic(job: Task) -> Any:
    return synthetic_tables.keep(
        job.store,
        job.args["dataset"],
        job.args["job"],
        job.args["message"],
        job.args["purpose"],
        job.actor,
        reason=job.args.get("reason", ""),
        progress=job.progress,
    ).number


def _compare(job: Task) -> Any:
    versions.compare(job.store, job.args["dataset"], job.args["one"], job.args["other"])
    one, other = (versions.get(job.store, job.args["dataset"], job.args[key]) for key in ("one", "other"))
    versions.compare_groups(job.store, one, other, tuple(job.args["seen"]) if job.args.get("seen") else None)


def _difference_report(job: Task) -> Any:
    out, (one, other), seen = (
        job.store.scratch_file(".html"),
        (job.args["one"], job.args["other"]),
        tuple(job.args["seen"]),
    )
    hide = veil(job.store, job.args["dataset"])
    text = difference_report.html_report(job.store, job.args["dataset"], one, other, job.args["name"], hide, seen)
    out.write_text(text, encoding="utf-8")
    return job.store.objects.put(out).to_json() | {"file": f"{_stem(job.args['name'])}-v{one}-v{other}.html"}


def _export(job: Task) -> Any:
    out = job.store.scratch_file(".zip")
    versions.export(
        job.store,
        job.args["dataset"],
        job.args["number"],
        out,
        job.actor,
        name=job.args["name"],
        reason=job.args.get("reason", ""),
        progress=job.progress,
    )
    return job.store.objects.put(out).to_json()


def _publish(job: Task) -> Any:
    return publications.publish_version(
        job.store,
        job.args["dataset"],
        job.args["number"],
        job.args["place"],
        job.actor,
        given={name: tuple(columns) for name, columns in job.args["given"].items()},
        reason=job.args["reason"],
        own=job.args["own"],
        progress=job.progress,
    ).to_json()


def _verify(job: Task) -> Any:
    path = job.store.objects.local(job.args["md5"])
    return verify_bundle(path, key=job.args["key"] or None, progress=job.progress).to_json()


def _stem(name: str) -> str:
    """The name of a file to download, from a dataset's or a file's name."""
    return re.sub(r"[^\w.-]+", "-", Path(name).stem).strip("-.") or "table"


def _report(job: Task) -> Any:
    told = profile(job.store, job.args["state"], Context.from_json(job.args["context"]), progress=job.progress)
    table, out = states.table(job.store, job.args["state"]), job.store.scratch_file(".html")
    out.write_text(
        html_report(told or {}, title=job.args["name"], table=table, show_values=job.args["show_values"]),
        encoding="utf-8",
    )
    return job.store.objects.put(out).to_json() | {"file": f"{_stem(job.args['name'])}-report.html"}


def _full_report(job: Task) -> Any:
    out = job.store.scratch_file(".html")
    told = full_report(
        states.table(job.store, job.args["state"]),
        out,
        rows=job.args["rows"],
        title=job.args["name"],
        progress=job.progress,
    )
    return job.store.objects.put(out).to_json() | {
        "file": f"{_stem(job.args['name'])}-full-report.html",
        "report": told,
    }


def _watch(job: Task) -> Any:
    """Hold a file that came against a version, and send the alerts that this makes."""
    found = deliveries.watch(
        job.store,
        job.args["dataset"],
        job.args["raw"],
        job.actor,
        number=job.args["number"],
        options={"lenient": True} if job.args["lenient"] else None,
        progress=job.progress,
    )
    alerts.send_due(job.store, job.actor, patience=alerts.PATIENCE)
    return found.number


def _promote(job: Task) -> Any:
    given = (job.args["dataset"], job.args["number"], job.args["environment"], job.args["message"])
    return promotions.request(job.store, *given, job.actor, progress=job.progress).number


def _approve(job: Task) -> Any:
    return promotions.approve(
        job.store, job.args["dataset"], job.args["number"], job.actor, reason=job.args["reason"], progress=job.progress
    ).number


KINDS: dict[str, Callable[[Task], Any]] = {
    "add": _add,
    "fetch": _fetch,
    "reread": _reread,
    "evaluate": _evaluate,
    "preview": _preview,
    "profile": _profile,
    "compare rows": _compare_rows,
    "score": _score,
    "spread": _spread,
    "rebuild": _rebuild,
    rebuild.KIND: lambda job: rebuild.rebuild(
        job.store, job.args["dataset"], job.args["number"], job.progress
    ).to_json(),
    compaction.KIND: lambda job: compact(
        job.store, job.args["dataset"], job.actor, dry_run=job.args["dry_run"], progress=job.progress
    ).to_json(),
    leftovers.KIND: _leftovers,
    "redact": lambda job: redaction.redacted(
        job.store, job.args["state"], {name: {"personal": is_} for name, is_ in job.args["said"].items()}
    ),
    "commit": _commit,
    "count": _count,
    "compare": _compare,
    "difference report": _difference_report,
    "export": _export,
    "publish": _publish,
    "verify": _verify,
    "report": _report,
    "keep model": lambda job: models.learn(
        job.store, job.args["dataset"], job.args["state"], job.args["with"], job.actor, progress=job.progress
    ),
    cluster_runs.KIND: _run_on_cluster,
    "synthesize": lambda job: synthetic_tables.make(
        job.store, job.args["dataset"], job.args["state"], job.args["settings"], job.actor, progress=job.progress
    ),
    "keep synthetic data": _keep_synthetic,
    "full_report": _full_report,
    "failing rows": lambda job: dataset_rules.failing_file(job.store, job.args, job.progress),
    "rows set aside": lambda job: dataset_rules.set_aside_file(job.store, job.args),
    "watch": _watch,
    "checklist": lambda job: sign_off.checklist(
        job.store, job.args["dataset"], job.args["number"], progress=job.progress
    ).to_json(),
    "sign": lambda job: sign_off.sign(
        job.store, job.args["dataset"], job.args["number"], job.args["gate"], job.actor, progress=job.progress
    ).to_json(),
    "promote": _promote,
    "approve": _approve,
}


def reads_file(store: Store, kind: str, args: dict[str, Any]) -> bool:
    """Whether a job would read a file that somebody brought: a worker's business alone, for what is in it
    nobody knows.
    """
    if kind in (
        "add",
        "fetch",
        "reread",
        "score",
        "verify",
        rebuild.KIND,
        "watch",
        "promote",
        "approve",
        "checklist",
        "sign",
    ):
        return True
    recipe = args.get("recipe" if kind == "evaluate" else "now")
    if kind in ("evaluate", "preview"):
        root = states.root_id(args["raw"]["sha256"], (recipe or {}).get("read") or {})
        return not states.known(store, root)
    return False


def run(store: Store, kind: str, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    """Do the work of a job here and now; the same code whether in a worker or in a page, for small tables."""
    return KINDS[kind](Task(store, args, actor, progress))


def work(store: Store, job: str) -> None:
    """Wait for a turn, run the job in scratch space of its own, write how it ended. A request to stop is obeyed within
    half a second.
    """
    said: dict[str, Any] = {"share": 0.0, "note": "Starting"}
    while not jobs.claim(store, job):
        seen = jobs.get(store, job)
        if seen is None or seen.state != "queued":
            return
        if jobs.beat(store, job):
            jobs.finish(store, job, "cancelled")
            return
        time.sleep(0.3)

    def watch() -> None:
        while True:
            if jobs.beat(store, job, said["share"], said["note"]):
                jobs.finish(store, job, "cancelled")
                store.drop_scratch(job)
                end()
            time.sleep(0.3)

    store.use_scratch(job)
    threading.Thread(target=watch, daemon=True).start()

    def progress(share: float, note: str) -> None:
        said.update(share=min(max(share, 0.0), 1.0), note=note)

    carry_out(store, job, progress)


def carry_out(store: Store, job: str, progress: Progress) -> None:
    """Run a job that is this one's turn, and write how it ended."""
    seen = jobs.get(store, job)
    assert seen is not None
    store.person = seen.actor  # what the job does, it does in the name of whoever asked for it
    try:
        result = run(store, seen.kind, dict(seen.args), seen.actor, progress)
    except DataOpsError as error:
        jobs.finish(
            store,
            job,
            "failed",
            error={
                "what": error.what,
                "where": error.where,
                "fix": error.fix,
                "flaw": "yes" if isinstance(error, FlawError) else "",
            },
        )
    except Exception:
        traceback.print_exc()
        jobs.finish(
            store,
            job,
            "failed",
            error={
                "what": "Unexpected error.",
                "where": f"job {job}",
                "fix": "See worker.log in the home folder.",
            },
        )
        raise
    else:
        jobs.finish(store, job, "done", result=result)
    finally:
        store.drop_scratch(job)


def end() -> None:
    """End this process at once, with all that it has started; files appear whole or not at all."""
    if os.getpgid(0) == os.getpid():  # it leads a group of its own, as jobs do
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    work(Store(Path(os.environ["DATAOPS_HOME"])), sys.argv[1])
