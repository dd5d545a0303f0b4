# make run    the whole service on this machine        make run ARGS="--http-port 0 --no-welcome"
# make test   everything that proves it                make setup   the set-up alone (the others do it themselves)
# make bench  what a send costs, in time and money     make bench ARGS="--messages 10000"

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

# The first Python on the PATH that is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

# Tests start hundreds of processes, functions among them: without bytecode on disk, each would compile it all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test bench setup deploy lint checks types imports unit format clean

run: $(READY)
	@exec $(BIN)/staffetta local $(ARGS)

setup: $(READY)

# The real thing, into the AWS account whose credentials are set: make deploy ARGS="-c staffetta:domain=mail.acme.com"
deploy: $(READY)
	$(BIN)/python -m infra.node bootstrap $(ARGS)
	$(BIN)/python -m infra.node deploy --all $(ARGS)

# The checks of types and imports run next to the tests, and their output comes after that of the tests.
test: lint
	@$(MAKE) --no-print-directory --keep-going --jobs=2 checks unit; status=$$?; cat $(VENV)/checks.log; exit $$status

checks: $(READY)
	@$(MAKE) --no-print-directory --keep-going types imports > $(VENV)/checks.log 2>&1

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

# All tests run in as many processes as there are processors; those that ARGS names run in one.
unit: $(READY)
	$(BIN)/pytest $(or $(strip $(ARGS)),--numprocesses=auto)

bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[bench]'
	@$(BIN)/python -m tests.bench $(ARGS)

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) infra/node/node_modules cdk.out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(READY): pyproject.toml infra/constraints.txt
	@test -n "$(PYTHON)" || { echo "Staffetta needs Python 3.11 or newer, and found none on the PATH: install one, or say 'make PYTHON=/path/to/python3'." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[infra,cli,local,test]'
	@touch $@
