# Every target is a verb; `make` alone lists them.
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
Q ?= 北京试点的CCER抵销比例上限是多少？
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup dev ask check fix test bench eval docs

help: ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv and install SinkQA with what it needs to run

dev: $(VENV)/.dev

$(STAMP): pyproject.toml constraints.txt
	python3 -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(STAMP)
	$(PIP) --editable '.[dev,eval]'
	@touch $@

ask: setup ## Ask a question: make ask Q="How does New Zealand treat post-1989 forest?"
	@$(VENV)/bin/sinkqa ask "$(Q)"

test: dev ## Run the tests
	$(PY) -m pytest

check: dev ## Lint, type-check and test: what CI runs
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PY) -m pytest

fix: dev ## Format the code and mend what the linter can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: dev ## Print speed and memory as ratios against named references (needs ../shared)
	$(PY) -m eval bench --questions ../shared/gold/dev.jsonl ../shared/policy/docs ../shared/paper

eval: dev ## Print the structure figures for the paper (needs ../shared)
	$(PY) -m eval structure

docs: dev ## Refresh the generated parts of README and docs
	$(PY) tests/test_docs.py --write
