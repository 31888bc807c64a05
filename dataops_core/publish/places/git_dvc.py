"""A Git repository in which each version is a commit and a tag, and a DVC remote beside it with the tables.

What is committed is put together beside the working tree: branch and tag move together, at the end, or not at all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from dataops_core.errors import ConflictError, InputError, SettingError
from dataops_core.export import dvc
from dataops_core.export.bundle import raw_left_out, raw_name
from dataops_core.progress import Progress
from dataops_core.publish.publisher import Given, Outgoing, Published, Publisher, foreign, register
from dataops_core.publish.sums import manifest_id
from dataops_core.scratch import replaced

REMOTE = ".dvc-remote"  # what the remote is called beside the repository: NAME.dvc-remote
_LARGE = (".csv", ".parquet")
_MAIL = "published@dataops.invalid"


def publish_git(version: Outgoing, address: str, _given: Given, progress: Progress) -> Published:
    """Commit a version to the repository, under NAME/, and put its tables into the remote."""
    repository = Path(address).expanduser().absolute()
    _check(repository)
    remote = repository.with_name(f"{repository.name.removesuffix('.git')}{REMOTE}")
    made = not repository.exists() or not any(repository.iterdir())
    git = _Git(repository, version.folder)
    if made:
        _begin(git, version)
    branch, tag = git.run("symbolic-ref", "HEAD"), f"refs/tags/{version.name}-v{version.number}"
    known = git.find(tag)
    if known:
        if manifest_id(git.read(f"{known}:{version.name}/manifest.json")) != version.version_id:
            raise foreign(version, f"{repository} {tag}", "The tag stands for another version.")
        _catch_up(git, known)
    else:
        files = version.files()
        progress(0.7, "Copying tables into the remote")
        texts = _texts(version, files, os.path.relpath(remote, repository / dvc.FOLDER))
        for path in sorted(path for path in files.rglob("*") if path.is_file() and _is_large(path, files)):
            _put(path, remote)
        progress(0.9, "Committing")
        known = _commit(git, version, branch, tag, texts)
    return Published.of(
        "git",
        str(repository),
        version,
        already=known is not None and not git.wrote,
        use=f"git clone {repository} && git checkout {tag.removeprefix('refs/tags/')} && dvc pull",
        commit=known[:12],
        tag=tag.removeprefix("refs/tags/"),
        remote=str(remote),
    )


class _Git:
    """Git in a repository, with an index of our own, without hooks and without the settings of whoever runs this."""

    def __init__(self, repository: Path, scratch: Path) -> None:
        self.repository, self.wrote = repository, False
        self._index = scratch / "index"

    def run(
        self, *words: str, own: bool = True, data: bytes | None = None, who: Mapping[str, str] | None = None
    ) -> str:
        """What Git answers; raises InputError where it refuses. `own`: with an index that is not the repository's."""
        return self._run(*words, own=own, data=data, who=who).decode("utf-8", "replace").strip()

    def read(self, name: str) -> bytes:
        """The bytes of an object; empty where there is none."""
        try:
            return self._run("cat-file", "blob", name)
        except InputError:
            return b""

    def find(self, name: str) -> str:
        """The commit that a name stands for; empty where there is none."""
        try:
            return self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except InputError:
            return ""

    def _run(
        self, *words: str, own: bool = True, data: bytes | None = None, who: Mapping[str, str] | None = None
    ) -> bytes:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        index = {"GIT_INDEX_FILE": str(self._index)} if own else {}
        fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        calm = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.autocrlf=false")
        safe = ("-c", f"safe.directory={self.repository}")
        done = subprocess.run(  # noqa: S603 - the program git, with words of our own
            ["git", *calm, *safe, *words],  # noqa: S607
            cwd=self.repository,
            input=data,
            capture_output=True,
            env={**kept, **fixed, **index, **(who or {})},
            check=False,
        )
        if done.returncode:
            said = " ".join(done.stderr.decode("utf-8", "replace").split())
            raise InputError(
                f"Git says: {said[:300].rstrip('.') or f'exit code {done.returncode}'}.",
                str(self.repository),
                "Mend it there, and publish again.",
            )
        return done.stdout


def _check(repository: Path) -> None:
    """Raises SettingError where something else than a repository lies in the place."""
    if repository.is_file():
        raise SettingError("This is a file, and a folder is needed.", str(repository), "Choose another place.")
    if repository.is_dir() and any(repository.iterdir()) and not _is_repository(repository):
        raise SettingError(
            "The folder is not empty, and no Git repository.", str(repository), "Name a repository, or a new folder."
        )


def _is_repository(folder: Path) -> bool:
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


def _begin(git: _Git, version: Outgoing) -> None:
    """Make an empty repository; it appears whole, for it is made elsewhere and moved."""
    started = version.folder / "repository"
    started.mkdir()
    _Git(started, version.folder).run("init", "--quiet", "--initial-branch=main", "--template=", ".")
    git.repository.parent.mkdir(parents=True, exist_ok=True)
    if git.repository.exists():
        (started / ".git").rename(git.repository / ".git")
    else:
        shutil.move(started, git.repository)


def _is_large(path: Path, files: Path) -> bool:
    """Whether a file of an export goes to the remote, and not into Git."""
    inside = path.relative_to(files).parts
    return path.suffix in _LARGE or inside[0] in ("raw", "tables", "models")


