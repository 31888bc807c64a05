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


def _add(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    options = ReadOptions.from_json(args.get("options") or {})
    raw = store.objects.local(args["raw"]["md5"])
    return datasets.add(store, args["project"], raw, args["raw"]["name"], actor, options=options, progress=progress)


def _fetch(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    """Bring what an address names into the store; what it holds is read by another job."""
    rules = Rules.of_environment(own=args["own"])
    folder = Path(tempfile.mkdtemp(dir=store.scratch))
    try:
        path = fetch(args["address"], folder, rules, asked=args["query"], progress=progress)
        return datasets.store_raw(store, path, path.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _evaluate(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    states.evaluate(store, args["raw"], from_json(args["recipe"]), progress=progress)


def _preview(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    now, candidate = from_json(args["now"]), from_json(args["candidate"])
    diffs.preview(store, args["raw"], now, candidate, args["sensitive"], progress)


def _reread(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    _, source = states.read_raw(store, args["raw"], ReadOptions.from_json(args["options"]), progress)
    return source.options.to_json()


def _profile(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    profile(store, args["state"], Context.from_json(args["context"]), progress=progress)


def _compare_rows(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    compared(store, args["state"], Context.from_json(args["context"]), progress=progress)


def _score(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    """The profile of a dataset as it stands, which nobody may have opened."""
    here = datasets.get(store, args["dataset"])
    results = states.evaluate(store, here.raw, here.recipe, progress=progress)
    profile(store, states.head(here.raw, here.recipe, results), overview.context(here), progress=progress)


def _count(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    analyses.counted(store, args["what"], args["with"], progress=progress)


def _spread(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    diffs.spreads(store, args["before"], args["after"], args["old"], args["new"])


def _rebuild(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    states.table(store, args["state"])


def _rebuild_version(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return rebuild.rebuild(store, args["dataset"], args["number"], progress).to_json()


def _compact(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return compact(store, args["dataset"], actor, dry_run=args["dry_run"], progress=progress).to_json()


def _leftovers(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    found = leftovers.find(store) if args["dry_run"] else leftovers.remove(store, actor, progress=progress)
    return found.to_json() | {"words": found.in_words()}


def _redact(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return redaction.redacted(store, args["state"], {name: {"personal": is_} for name, is_ in args["said"].items()})


def _commit(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    why = {name: args.get(name, "") for name in ("reason", "pii_reason")}
    return versions.commit(store, args["dataset"], args["message"], actor, **why, progress=progress).number


def _keep_model(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return models.learn(store, args["dataset"], args["state"], args["with"], actor, progress=progress)


def _run_on_cluster(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    given = (args["dataset"], args["cluster"], args["input"], args["message"])
    why = {name: args.get(name, "") for name in ("reason", "pii_reason")}
    return cluster_runs.run(store, *given, actor, **why, progress=progress).number


def _synthesize(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return synthetic_tables.make(store, args["dataset"], args["state"], args["settings"], actor, progress=progress)


def _keep_synthetic(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return synthetic_tables.keep(
        store,
        args["dataset"],
        args["job"],
        args["message"],
        args["purpose"],
        actor,
        reason=args.get("reason", ""),
        progress=progress,
    ).number


def _compare(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    versions.compare(store, args["dataset"], args["one"], args["other"])
    one, other = (versions.get(store, args["dataset"], args[key]) for key in ("one", "other"))
    versions.compare_groups(store, one, other, tuple(args["seen"]) if args.get("seen") else None)


def _difference_report(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    out, (one, other), seen = store.scratch_file(".html"), (args["one"], args["other"]), tuple(args["seen"])
    hide = veil(store, args["dataset"])
    text = difference_report.html_report(store, args["dataset"], one, other, args["name"], hide, seen)
    out.write_text(text, encoding="utf-8")
    return store.objects.put(out).to_json() | {"file": f"{_stem(args['name'])}-v{one}-v{other}.html"}


def _export(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    out = store.scratch_file(".zip")
    versions.export(
        store,
        args["dataset"],
        args["number"],
        out,
        actor,
        name=args["name"],
        reason=args.get("reason", ""),
        progress=progress,
    )
    return store.objects.put(out).to_json()


def _publish(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return publications.publish_version(
        store,
        args["dataset"],
        args["number"],
        args["place"],
        actor,
        given={name: tuple(columns) for name, columns in args["given"].items()},
        reason=args["reason"],
        own=args["own"],
        progress=progress,
    ).to_json()


def _verify(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    path = store.objects.local(args["md5"])
    return verify_bundle(path, key=args["key"] or None, progress=progress).to_json()


def _stem(name: str) -> str:
    """The name of a file to download, from a dataset's or a file's name."""
    return re.sub(r"[^\w.-]+", "-", Path(name).stem).strip("-.") or "table"


def _report(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    told = profile(store, args["state"], Context.from_json(args["context"]), progress=progress)
    table = states.table(store, args["state"])
    out = store.scratch_file(".html")
    out.write_text(
        html_report(told or {}, title=args["name"], table=table, show_values=args["show_values"]), encoding="utf-8"
    )
    return store.objects.put(out).to_json() | {"file": f"{_stem(args['name'])}-report.html"}


def _full_report(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    out = store.scratch_file(".html")
    told = full_report(
        states.table(store, args["state"]), out, rows=args["rows"], title=args["name"], progress=progress
    )
    return store.objects.put(out).to_json() | {"file": f"{_stem(args['name'])}-full-report.html", "report": told}


def _failing_rows(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return dataset_rules.failing_file(store, args, progress)


def _set_aside(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return dataset_rules.set_aside_file(store, args)


def _watch(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    """Hold a file that came against a version, and send the alerts that this makes."""
    found = deliveries.watch(
        store,
        args["dataset"],
        args["raw"],
        actor,
        number=args["number"],
        options={"lenient": True} if args["lenient"] else None,
        progress=progress,
    )
    alerts.send_due(store, actor, patience=alerts.PATIENCE)
    return found.number


def _promote(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    given = (args["dataset"], args["number"], args["environment"], args["message"])
    return promotions.request(store, *given, actor, progress=progress).number


def _approve(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return promotions.approve(
        store, args["dataset"], args["number"], actor, reason=args["reason"], progress=progress
    ).number


def _checklist(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return sign_off.checklist(store, args["dataset"], args["number"], progress=progress).to_json()


def _sign(store: Store, args: dict[str, Any], actor: str, progress: Progress) -> Any:
    return sign_off.sign(store, args["dataset"], args["number"], args["gate"], actor, progress=progress).to_json()


KINDS: dict[str, Callable[[Store, dict[str, Any], str, Progress], Any]] = {
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
    rebuild.KIND: _rebuild_version,
    compaction.KIND: _compact,
    leftovers.KIND: _leftovers,
    "redact": _redact,
    "commit": _commit,
    "count": _count,
    "compare": _compare,
    "difference report": _difference_report,
    "export": _export,
    "publish": _publish,
    "verify": _verify,
    "report": _report,
    "keep model": _keep_model,
    cluster_runs.KIND: _run_on_cluster,
    "synthesize": _synthesize,
    "keep synthetic data": _keep_synthetic,
    "full_report": _full_report,
    "failing rows": _failing_rows,
    "rows set aside": _set_aside,
    "watch": _watch,
    "checklist": _checklist,
    "sign": _sign,
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
    return KINDS[kind](store, args, actor, progress)


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
