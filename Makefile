# `make help` lists the commands. A comment of the form `## text` after a target is its line there.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INSTALLED := $(VENV)/.installed
TRANSLATIONS := $(wildcard functions/i18n/locales/*/LC_MESSAGES/*.po)
# What the console's pages load in a browser, from npm.
SCRIPTS := templates/pages/static/vendor
# What the checks print that run next to the tests.
LOG := $(VENV)/checks.log
ARGS ?=
PROCESSES = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# MiniStack pins botocore, so it has a virtual environment of its own.
MINISTACK := ministack==1.5.33
SECOND := $(VENV)/ministack
# So does checkov.
CHECKOV := checkov==3.3.30
JUDGE := $(VENV)/checkov

# Lambda's version, so that what is tested is what is deployed, or else the first Python on the PATH that is new enough.
PYTHON ?= $(shell for python in python3.13 python3 python3.12 python3.11 python3.14; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

# Tests start hundreds of processes, among them functions. Without bytecode on disk, each would compile all code again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test second-cloud bench bench-compare audit setup deploy lint checks types imports unit format texts bundles gallery pictures clean

help: ## list these commands
	@echo "Commands. Each sets up $(VENV) first, if needed. Options go into ARGS."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Examples:"
	@echo "  make run ARGS=\"--http-port 0 --no-welcome\""
	@echo "  make unit ARGS=tests/core"
	@echo "  make bench ARGS=\"--messages 10000\""
	@echo "  make bench ARGS=\"growth --only tokens\""
	@echo "  make bench-compare BASE=5c117c4 ARGS=\"--no-local\""
	@echo "  make deploy ARGS=\"-c staffetta:domain=mail.acme.com\""

run: $(READY) ## run the whole service on this machine
	@exec $(BIN)/staffetta local $(ARGS)

setup: $(READY) ## set up the virtual environment only
	@echo "$(VENV) is ready: 'make run' runs the service, 'make help' lists the commands."

deploy: $(READY) ## deploy to the AWS account whose credentials are set
	@$(BIN)/python -m infra.deploy $(ARGS)

# The checks of types and imports and the second cloud run next to the tests, and their output comes after that of the tests.
test: lint ## run every check and test
	@$(MAKE) --no-print-directory --keep-going --jobs=2 unit checks; status=$$?; cat $(LOG); exit $$status

checks: $(READY)
	@$(MAKE) --no-print-directory --keep-going types imports second-cloud > $(LOG) 2>&1

lint: $(READY) ## check style, formatting and words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tests.words

types: $(READY) ## check types
	$(BIN)/mypy

imports: $(READY) ## check the direction of imports
	$(BIN)/lint-imports

# All tests run in one process more than there are processors, since end-to-end tests mostly wait. Those that ARGS names run in one.
unit: $(READY) ## run the tests: all, or those in ARGS
	$(BIN)/pytest $(or $(strip $(ARGS)),--numprocesses=$(PROCESSES))

# moto is not AWS: another implementation may refuse what moto takes by mistake. tests/second_cloud.toml lists the differences.
second-cloud: $(READY) $(SECOND)/.ready ## run the AWS tests on MiniStack
	$(BIN)/pytest tests/adapters tests/functions tests/routes --numprocesses=auto --second-cloud $(SECOND)/bin/ministack

bench: $(READY) ## measure what a send costs, in time and money
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[bench]'
	@$(BIN)/python -m tests.bench $(ARGS)

bench-compare: $(READY) ## measure this commit beside the commit BASE, in turns
	@test -n "$(BASE)" || { echo "Name a commit: make bench-compare BASE=5c117c4" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[bench]'
	@$(BIN)/python -m tests.bench.compare $(BASE) $(ARGS)

# --strict: a package that cannot be audited is a failure, and not a silence.
audit: $(READY) $(JUDGE)/.ready ## check dependencies and templates, and write build/sbom.json
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt --editable '.[audit]'
	$(BIN)/python -m infra.asset.sbom
	CDK_CONTEXT_JSON='{"staffetta:bundle": false}' CDK_OUTDIR=build/templates $(BIN)/python -m infra.app
	$(JUDGE)/bin/checkov --config-file infra/checkov.yaml --file build/templates/*.template.json
	$(BIN)/pip-audit --strict --progress-spinner off --disable-pip --no-deps --requirement infra/constraints.txt

format: $(READY) ## format the code and fix style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bundles: $(READY) ## bundle the editors of the console's Write page
	@$(BIN)/python -m infra.node.bundles build

pictures: $(READY) ## take pictures of the console's pages, and remake those of the docs
	@$(BIN)/python -m tests.end_to_end.console.pictures

gallery: $(READY) ## remake the pictures of the starters
	@$(BIN)/python -m tests.templates.thumbnails

texts: $(READY) ## collect the texts of pages into the catalogues, to translate
	@$(BIN)/pybabel --quiet extract --mapping-file=pyproject.toml --no-location --sort-output --output-file=build/staffetta.pot .
	@$(BIN)/pybabel --quiet update --domain=staffetta --input-file=build/staffetta.pot --output-dir=functions/i18n/locales --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(BIN)/pybabel --quiet compile --domain=staffetta --directory=functions/i18n/locales

clean: ## delete everything that these commands create
	rm -rf $(VENV) infra/node/node_modules infra/node/browser/node_modules infra/node/editors/node_modules $(SCRIPTS) cdk.out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(TRANSLATIONS:.po=.mo)

$(SECOND)/.ready: Makefile | $(READY)
	@$(BIN)/python -m venv $(SECOND)
	@$(SECOND)/bin/python -m pip install --quiet --disable-pip-version-check $(MINISTACK)
	@touch $@

$(JUDGE)/.ready: Makefile | $(READY)
	@$(BIN)/python -m venv $(JUDGE)
	@$(JUDGE)/bin/python -m pip install --quiet --disable-pip-version-check $(CHECKOV)
	@touch $@

$(READY): $(INSTALLED) $(TRANSLATIONS) $(SCRIPTS)/htmx.min.js
	@$(BIN)/pybabel --quiet compile --domain=staffetta --directory=functions/i18n/locales
	@touch $@

$(SCRIPTS)/htmx.min.js: infra/node/browser/package-lock.json | $(INSTALLED)
	@$(BIN)/python -m infra.node.bundles

# --no-compile: Python compiles what it imports. pip would compile every module, which takes half of the installation.
$(INSTALLED): pyproject.toml infra/constraints.txt
	@test -n "$(PYTHON)" || { echo "Staffetta needs Python 3.11 or newer, and there is none on the PATH: install one, or run 'make PYTHON=/path/to/python3 ...'." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version); the first time takes a minute or two."
	@echo "  1 of 2: create the virtual environment"
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot create a virtual environment: install its venv module (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "  2 of 2: install the packages"
	@rm -f $@
	@{ $(BIN)/python -m pip install --no-compile --progress-bar=off --disable-pip-version-check --constraint infra/constraints.txt --editable '.[infra,cli,local,test]' \
	  && touch $@; } | awk '/^Collecting / { printf "    %d %s\n", ++count, $$2; fflush() } /^Installing collected/ { print "    installing them ..."; fflush() }'
	@test -e $@ || { echo "The packages are not installed: see pip's errors above." >&2; exit 1; }
