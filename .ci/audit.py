"""Known vulnerabilities of all that is installed in .venv, by pip-audit: `make audit`.

Exit code 1 where one is known. Where pip-audit or its service cannot be reached, nothing was audited: one line says
so, and the build goes on, for it is no fault of what is built. Versions and licences are held by
tests/test_requirements.py.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOOL = ROOT / "build" / "audit"  # an environment of its own: nothing that audits is audited, or changes a version


def main(command: list[str] | None = None) -> int:
    """Audit, and say what came of it."""
    if command is None:
        command = installed()
    if not command:
        print("Dependency audit: skipped, pip-audit cannot be installed here (no package index?).")
        return 0
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"Dependency audit: skipped, the vulnerability service cannot be reached ({last[:120]}).")
        return 0
    known = [(each["name"], each["version"], bad) for each in told for bad in each.get("vulns", ())]
    for name, version, bad in known:
        mended = ", ".join(bad.get("fix_versions") or ()) or "no version yet"
        print(f"{name} {version}: {bad['id']}; mended in {mended}")
    asked = sum("skip_reason" not in each for each in told)
    if not asked:
        print(f"Dependency audit: skipped, the vulnerability service knows none of {len(told)} packages (no network?).")
        return 0
    left = f"; {len(told) - asked} packages are unknown there" if asked < len(told) else ""
    print(f"Dependency audit: {asked} packages, {len(known)} known vulnerabilities{left}.")
    return int(bool(known))


def installed() -> list[str]:
    """The command of pip-audit in an environment of its own; empty where it cannot be made."""
    python = TOOL / "bin" / "python"
    quiet = ["--quiet", "--disable-pip-version-check", "-r", str(ROOT / "requirements-audit.txt")]
    made = subprocess.run([sys.executable, "-m", "venv", str(TOOL)], capture_output=True, check=False)
    got = (
        made.returncode
        or subprocess.run([str(python), "-m", "pip", "install", *quiet], capture_output=True, check=False).returncode
    )
    packages = [str(path) for path in (ROOT / ".venv" / "lib").glob("python*/site-packages")]
    if got or not packages:
        return []
    return [str(python), "-m", "pip_audit", "-f", "json", "--progress-spinner", "off", "--path", packages[0]]


if __name__ == "__main__":
    sys.exit(main())
