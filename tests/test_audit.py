"""The dependency audit: fails for what is known, and for nothing else."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BAD = {"id": "PYSEC-2099-1", "fix_versions": ["2.0"], "aliases": [], "description": "bad"}


@pytest.fixture(scope="module")
def audit():
    made = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


def tool(out, err="", code=0):
    """A program in the place of pip-audit."""
    text = f"import sys; sys.stdout.write({out!r}); sys.stderr.write({err!r}); sys.exit({code})"
    return [sys.executable, "-c", text]


def found(*vulns):
    return json.dumps(
        {
            "dependencies": [
                {"name": "left", "version": "1.0", "vulns": list(vulns)},
                {"name": "right", "version": "3.1", "vulns": []},
                {"name": "dataops", "skip_reason": "Dependency not found on PyPI"},
            ],
            "fixes": [],
        }
    )


def test_what_is_known_fails_and_is_named(audit, capsys):
    assert audit.main(tool(found(BAD), code=1)) == 1
    said = capsys.readouterr().out
    assert "left 1.0: PYSEC-2099-1; mended in 2.0" in said and "2 packages, 1 known vulnerabilities" in said


def test_nothing_known_is_fine(audit, capsys):
    assert audit.main(tool(found())) == 0
    assert "2 packages, 0 known vulnerabilities; 1 packages are unknown there" in capsys.readouterr().out


def test_a_service_that_knows_no_package_has_audited_nothing_and_that_is_said(audit, capsys):
    """As pip-audit answers, with exit code 0 and "no known vulnerabilities", where its service is out of reach."""
    told = {"dependencies": [{"name": n, "skip_reason": f"Dependency not found on PyPI: {n}"} for n in "abc"]}
    assert audit.main(tool(json.dumps(told), "No known vulnerabilities found")) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "skipped" in line and "none of 3 packages" in line


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_service_that_is_not_reached_is_said_in_one_line_and_fails_nothing(audit, capsys, code):
    assert audit.main(tool("", "trace\nERROR:pip_audit: Could not connect to the service", code)) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "skipped" in line and "Could not connect" in line


def test_a_tool_that_cannot_be_installed_is_said_in_one_line(audit, capsys):
    assert audit.main([]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "skipped" in line and "cannot be installed" in line


def test_ci_runs_the_audit():
    assert "make audit" in (ROOT / ".ci" / "run").read_text() and ".ci/audit.py" in (ROOT / "Makefile").read_text()
