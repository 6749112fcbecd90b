# Everything a person types stands here. `make demo` and `make test` work on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check lint bench lock schema pictures format clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what tracker needs (once, about half a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "Installing what the tests need (once, about half a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.runtime ## replay the four agreements, then open the web on them: deadlines, reminders, mail to look at
	@$(BIN)/tracker demo

test: $(VENV)/.dev ## all tests
	@$(BIN)/python -m pytest -q -n auto

coverage: $(VENV)/.dev ## all tests once more, and which lines they reach: takes twice as long
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term

check: lint ## lint, types, import contracts, terms files, migrations
	$(BIN)/python -m pytest -q -n auto tests/integration/test_migrations.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tracker check rules

bench: $(VENV)/.dev ## measure, as ratios within one run
	$(BIN)/python -m pytest -s -q -m bench tests/bench

lock: $(VENV)/.dev ## write the locked, hashed requirements anew
	for set in runtime dev; do $(BIN)/uv pip compile --quiet --upgrade requirements/$$set.in \
	  -o requirements/$$set.txt --python-version 3.11 --universal --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header; done

schema: $(VENV)/.runtime ## write rules/schema.json anew from the grammar
	$(BIN)/tracker schema > rules/schema.json

pictures: $(VENV)/.dev ## the pictures of the web in docs/ anew, from the demo
	$(BIN)/python -m tests.pictures

format: $(VENV)/.dev ## let ruff format and fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what was installed and built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* build *.egg-info
