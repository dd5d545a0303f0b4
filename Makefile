# make run    the whole service on this machine        make run ARGS="--http-port 0 --no-welcome"
# make test   everything that proves it                make setup   the set-up alone (the others do it themselves)
# make second-cloud   the adapters, functions and routes on MiniStack, a second implementation of AWS (a part of make test)
# make bench  what a send costs, in time and money     make bench ARGS="--messages 10000"

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
WHOLE := tests/end_to_end tests/local
# MiniStack pins botocore, so it has a virtual environment of its own.
MINISTACK := ministack==1.5.33
SECOND := $(VENV)/ministack

# The first Python on the PATH that is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

# Tests start hundreds of processes, functions among them: without bytecode on disk, each would compile it all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test second-cloud bench setup deploy lint types imports unit format clean

run: $(READY)
	@exec $(BIN)/staffetta local $(ARGS)

setup: $(READY)

# The real thing, into the AWS account whose credentials are set: make deploy ARGS="-c staffetta:domain=mail.acme.com"
deploy: $(READY)
	$(BIN)/python -m infra.node bootstrap $(ARGS)
	$(BIN)/python -m infra.node deploy --all $(ARGS)

test: lint types imports unit second-cloud

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

# Two halves at once, since most machines have two cores. A shell ignores Ctrl-C for what runs behind it, hence the trap.
unit: $(READY)
ifeq ($(strip $(ARGS)),)
	@$(BIN)/pytest $(WHOLE) > $(VENV)/whole.log 2>&1 & whole=$$!; trap "kill $$whole" INT TERM; \
	$(BIN)/pytest $(addprefix --ignore=,$(WHOLE)); rooms=$$?; \
	wait $$whole; ended=$$?; cat $(VENV)/whole.log; exit $$((rooms + ended))
else
	$(BIN)/pytest $(ARGS)
endif

# moto is not AWS: what it takes by mistake, another implementation may refuse. tests/second_cloud.toml lists the differences.
second-cloud: $(READY) $(SECOND)/.ready
	$(BIN)/pytest tests/adapters tests/functions tests/routes --second-cloud $(SECOND)/bin/ministack

bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[bench]'
	@$(BIN)/python -m tests.bench $(ARGS)

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) infra/node/node_modules cdk.out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(SECOND)/.ready: Makefile | $(READY)
	@$(BIN)/python -m venv $(SECOND)
	@$(SECOND)/bin/python -m pip install --quiet --disable-pip-version-check $(MINISTACK)
	@touch $@

$(READY): pyproject.toml infra/constraints.txt
	@test -n "$(PYTHON)" || { echo "Staffetta needs Python 3.11 or newer, and found none on the PATH: install one, or say 'make PYTHON=/path/to/python3'." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[infra,cli,local,test]'
	@touch $@
