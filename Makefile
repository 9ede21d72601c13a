# One command file: CI, CONTRIBUTING and people call only these.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Compiled ahead, since an environment may forbid Python to do it on the way (PYTHONDONTWRITEBYTECODE), and every start
# of a process would then compile all that it imports.
BYTECODE := $(BIN)/python -m compileall -q compiler ledger node protocol sandbox

.PHONY: help setup demo test check bench sim e2e dcp loops fuzz golden oracle clean

help: ## list the targets
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(STAMP) ## create .venv with the locked dependencies and meshnode itself

$(STAMP): requirements.lock pyproject.toml deploy/check_prerequisites.sh
	@bash deploy/check_prerequisites.sh "$(PYTHON)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BYTECODE)
	@touch $(STAMP)

demo: setup ## three daemons on loopback compute one program, and settle
	$(BIN)/python -m tests.demo

test: setup ## the test suite, its halves at the same time (under ten minutes on two cores)
	$(BIN)/python -m tests.halves

check: setup ## lint, types, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## speed: one core against native, latency, compiling, two workers against one (tests/bench)
	$(BYTECODE)
	$(BIN)/python -m tests.bench

sim: setup ## 200 seeds of a simulated mesh; SEED=n runs one
	$(BIN)/python -m pytest -m sim tests/sim $(if $(SEED),--seed $(SEED))

e2e: setup ## the long end-to-end suite: real daemons, kills, liars, hostile input
	$(BIN)/python -m pytest -m e2e tests/e2e tests/node

dcp: setup ## the real DCP clients and workers against a gateway with three mesh workers (installs them from npm and PyPI)
	$(BIN)/python -m tests.dcp --json build/dcp/results.json
	MESHNODE_DCP_NODE_MODULES=$(CURDIR)/build/dcp/client/node_modules MESHNODE_PYODIDE=$(CURDIR)/build/dcp/pyodide \
	  $(BIN)/python -m pytest -m "not sim" tests/dcp tests/node/dcp tests/sandbox/javascript

loops: setup ## random loop programs, interpreted plainly and in random chunks; COUNT=n, SEED=n
	$(BIN)/python -m tests.compiler.loops --count $(or $(COUNT),1000) --seed $(or $(SEED),1)

fuzz: setup ## random programs through the compiler; COUNT=n, SEED=n, START=n (goes on from there)
	$(BIN)/python -m tests.compiler.fuzz --count $(or $(COUNT),1000) --seed $(or $(SEED),1) --start $(or $(START),0)

golden: setup ## all golden programs in wasmtime, Node and Chromium, and the table of it (tests/golden/README.md)
	$(BIN)/python -m tests.golden.table

oracle: setup ## regenerate the golden outputs with the real compiler (PyPI mojo, 700 MB, in its own environment)
	bash tests/golden/oracle.sh

clean: ## remove everything that setup made
	rm -rf $(VENV) build dist
