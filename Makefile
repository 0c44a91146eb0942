# The commands of the Cooperation Portal. They need Python 3.11 or newer, and make.
# PYTHON=... names an interpreter; PORT=... the port of `make run`; ARGS=... goes on to pytest in `make test`.

VENV := .venv/bin
PORT ?= 8000
WORKERS ?= 2
ARGS ?=

# Every process reads compiled modules: a start takes half the time of one that compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup runtime browser run test check prove format catalogues compile-catalogues docs pins clean

help: ## print these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv and install everything pinned, the tests and checks included
	@tools/setup.sh development

runtime:
	@tools/setup.sh runtime

browser:
	@tools/browser.sh

run: runtime compile-catalogues ## start the portal with its demonstration, on PORT (8000)
	@PORT=$(PORT) exec $(VENV)/python -m portal.standalone

test: setup browser compile-catalogues ## run every test: on SQLite, on PostgreSQL and in a browser
	@PROOF=$${PROOF:-small} $(VENV)/python -m pytest -n $(WORKERS) --dist worksteal -rs $(ARGS)

check: setup browser ## run all that a change must pass: linters, types, contracts, catalogues, documents, tests
	@PROOF=$${PROOF:-small} WORKERS=$(WORKERS) $(VENV)/python tools/check.py

prove: setup browser compile-catalogues ## run the proofs and the benchmarks in full size and print their figures
	@PROOF=full $(VENV)/python tools/prove.py

format: setup ## put code and imports in order
	@$(VENV)/ruff check -q --fix-only .
	@$(VENV)/ruff format -q .

catalogues: setup ## extract the words of the portal, update the six catalogues, compile them
	@$(VENV)/python tools/catalogues.py update
	@$(VENV)/python tools/catalogues.py compile

compile-catalogues:
	@$(VENV)/python tools/catalogues.py compile

docs: setup compile-catalogues ## write the generated documents anew
	@$(VENV)/python tools/generate_docs.py

pins: setup ## resolve requirements*.in anew into requirements*.txt, with hashes
	@tools/pin.sh

clean: ## remove what these commands made, but never the data of `make run`
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find translations -name '*.mo' -delete 2>/dev/null || true
