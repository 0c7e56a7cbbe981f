# `make help` explains the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
APP_PORT ?= 8000
STORE_PORT ?= 8100
WORKERS ?= 4
TESTS ?= tests
export PYTHON

.PHONY: help
help: ## Explain the targets
	@echo "Saleor Loyalty. Everything needs only Python 3.11+ with its venv package, and make; Node is brought along."
	@echo
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: PYTHON=$(PYTHON) APP_PORT=$(APP_PORT) STORE_PORT=$(STORE_PORT) WORKERS=$(WORKERS) TESTS=$(TESTS)"

.PHONY: demo
demo: env-app pages ## Start the app and a store in a box, with a published program; Ctrl-C stops both
	@exec $(BIN)/python -m demo --app-port $(APP_PORT) --store-port $(STORE_PORT)

.PHONY: demo-reset
demo-reset: ## Forget what the demo has stored
	rm -rf var/demo

.PHONY: test
test: env-test pages ## Run all tests on SQLite and a real PostgreSQL, with the browser (TESTS=… for a part)
	$(BIN)/python -m tools.pages run test
	$(BIN)/python -m tools.suite -n $(WORKERS) --dist loadfile --no-loadscope-reorder -- $(TESTS)

.PHONY: soak
soak: env-test pages ## Run all tests with property and crash tests at full depth (hours)
	LOYALTY_TEST_DEPTH=soak $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --timeout 7200 $(TESTS)

.PHONY: live
live: env-test ## Drive a real Saleor through the story: SALEOR_API_URL=… SALEOR_EMAIL=… SALEOR_PASSWORD=…
	@test -n "$(SALEOR_API_URL)" -a -n "$(SALEOR_EMAIL)" -a -n "$(SALEOR_PASSWORD)" \
	  || { echo "Say which Saleor: make live SALEOR_API_URL=https://…/graphql/ SALEOR_EMAIL=… SALEOR_PASSWORD=…" >&2; exit 1; }
	SALEOR_API_URL="$(SALEOR_API_URL)" SALEOR_EMAIL="$(SALEOR_EMAIL)" SALEOR_PASSWORD="$(SALEOR_PASSWORD)" \
	  $(BIN)/python -m pytest -m live -sv --timeout 900 tests/live

.PHONY: bench
bench: env-bench ## Measure the performance figures, each against its peer (docs/performance.md)
	$(BIN)/python -m bench

.PHONY: check
check: lint types floors migration-check ## lint, types, floors and migration-check together

.PHONY: lint
lint: env-test ## Check style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tools.pages run check

.PHONY: format
format: env-test ## Put the code into its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: env-test ## Check the types (strict)
	$(BIN)/mypy

.PHONY: floors
floors: env-test ## Check that a room imports only from the floors below its own
	$(BIN)/lint-imports --no-cache

.PHONY: collect
collect: env-test ## See that every test is found; what pytest compiles of them is kept for `make test`
	$(BIN)/python -m pytest --collect-only -qq tests >/dev/null

.PHONY: migration-check
migration-check: env-test ## Check that the migrations make the very tables of the code, on both databases
	$(BIN)/python -m pytest -q tests/integration/runtime/test_migrations.py

.PHONY: migration
migration: env-test ## Write a migration with what changed in the tables: NAME="what it does"
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="Add tiers"' >&2; exit 1; }
	$(BIN)/python -c 'import sys; from saleor_loyalty_app.db.migrate import new_revision; print(new_revision(sys.argv[1]))' "$(NAME)"

.PHONY: env-example
env-example: env-app ## Write .env.example anew from the settings
	$(BIN)/python -m tools.env_example

.PHONY: pages
pages: env-app ## Build the pages of the Dashboard, unless nothing has changed
	@$(BIN)/python -m tools.pages

.PHONY: api-types
api-types: env-app ## Write the pages' types of the Dashboard API anew
	@$(BIN)/python -m tools.pages packages
	$(BIN)/python -m tools.api_types

.PHONY: wheel
wheel: env-test pages ## Build the wheel into dist/
	PYTHON=$(BIN)/python tools/build.sh dist

.PHONY: lock
lock: ## Lock the requirements anew (requirements/*.txt)
	tools/lock.sh

.PHONY: clean
clean: ## Remove what was built and stored, the environment too
	rm -rf $(VENV) var dist build artifacts dashboard_extension/dist dashboard_extension/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: env-app env-test env-bench
env-app env-test env-bench: env-%:
	@tools/environment.sh $*
