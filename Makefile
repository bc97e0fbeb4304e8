# Every command first prepares what it needs (tools/setup.py); what is there already is not made again.

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=

SETUP := @$(PYTHON) tools/setup.py
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi

unexport PYTHONDONTWRITEBYTECODE # what is compiled at the first import is kept, or every start would compile it

.DEFAULT_GOAL := help
.PHONY: help setup run test check prove demo pictures lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install all that running, checking and measuring need
	$(SETUP) dev

run: ## start the site on 127.0.0.1 with its demo (PORT=8000, DEMO_DATE=2020-05-12)
	$(SETUP) run
	@$(FLASK) up --port $(PORT)

test: ## run every test, on both databases and in a browser (PYTEST_ARGS="-k name")
	$(SETUP) test
	@$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

check: ## style, types, import directions, migrations, templates
	$(SETUP) dev
	@echo "Style (ruff)"
	@$(BIN)/ruff check --quiet .
	@echo "Layout (ruff format)"
	@$(BIN)/ruff format --check .
	@echo "Types (mypy)"
	@$(BIN)/mypy
	@echo "Import directions (import-linter)"
	@$(BIN)/lint-imports
	@echo "Migrations match the models"
	@$(FLASK) checks migrations
	@echo "Templates (djlint)"
	@$(BIN)/djlint --quiet --lint app

prove: ## the slow proofs (deep profiles, faults) and quick benchmarks
	$(SETUP) test
	@$(BIN)/python -m pytest -n 2 -m "prove or property" --hypothesis-profile=deep $(PYTEST_ARGS)
	@set -e; for file in benchmarks/[a-z]*.py; do echo "$$file"; $(BIN)/python "$$file" --quick; done

demo: ## make the demo federation anew
	$(SETUP) run
	@$(FLASK) demo make --sealed

pictures: ## take the pictures of the README anew
	$(SETUP) test
	@$(BIN)/python tools/pictures.py

lock: ## pin all packages anew by hash (UPGRADE=1: the newest ones)
	$(SETUP) lock

clean: ## remove what was installed and made; the data in var/ stays
	$(SETUP) clean
