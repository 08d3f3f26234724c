# Every target needs only Python 3.11 or newer and make: dependencies are installed into .venv, and with
# PYTHON=python3.13 into .venv-python3.13.

PYTHON ?= python3
VENV ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
CONSTRAINTS ?= constraints.txt
GROUPS ?= --group dev --group static
BIN := $(VENV)/bin
WORKERS ?= auto
PYTEST_ARGS = --quiet --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
# Tests that `make quick` leaves out: they start processes, send thousands of requests, or compute whole organizations.
SLOW := admin architecture/test_imports.py architecture/test_newcomer.py audit cases/test_catalogue.py cli digests docs examples \
  packaging plugin server test_app.py test_readme.py test_wheel.py metrics/test_recomputed.py vendors/test_conformance.py
SLOW_OF_EACH_PRODUCT := rows
SLOW_OF_EACH_VENDOR := trial laws invariants cursors policy bad_input parameters

# Tests that run the same lines as others. `make test` does not measure their coverage, which would double their time: a
# line that only these run counts as not covered.
UNMEASURED := $(addprefix tests/,architecture cases/test_catalogue.py cli/test_torture_clients.py digests docs examples \
  fidelity/test_served.py learning/test_tenants.py metrics/test_recomputed.py packaging \
  $(addprefix store/test_,chaos.py law.py) test_readme.py test_wheel.py \
  $(addprefix comparison/test_,canaries.py defects.py options.py paging_defects.py seldom.py unseen_switches.py) \
  $(addprefix products/jetbrains/test_,facts.py ranges.py rows.py) \
  $(addprefix vendors/test_,conformance.py defects.py paging_defects.py)) \
  $(filter-out %/test_documentation.py %/test_serving.py,$(wildcard tests/console/test_*.py)) \
  $(wildcard $(addprefix tests/vendors/*/test_,laws.py trial.py)) tests/vendors/augment/test_restatement.py \
  $(filter-out tests/vendors/augment/%,$(wildcard tests/vendors/*/test_charts.py))

# Tests whose requests pass the layer in front of Flask. Of tests/gateway only one file makes a whole app, which has such a
# layer, and tests/digests compares answers of another process. The audit sends its requests over sockets, which the mode
# `twice` leaves alone: it repeats those of test clients.
LAYERED := $(addprefix tests/,admin audit cases conduct gateway/test_unrecorded.py vendors test_app.py)
OFF := $(LAYERED)
TWICE := $(filter-out tests/audit,$(LAYERED))
FAST_PATH := $(BIN)/python -m pytest $(PYTEST_ARGS) --fast-path

# Not the audit, which reads answers that no sandbox changes.
STORE := $(TWICE) tests/charts

LOWEST := VENV=$(VENV)-lowest CONSTRAINTS=$(VENV)/lowest.txt GROUPS='--group dev'

.DELETE_ON_ERROR:
.PHONY: help docs run test lowest lowest-environment quick sockets fastpath store static check fix bench names format lint imports types generated schemas

help: ## list the targets
	@echo "usage: make <target>"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/run ## start the server on 127.0.0.1:8080; ARGS="--freeze" adds flags
	@exec $(BIN)/python -m mockserver serve $(ARGS)

ifdef ARGS
test: $(VENV)/dev
	@$(BIN)/python -m pytest $(PYTEST_ARGS) $(ARGS)
else
test: $(VENV)/dev ## run all tests and require 100 % coverage; ARGS="tests/cli -x" selects tests, WORKERS=0 uses one process
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest $(PYTEST_ARGS) $(addprefix --ignore=,$(UNMEASURED))
	@$(BIN)/coverage run -m pytest $(PYTEST_ARGS) --asyncio tests/server
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report
	@$(BIN)/python -m pytest $(PYTEST_ARGS) $(UNMEASURED)
endif

lowest: lowest-environment ## run all tests with the lowest versions of the dependencies; ARGS selects tests
	@$(MAKE) test $(LOWEST)

