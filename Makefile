# make demo: environment, install, the main job on the sample cables.  make test: its own set-up and the whole suite.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9

.PHONY: demo test test-wheel test-browser test-trf docs model model-trf lint lock clean

demo: $(VENV)/.demo
	$(BIN)/cablespan annotate corpus/sample --output annotations/demo --overwrite
	$(BIN)/cablespan index annotations/demo --output annotations/demo.db --overwrite
	@$(BIN)/python scripts/demo_summary.py annotations/demo

# The suite but for the browser tests, which need Chromium: make test-browser
test: $(VENV)/.dev
	$(BIN)/ruff check .
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest --ignore=tests/browser --cov=cablespan --cov-report=term:skip-covered

# The built wheel in an empty environment, on every Python from 3.11 on that this machine has.
test-wheel: $(VENV)/.dev
	$(BIN)/python scripts/check_wheel.py

# The documentation as a site: docs/site/index.html
docs: $(VENV)/.dev
	$(BIN)/sphinx-build --quiet --fail-on-warning -b html docs docs/site

# The review page in a real browser: Debian's Chromium.
test-browser: $(VENV)/.dev
	command -v chromium >/dev/null || (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium)
	$(BIN)/pytest tests/browser

# The transformer pipeline has an environment of its own: with spacy-transformers installed even `import spacy` loads torch.
test-trf: .venv-trf/.trf
	OMP_NUM_THREADS=1 .venv-trf/bin/pytest tests/transformer

# The bundled model anew, from gold to models/en_cable_sm: hours on a CPU; models/project.yml says what each step needs.
model: $(VENV)/.dev .venv-trf/.trf models/assets
	$(BIN)/weasel run all models

# The bundled transformer pipeline, models/en_cable_trf, likewise.
model-trf: $(VENV)/.dev .venv-trf/.trf models/assets
	$(BIN)/weasel run trf models

# The texts and gold that lie beside the project; without them: weasel assets models, and docs/sources.md.
models/assets:
	test -d ../shared && ln -s ../../shared $@

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy

# Resolve the lock files anew; the versions of dev hold for all.
lock:
	$(BIN)/uv pip compile -q --universal --python-version 3.11 pyproject.toml --extra dev -o .locks/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 pyproject.toml --extra review --extra explore -c .locks/dev.txt -o .locks/demo.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 pyproject.toml --extra trf -c .locks/dev.txt -o .locks/trf.txt
	@# torch stays a range: its builds (CPU, CUDA) bring different packages of their own
	sed -i -E '/^(nvidia|cuda|triton)/d; s/^torch==.*/torch>=2.4,<2.14/' .locks/trf.txt

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cablespan needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check $(UV)

$(VENV)/.demo: .locks/demo.txt pyproject.toml $(BIN)/uv
	$(BIN)/uv pip install -q --python $(BIN)/python -r .locks/demo.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@

$(VENV)/.dev: .locks/dev.txt pyproject.toml $(BIN)/uv
	$(BIN)/uv pip install -q --python $(BIN)/python -r .locks/dev.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@ $(VENV)/.demo

.venv-trf/.trf: .locks/trf.txt pyproject.toml
	$(PYTHON) -m venv .venv-trf
	.venv-trf/bin/pip install -q --disable-pip-version-check -r .locks/trf.txt pytest
	.venv-trf/bin/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

clean:
	rm -rf $(VENV) .venv-trf annotations/demo annotations/demo.db
