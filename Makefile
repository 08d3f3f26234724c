# Everything here works alone on a fresh machine with Python 3.11 or newer and make: what it needs is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= auto
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test sockets static check fix bench names format lint imports types generated

help: ## say what there is to make
	@echo "usage: make <target>"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

run: .venv/run ## serve on 127.0.0.1:8080; ARGS="--freeze" adds flags
	@exec $(BIN)/python -m mockserver serve $(ARGS)

ifdef ARGS
test: .venv/dev
	@$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) $(ARGS)
else
test: .venv/dev ## run every test, at 100 % coverage; ARGS="tests/cli -x" picks some, WORKERS=0 runs them one by one
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest --quiet --numprocesses $(WORKERS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report
endif

sockets: .venv/dev ## run every test with its clients on real sockets; ARGS picks some, as for test
	@$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --over-socket $(ARGS)

static: format lint imports types generated ## what holds without running anything: style, walls, types, tables

check: static test ## everything that must hold

fix: .venv/dev ## put right what a machine can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python -m tools.admin_openapi
	@$(BIN)/python -m tools.generate
	@$(BIN)/python -m tools.fidelity
	@$(BIN)/python -m tools.cases

bench: .venv/dev ## measure what the project promises, as a table of ratios
	@$(BIN)/python -m benchmarks

names: .venv/dev ## draw the frozen name pool anew (the same bytes, unless Faker is another)
	@$(BIN)/python -m tools.make_names

format: .venv/dev
	@$(BIN)/ruff format --quiet --check .

lint: .venv/dev
	@$(BIN)/ruff check --quiet .

imports: .venv/dev
	@$(BIN)/lint-imports > .venv/imports.log || { cat .venv/imports.log; exit 1; }

types: .venv/dev
	@$(BIN)/mypy --no-error-summary

generated: .venv/dev
	@$(BIN)/python -m tools.admin_openapi --check
	@$(BIN)/python -m tools.generate --check
	@$(BIN)/python -m tools.fidelity --check
	@$(BIN)/python -m tools.cases --check

# What is installed, and from which pyproject.toml: touched when it is done, so that an interrupted one starts again.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run: pyproject.toml | .venv/bin/python
	@echo "installing what the server needs" >&2
	@$(PIP) --editable .
	@touch $@

.venv/dev: pyproject.toml | .venv/bin/python
	@echo "installing what development needs" >&2
	@$(PIP) --editable '.[dev]'
	@touch $@ .venv/run