lowest-environment: $(VENV)/lowest.txt
	@$(MAKE) $(VENV)-lowest/dev $(LOWEST)

quick: $(VENV)/dev ## check style and the types of changed files, and run the fast tests, in less than a minute
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@changed=$$({ git diff --name-only --diff-filter=d HEAD; git ls-files --others --exclude-standard; } 2>/dev/null \
	  | grep '\.py$$' | grep -v '^tests/architecture/newcomer/'); \
	  [ -z "$$changed" ] || $(BIN)/mypy --no-error-summary $$changed
	@$(BIN)/python -m pytest $(PYTEST_ARGS) $(addprefix --ignore=tests/,$(SLOW)) \
	  $(foreach name,$(SLOW_OF_EACH_PRODUCT),--ignore-glob='tests/products/*/test_$(name).py') \
	  $(foreach name,$(SLOW_OF_EACH_VENDOR),--ignore-glob='tests/vendors/*/test_$(name).py')

sockets: $(VENV)/dev ## run all tests with clients on real sockets; ARGS selects tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS) --over-socket $(ARGS)

fastpath: $(VENV)/dev ## run the tests of answers with the layer in front of Flask off, then with every answer in it
	@$(FAST_PATH) off $(OFF)
	@$(FAST_PATH) twice $(TWICE)

store: $(VENV)/dev ## run the tests of answers and of the control plane with every app in a shared store
	@$(BIN)/python -m pytest $(PYTEST_ARGS) --store $(or $(ARGS),$(STORE))

static: format lint imports types generated schemas ## check style, imports, types and generated files, without running tests

check: static docs test ## run all checks and tests, and build the documentation

fix: $(VENV)/dev ## fix formatting and lint errors, and update generated files
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python -m tools.admin_openapi
	@$(BIN)/python -m tools.reference
	@$(BIN)/python -m tools.fidelity
	@$(BIN)/python -m tools.cases
	@$(BIN)/python -m tools.dependencies

bench: $(VENV)/dev ## run the benchmarks and print a table of results and targets; ARGS="peers serving" selects benchmarks
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/dev ## build the site of docs/; the server shows it at /_mock/docs/
	@rm -rf mockserver/console/site
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --doctree-dir build/doctrees docs mockserver/console/site

names: $(VENV)/dev ## regenerate the frozen name pool (the pinned version of Faker gives the same bytes)
	@$(BIN)/python -m tools.make_names

format: $(VENV)/dev
	@$(BIN)/ruff format --quiet --check .

lint: $(VENV)/dev
	@$(BIN)/ruff check --quiet .

imports: $(VENV)/dev
	@$(BIN)/lint-imports > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

types: $(VENV)/dev
	@$(BIN)/mypy --no-error-summary

generated: $(VENV)/dev
	@$(BIN)/python -m tools.admin_openapi --check
	@$(BIN)/python -m tools.reference --check
	@$(BIN)/python -m tools.fidelity --check
	@$(BIN)/python -m tools.cases --check
	@$(BIN)/python -m tools.dependencies --check

schemas: $(VENV)/dev
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml deploy/replicas.compose.yaml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/ci.yml

# Marker files, which are touched when an installation is complete, so that an interrupted one is repeated.

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is required; $(PYTHON) is $$($(PYTHON) --version 2>&1). Choose another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/lowest.txt: $(VENV)/dev
	@$(BIN)/python -m tools.dependencies --lowest > $@

$(VENV)/run: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/python
	@echo "installing the dependencies of the server" >&2
	@$(PIP) --constraint $(CONSTRAINTS) --editable .
	@touch $@

# The first pip that knows dependency groups is 25.1; the venv of Python 3.11 has an older one.
$(VENV)/dev: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/python
	@echo "installing the dependencies for development" >&2
	@$(PIP) 'pip>=25.1'
	@$(PIP) --constraint $(CONSTRAINTS) $(GROUPS) --editable .
	@touch $@ $(VENV)/run
