# Two commands for people: `make report` and `make test`. Both set everything up first.
# Needs Debian 12 or the like with Python 3.11 or newer, pip and make.

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready

.PHONY: report test lint docs words example lock bench clean

report: $(READY)  ## The main job on the shipped example: report/report.html, report/report.pdf, tables, figures
	$(BIN)/tumen report examples/lower-tumen/study.toml -o report/ --replace

test: $(READY) lint  ## Every check and every test
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check
	$(BIN)/python docs/words.py --check

words: $(READY)  ## Bring the files of words in step with the texts of the program
	$(BIN)/python docs/words.py

docs: $(READY)  ## The documentation as pages: docs/_build/index.html
	$(BIN)/python docs/generate.py
	$(BIN)/sphinx-build -W -q docs docs/_build

example: $(READY)  ## Make the shipped example anew
	$(BIN)/tumen simulate lower-tumen examples/lower-tumen --seed 1 --replace

lock: $(READY)  ## Resolve every dependency anew; the lock holds hashes and no download address
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --custom-compile-command "make lock" -o requirements.lock

bench: $(READY)  ## Timings; never part of the tests
	$(BIN)/python benchmarks/borders.py  # --border FILE takes real polygons
	$(BIN)/python benchmarks/crossings.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/effort.py
	$(BIN)/python benchmarks/images.py
	$(BIN)/python benchmarks/genotypes.py
	$(BIN)/python benchmarks/identity_error.py
	$(BIN)/python -m benchmarks.scr --bootstrap 200 --cluster 112  # --data FOLDER takes the peers' inputs
	$(BIN)/python benchmarks/trends.py  # --data FOLDER takes the peers' inputs
	$(BIN)/python benchmarks/waterbirds.py
	$(BIN)/python benchmarks/seal.py  # size and folder as arguments
	$(BIN)/python benchmarks/disclose.py
	$(BIN)/python benchmarks/photographs.py speed  # also: real, coats

# The environment is made without its own pip, because Debian's python3-venv may be missing; the machine's pip fills it.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) report docs/_build
