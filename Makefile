# Every target sets up what it needs: a virtual environment in .venv with exactly the packages of requirements.lock.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)

# An environment does not survive a move: it is made anew unless its Python runs and it was made for this folder.
ifneq ($(shell $(BIN)/python -c 'print(open("$(READY)").read())' 2>/dev/null),$(CURDIR))
UNUSABLE := discard
endif

.PHONY: help setup run test lint bench bench-sweeps verify mutants lock clean discard

help:
	@echo 'make run      one run of the scenario "town"; tables, figures and a summary go to results/town'
	@echo 'make test     what a change has to pass: lint, then the tests'
	@echo 'make lint     style, types and the direction of imports'
	@echo 'make bench    ecosim beside plain Mesa and NumPy on the same models'
	@echo 'make bench-sweeps  sweeps of ecosim beside process pools, joblib, Hydra and the EMA Workbench (ten minutes on two quiet cores, half an hour on busy ones)'
	@echo 'make verify   the slow tests, and published results held against ours; tables and figures go to results/verify'
	@echo 'make mutants  how many small faults, planted in mechanisms and measures, the tests notice (an hour); to results/mutants.md'
	@echo 'make lock     choose the versions of all packages again (UPGRADE=1: the newest)'
	@echo 'make clean    remove what the others made here'
	@echo 'The first of them makes .venv; PYTHON=/path/to/python chooses its interpreter (3.11 or newer).'

run: $(READY)
	$(BIN)/ecosim run town --out results/town

test: lint
	$(BIN)/python -m pytest -n 2 --durations=10

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo

bench: $(READY)
	$(BIN)/python -m benchmarks.run

bench-sweeps: $(READY)
	$(BIN)/python -m benchmarks.sweeps

verify: $(READY)
	$(BIN)/python -m pytest -n 2 -m slow --durations=10
	$(BIN)/ecosim verify --out results/verify

mutants: $(READY)
	$(BIN)/python -m benchmarks.mutants --out results/mutants.md

lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --extra analysis --extra app --extra cluster --extra excel --extra rivals --extra test --custom-compile-command 'make lock' \
	  $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) results/town results/verify results/mutants.md build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@if [ -d results ]; then rmdir results 2>/dev/null || echo 'kept: other runs in results/'; fi
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(READY)

discard:
	@rm -rf $(VENV)

# uv comes first, by pip; then uv, which is much faster, installs the rest. Should uv not reach the packages, pip may:
# it follows the settings of the machine (an index, a certificate) that uv does not read. All is compiled to bytecode here:
# where Python may not write any later (PYTHONDONTWRITEBYTECODE), every process would do it again.
$(READY): pyproject.toml requirements.lock $(UNUSABLE)
	@$(MAKE_VENV)
	@sed -n '/^uv==/,/[^\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(PIP) install -qq --require-hashes --requirement $(VENV)/uv.txt
	@$(UV) sync --compile-bytecode --python $(BIN)/python --require-hashes --build-constraints requirements.lock \
	  requirements.lock \
	  || { echo 'uv could not install the packages: trying pip, which takes some minutes.'; \
	       $(PIP) install -qq --require-hashes --requirement requirements.lock; }
	@$(UV) install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@printf '%s' '$(CURDIR)' > $@

PIP := $(BIN)/python -m pip --disable-pip-version-check
UV := $(BIN)/uv pip

# The first Python that can make an environment; failing that, the first that could with Debian's package for it.
define MAKE_VENV
find_python() { \
  for name in $(PYTHONS); do \
    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11)); ' && "$$name" -c "$$1"; then \
      python=$$name; return 0; \
    fi; \
  done 2>/dev/null; \
  return 1; \
}; \
if [ -x $(BIN)/python ]; then exit 0; fi; \
if ! find_python 'import ensurepip, venv'; then \
  find_python '' || { \
    echo 'ecosim needs Python 3.11 or newer; none of these runs: $(PYTHONS). Name one: make PYTHON=/path/to/python' >&2; \
    exit 1; \
  }; \
  package=$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
  if [ "$$(id -u)" = 0 ]; then as_root=; else as_root='sudo -n'; fi; \
  if ! command -v apt-get >/dev/null || ! $$as_root true 2>/dev/null; then \
    echo "$$python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install $$package" >&2; \
    exit 1; \
  fi; \
  echo "Installing the system package $$package, without which $$python cannot make virtual environments."; \
  install="$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq $$package"; \
  $$install >/dev/null 2>&1 || { $$as_root apt-get update -qq && $$install >/dev/null; } || exit 1; \
fi; \
echo "Making $(VENV) with $$("$$python" --version): once, for about a minute."; \
"$$python" -m venv $(VENV)
endef
