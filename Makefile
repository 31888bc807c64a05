# make run: set up and start the app; make test: set up and run the tests; make test-slow: those that take long (marked
# slow: most of the browser tests, whole real tables, simulations); make check: lint, format and types;
# make audit: known vulnerabilities of what is installed;
# make docs: the documentation in build/docs; make screenshots: its pictures; make bench, bench-facts, bench-bias,
# bench-claims, bench-people, bench-pii, bench-read, bench-repair, bench-rules, bench-scale, bench-synthetic: speed and
# quality;
# make kills: 50 commits that are killed, on each kind of store; make fuzz: mutated files; make mutants: whether the tests hold the modules that guard people
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q

.PHONY: run test test-slow check audit docs screenshots bench bench-facts bench-bias bench-claims bench-people bench-pii bench-read bench-repair bench-rules bench-scale bench-synthetic fuzz kills mutants clean

run: $(READY)
	$(BIN)/streamlit run pages/_ui/serve.py

test: $(READY)
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo "Chromium is missing: the browser tests are skipped (Debian: apt-get install chromium)."
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(READY)
	$(PYTEST) -m slow $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(READY)
	@$(BIN)/python .ci/audit.py

docs: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	$(BIN)/python -m docs.generate
	$(BIN)/python -m mkdocs build --strict --quiet

screenshots: $(READY)
	$(BIN)/python -m docs.screenshots

bench: $(READY)
	$(BIN)/python -m benchmarks.interactions

bench-edits: $(READY)
	$(BIN)/python -m benchmarks.store.edits

bench-facts: $(READY)
	$(BIN)/python -m benchmarks.facts $(ARGS)

bench-people: $(READY)
	$(BIN)/python -m benchmarks.people.load $(ARGS)

bench-pii: $(READY)
	$(BIN)/python -m benchmarks.pii $(ARGS)

bench-repair: $(READY)
	$(BIN)/python -m benchmarks.repair $(ARGS)

bench-rules: $(READY)
	$(BIN)/python -m benchmarks.rules $(ARGS)

bench-scale: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt -r requirements-spark.txt
	$(BIN)/python -m benchmarks.scale $(ARGS)

bench-read: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m benchmarks.read $(ARGS)

bench-synthetic: $(READY)
	$(BIN)/python -m benchmarks.synthetic $(ARGS)

mutants: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-mutants.txt
	$(BIN)/python -m benchmarks.mutants $(ARGS)

fuzz: $(READY)
	$(BIN)/python -m benchmarks.fuzz $(ARGS)

kills: $(READY)
	DATAOPS_KILLS=50 $(BIN)/python -m pytest tests/store/team/test_kills.py -n 0 -q -s -k "killed or full" $(ARGS)

bench-bias: $(READY)
	$(BIN)/python -m benchmarks.bias

bench-claims: $(READY)
	$(BIN)/python -m benchmarks.claims $(ARGS)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is missing: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

clean:
	rm -rf .venv build dist *.egg-info