def _texts(version: Outgoing, files: Path, remote: str) -> dict[str, bytes]:
    """What is committed, by its name in the repository."""
    made, ignored = {}, []
    staged = not raw_left_out(version.manifest)
    for path in sorted(path for path in files.rglob("*") if path.is_file()):
        name = path.relative_to(files).as_posix()
        if not _is_large(path, files):
            made[name] = path.read_bytes()
            continue
        ignored.append(name)
        if not (staged and name == dvc.MADE):  # that one is known by dvc.lock
            made[f"{name}.dvc"] = dvc.pointer(path).encode()
    if staged:
        assert raw_name(version.manifest) in ignored
        made |= {name: text.encode() for name, text in dvc.pipeline(files, version.manifest, cached=True).items()}
    made[".gitignore"] = "".join(f"/{name}\n" for name in ignored).encode()
    made[".gitattributes"] = b"* -text\n"  # bytes stay as they are: SHA256SUMS holds everywhere
    inside = {f"{version.name}/{name}": text for name, text in made.items()}
    return inside | {name: text.encode() for name, text in dvc.config(remote).items()}


def _put(path: Path, remote: Path) -> None:
    """Copy a file into the remote, as DVC lays it there; one that is there already stays."""
    md5 = dvc.md5(path)
    target = remote / "files" / "md5" / md5[:2] / md5[2:]
    if target.exists() and dvc.md5(target) == md5:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced(target) as part:
        shutil.copyfile(path, part)
        part.chmod(0o444)


def _commit(git: _Git, version: Outgoing, branch: str, tag: str, texts: Mapping[str, bytes]) -> str:
    """Commit the files; the branch goes on where no later version stands in it, and the tag is set."""
    head = git.find(branch)
    numbers = _numbers(git, version.name)
    later = bool(numbers) and max(numbers) > version.number
    below = [number for number in numbers if number < version.number]
    parent = (git.find(f"refs/tags/{version.name}-v{max(below)}") if below else "") if later else head
    bare = git.run("rev-parse", "--is-bare-repository") == "true"
    if not bare and not later and head and git.run("status", "--porcelain", "--untracked-files=no", own=False):
        raise ConflictError(
            "Somebody works in the repository: it has changes that are not committed.",
            str(git.repository),
            "Commit them or take them back; then publish again.",
        )
    git.run("read-tree", parent) if parent else git.run("read-tree", "--empty")
    if parent and git.read(f"{parent}:{dvc.FOLDER}/config"):
        texts = {name: text for name, text in texts.items() if not name.startswith(f"{dvc.FOLDER}/")}  # theirs by now
    none = "0" * (len(head) or 40)
    old = git.run("ls-files", "-z", "--", f"{version.name}/").split("\0")
    lines = [f"0 {none}\t{name}\0" for name in old if name and name not in texts]
    for name, text in sorted(texts.items()):
        blob = git.run("hash-object", "-w", "--no-filters", "--stdin", data=text)
        lines.append(f"100644 {blob}\t{name}\0")
    git.run("update-index", "-z", "--add", "--index-info", data="".join(lines).encode())
    who = {
        "GIT_AUTHOR_NAME": version.manifest["actor"] or "unknown",
        "GIT_AUTHOR_EMAIL": _MAIL,
        "GIT_AUTHOR_DATE": version.manifest["created"],
        "GIT_COMMITTER_NAME": "Data quality workbench",
        "GIT_COMMITTER_EMAIL": _MAIL,
        "GIT_COMMITTER_DATE": version.manifest["created"],
    }
    told = "\n".join(f"{key.replace('_', '-').capitalize()}: {value}" for key, value in version.about.items())
    message = f"{version.dataset}, version {version.number}: {version.manifest['message']}\n\n{told}\n"
    above = ("-p", parent) if parent else ()
    made = git.run("commit-tree", git.run("write-tree"), *above, "-F", "-", data=message.encode(), who=who)
    moves = "" if later else f"update {branch} {made} {head or none}\n"
    git.run("update-ref", "--stdin", data=f"start\n{moves}create {tag} {made}\nprepare\ncommit\n".encode(), who=who)
    git.wrote = True
    _catch_up(git, made)
    return made


def _numbers(git: _Git, name: str) -> list[int]:
    """The versions of a dataset that have a tag already."""
    tags = git.run("for-each-ref", "--format=%(refname:short)", f"refs/tags/{name}-v*").split()
    ends = (tag.removeprefix(f"{name}-v") for tag in tags)
    return [int(end) for end in ends if end.isdigit()]


def _catch_up(git: _Git, made: str) -> None:
    """Let the working tree follow a commit that the branch has gone on to, where nobody changed it since."""
    if git.run("rev-parse", "--is-bare-repository") == "true" or git.find("HEAD") != made:
        return
    before = git.find(f"{made}^")
    tree = git.run("rev-parse", f"{before}^{{tree}}") if before else git.run("hash-object", "-t", "tree", os.devnull)
    if git.run("write-tree", own=False) == tree:
        git.run("read-tree", "-m", "-u", *([before, made] if before else [made]), own=False)


register(
    Publisher(
        "git",
        "A Git repository with DVC",
        "Each version as a commit and a tag; the tables in a DVC remote beside the repository",
        "git:/srv/repository",
        ("git:",),
        publish_git,
        programs=("git",),
        install="Install Git.",
        order=20,
    )
)
