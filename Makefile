# Every target is a verb; `make` alone lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
Q ?= 北京试点的CCER抵销比例上限是多少？
PORT ?= 8000
SHARED ?= ../shared
MINUTES ?= 60
SIZES ?= 1000,10000,100000
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu # PyPI's builds bring gigabytes of CUDA

.DEFAULT_GOAL := help
.PHONY: help setup dev models ask serve lint test test-http test-rest check fix eval bench attack sbom docs

help: ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## Create .venv and install SinkQA with what it needs to run

dev: $(VENV)/.dev

$(VENV)/.ready: pyproject.toml locks/run.txt locks/build.txt
	@echo "Installing SinkQA into $(VENV) (about a minute)…" >&2
	@$(PYTHON) -m venv $(VENV)
	@deploy/install.sh $(VENV) --editable
	@touch $@
	@echo "Installed. Without SINKQA_LIBRARY, the starter corpus goes into the library $$($(BIN)/python -c \
		'from sinkqa.service.settings import Settings; s = Settings.load(); print(s.library)')" >&2

$(VENV)/.dev: $(VENV)/.ready locks/dev.txt
	$(PIP) --no-deps --require-hashes --requirement locks/dev.txt
	@touch $@

models: EXTRAS ?= models
models: dev ## Install what encoders and rerankers by name need (PyTorch for a CPU)
	$(PIP) $(addprefix --index-url=,$(TORCH_INDEX)) torch
	$(PIP) --editable '.[$(EXTRAS)]'

# The question travels in the environment: quotes and dollar signs in it mean nothing to make or to the shell.
ask: export QUESTION = $(value Q)
ask: setup ## Ask the library: make ask Q="How does New Zealand treat post-1989 forest?"
	@$(BIN)/sinkqa ask -- "$$QUESTION"

serve: setup ## Serve the page and the API on this machine: make serve PORT=9000
	@$(BIN)/sinkqa serve --port $(PORT)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: dev ## Run the tests, those over HTTP beside the others
	@$(MAKE) --no-print-directory --keep-going --jobs=2 test-http test-rest

test-http:
	MAKEFLAGS= $(BIN)/python -m pytest tests/service/http

test-rest:
	MAKEFLAGS= $(BIN)/python -m pytest --ignore=tests/service/http

check: lint test ## Lint, check types and run the tests: what CI runs

fix: dev ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: dev ## Measure the published figures again, OK or FAIL, and a known structure (needs ../shared)
	$(BIN)/sinkqa-eval expected
	$(BIN)/sinkqa-eval structure --document $(SHARED)/paper/guan-xu-carbon-sinks.txt \
		--structure $(SHARED)/gold/STRUCTURE.json --tables $(SHARED)/gold/TABLES.json

bench: dev ## Measure speed and memory beside references, and their growth: make bench SIZES=1000,10000 (needs ../shared)
	$(BIN)/sinkqa-eval bench --questions $(SHARED)/gold/dev.jsonl $(SHARED)/policy/docs $(SHARED)/paper
	$(BIN)/sinkqa-eval growth --sizes $(SIZES) --out build

attack: dev ## Forge, fuzz, flood and kill for so long, with fresh dice: make attack MINUTES=60 (needs ../shared)
	$(BIN)/sinkqa-eval attack --minutes $(MINUTES) --shared $(SHARED)

sbom: setup ## Write sbom.cdx.json: what SinkQA is made of, as installed, with the bundled model (CycloneDX)
	PYTHONPATH=$(VENV)/tools $(BIN)/python deploy/sbom.py sbom.cdx.json

docs: dev ## Renew the generated parts of README and docs
	$(BIN)/python -m tests.test_docs
