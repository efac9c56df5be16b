# CV Studio. `make run` and `make test` need Python 3.11 or newer, git and a C toolchain, nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# Quiet unless something goes wrong; V=1 shows it all.
PIP := $(PY) -m pip install $(if $(V),,--quiet) --disable-pip-version-check --no-input

# Tests and measurements run in data directories of their own: they are told which Chromium was found or installed.
WITH_CHROMIUM = chromium=$$($(PY) -m cvstudio.render.browser_setup "$${CVSTUDIO_DATA_DIR:-data}" $$CVSTUDIO_CHROMIUM_PATH) \
	&& export CVSTUDIO_CHROMIUM_PATH="$${chromium\#\#*: }"

.PHONY: help run test bench eval fmt lint lock setup setup-dev clean

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1|/' | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'

run: setup  ## start CV Studio at http://localhost:3000 (CVSTUDIO_PORT, CVSTUDIO_DATA_DIR move it)
	@exec $(BIN)/cvstudio run

# Whole files share the machine: those with a browser and an application of their own two at a time, and what starts
# and ends applications has it to itself.
BROWSER := tests/browser
ALONE := tests/test_cli.py tests/test_supervisor.py
SHARED := --dist loadfile --numprocesses auto --maxprocesses

test: setup-dev  ## everything: lint, types, unit, API, worker, browser, accessibility, architecture
	@failed=; $(MAKE) lint || failed=1; \
	$(WITH_CHROMIUM) && { \
	$(PY) -m pytest $(SHARED) 4 $(BROWSER:%=--ignore %) $(ALONE:%=--ignore %) || failed=1; \
	CVSTUDIO_FRONTEND_DIR=$(CURDIR)/build/pages $(PY) -m cvstudio.frontend || failed=1; \
	$(PY) -m pytest $(SHARED) 2 $(BROWSER) || failed=1; \
	$(PY) -m pytest $(ALONE) || failed=1; } || failed=1; [ -z "$$failed" ]

eval: setup-dev  ## judge tailoring on the graded set, and imports on CVs read back
	@$(WITH_CHROMIUM) && $(BIN)/cvstudio eval

bench: setup-dev  ## measure, and print one table
	@$(WITH_CHROMIUM) && $(BIN)/cvstudio bench

lint: setup-dev  ## ruff and mypy
	@failed=; $(BIN)/ruff check . || failed=1; $(BIN)/ruff format --check . || failed=1; $(BIN)/mypy || failed=1; [ -z "$$failed" ]

fmt: setup-dev  ## format, and mend what can be mended by itself
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

setup: $(VENV)/.ready

setup-dev: $(VENV)/.ready-dev

# Installed again only when the lock changes. The project is installed in place: the code that runs is the code here.
$(VENV)/.ready: requirements.lock pyproject.toml | $(PY)
	@echo "Installing the Python packages (the first time takes a minute or two)…"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "Installing what the tests need…"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

$(PY):
	@found=; for python in $$PYTHON python3.11 python3.12 python3.13 python3.14 python3 python; do \
	  if command -v $$python >/dev/null 2>&1 && $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then echo "CV Studio needs Python 3.11 or newer with venv; none was found. PYTHON=/path/to/python3.11 make names one." >&2; exit 1; fi; \
	echo "Making $(VENV) with $$($$found --version)…"; $$found -m venv $(VENV)

lock:  ## resolve the dependencies again, into names, versions and hashes (needs uv)
	@uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	@uv pip compile pyproject.toml --extra dev -c requirements.lock --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean:  ## remove what was made: environment, caches, build; the data directory stays
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .web .states build *.egg-info
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +
