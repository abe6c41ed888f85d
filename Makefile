# Two commands: `make book` builds the book, `make test` proves it. `make help` lists the others.
# Everything is installed into .venv; PYTHON chooses the Python (3.11 or later) that makes it.

PYTHON ?= python3
# For example PIP_OPTIONS="--extra-index-url ..." with PyTorch's index of CPU wheels.
PIP_OPTIONS ?=
PORT ?= 8000
# Of `make pdf`: A4 or Letter.
PAPER ?= A4
# Of `make repeat`: how often, and which chapters; all unless named.
TIMES ?= 20
# Of `make check` and `make chapter`: which one.
NAME ?=
# Of `make chapter`: in which folder of chapters/.
PART ?=

SHELL := bash

BIN := .venv/bin
INSTALLED := .venv/installed
# What comes from npm
PACKAGES := book/node_modules/.installed
# Besides, what releases and grades exercises
INSTRUCTOR := .venv/instructor
CORES := $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
# As pip would, but on all cores. Left to the first import it might never be done: a student's kernel
# may not write here, and some machines set PYTHONDONTWRITEBYTECODE. Then each import of torch takes
# 8 s, not 2. A few files of packages are no Python at all; their errors are expected.
COMPILE = $(BIN)/python -m compileall -qq -j 0 .venv/lib || true
# Processes side by side with more than one thread each run ten times slower, because each thread
# that waits keeps a core busy.
ONE_THREAD := OMP_NUM_THREADS=1

# What `make test` runs, in this order; `make test-colab` runs one of them alone.
STAGES := lint notebooks unit exercises book site colab

.DEFAULT_GOAL := help
.PHONY: help book read pdf zip test lint notebooks repeat chapter check audit bench bundles sources wasm \
	clean $(STAGES:%=test-%)

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' Makefile | while IFS='	' read -r verb text; do \
		printf '  make %-10s %s\n' "$$verb" "$$text"; \
	done

book: $(INSTALLED) $(PACKAGES) conf.py ## build the site into _build/html
	@PYTHONPATH=book $(BIN)/sphinx-build -j $(CORES) -W --keep-going . _build/html
	@echo
	@echo "The book is built. Open _build/html/index.html, or run \`make read\`."

read: book ## build the site and serve it on this machine
	@echo "http://127.0.0.1:$(PORT)/ (Ctrl-C stops)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

pdf: book ## write the book as one PDF into _build; PAPER=Letter chooses the other paper
	@$(BIN)/python tests/browser.py
	@PYTHONPATH=book:tests $(BIN)/python -m tools.pdf --paper $(PAPER)

zip: book ## pack the site into one file in _build, for carrying
	@PYTHONPATH=book $(BIN)/python -m tools.archive

test: $(INSTALLED) ## prove everything; stops at the first stage that fails
	@table=; for stage in $(STAGES); do \
		begin=$$SECONDS; \
		printf '\n=== make test-%s\n' $$stage; \
		$(MAKE) --no-print-directory test-$$stage || \
			{ printf '\nmake test stopped: make test-%s failed\n' $$stage; exit 1; }; \
		table+=$$(printf '\n  %-12s %5d s' $$stage $$((SECONDS - begin))); \
	done; \
	printf '\nAll is proved.%s\n  %-12s %5d s\n' "$$table" together $$SECONDS

test-lint: lint

test-notebooks: $(INSTALLED)
	@PYTHONPATH=book $(BIN)/python -m tools.notebooks --check

# Everything that needs neither the built site nor another environment
test-unit: $(INSTALLED) $(PACKAGES)
	@$(BIN)/python tests/browser.py
	@$(ONE_THREAD) $(BIN)/python -m pytest tests -n 2 --dist loadfile -q \
		--ignore tests/site --ignore tests/exercises --ignore tests/book/test_colab.py

# The exercise bank, the sandbox, and nbgrader's cycle on a class. In their own order the longest
# files do not come last.
test-exercises: $(INSTRUCTOR)
	@$(BIN)/python tests/bubblewrap.py
	@$(ONE_THREAD) $(BIN)/python -m pytest tests/exercises -n 2 --dist loadfile -q \
		--no-loadscope-reorder

# Executing the notebooks natively is part of building the site. What they gave is what they store.
test-book: book
	@PYTHONPATH=book $(BIN)/python -m tools.comparison

test-site: book
	@$(BIN)/python tests/browser.py
	@$(ONE_THREAD) $(BIN)/python -m pytest tests/site -n 2 -q --ignore tests/site/test_budgets.py
	@$(ONE_THREAD) $(BIN)/python -m pytest tests/site/test_budgets.py -q  # alone: it measures time

# Each notebook alone in an empty folder, with Colab's versions and plain arithmetic
test-colab: $(INSTALLED)
	@$(ONE_THREAD) $(BIN)/python -m pytest tests/book/test_colab.py -n $(CORES) --dist worksteal -q

lint: $(INSTALLED) $(PACKAGES) ## check the code: style, types, and what was made from it
	@$(BIN)/ruff check .
	@book/node_modules/.bin/tsc -p book
	@book/node_modules/.bin/tsc -p book/worker
	@book/node_modules/.bin/eslint -c book/eslint.config.js book/browser book/worker src/helpers/client_figures
	@PYTHONPATH=book $(BIN)/python -m tools.bundles --check
	@PYTHONPATH=book $(BIN)/python -m tools.records --check
	@PYTHONPATH=book $(BIN)/python -m tools.sources --check
	@PYTHONPATH=book $(BIN)/python -m tools.form

notebooks: $(INSTALLED) ## execute the chapters and store their text outputs; NOTEBOOKS=... chooses
	@PYTHONPATH=book $(BIN)/python -m tools.notebooks $(NOTEBOOKS)

repeat: $(INSTALLED) ## repeat chapters under fresh seeds; NAME=... chooses, TIMES=20 counts
	@PYTHONPATH=book $(BIN)/python -m tools.repetition --times $(TIMES) $(NAME)

chapter: $(INSTALLED) $(INSTRUCTOR) ## start a chapter with its exercises; NAME=residual PART=training
	@PYTHONPATH=book $(BIN)/python -m tools.chapter "$(NAME)" "$(PART)"

check: $(INSTALLED) $(PACKAGES) $(INSTRUCTOR) conf.py ## check all that concerns one chapter; NAME=convolution
	@$(BIN)/python tests/browser.py
	@$(BIN)/python tests/bubblewrap.py
	@PYTHONPATH=book $(BIN)/python -m tools.check $(NAME)

audit: $(INSTALLED) ## measure every page in two browsers; BOOK_SITE=... names another site
	@$(BIN)/python tests/browser.py > /dev/null
	@$(ONE_THREAD) $(BIN)/python tests/site/audit.py

bench: $(INSTALLED) ## measure the playground's engine in a browser, beside the plainest one
	@$(BIN)/python tests/browser.py
	@PYTHONPATH=book:tests:tests/client_figures $(ONE_THREAD) \
		$(BIN)/python tests/client_figures/playground/playground_bench.py

bundles: $(INSTALLED) $(PACKAGES) ## join the figures' JavaScript, after a change of it
	@PYTHONPATH=book $(BIN)/python -m tools.bundles

sources: $(INSTALLED) ## name the works of the bibliography for the notebooks, after a change of it
	@PYTHONPATH=book $(BIN)/python -m tools.sources

wasm: $(INSTALLED) ## compile the playground's kernel, after a change of its source
	@PYTHONPATH=book $(BIN)/python -m tools.wasm

clean: ## remove what was built, but not .venv
	rm -rf _build conf.py

# The stamp is renewed whenever the versions or the package's own settings change.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The book needs Python 3.11 or later, and $(PYTHON) is `$(PYTHON) --version 2>&1`." \
		"Name another: make book PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv; the first time this takes a few minutes."
	@$(BIN)/python -m pip install --no-compile $(PIP_OPTIONS) -r requirements.txt
	@$(COMPILE)
	@touch $@

conf.py: _config.yml _toc.yml $(INSTALLED)
	@$(BIN)/jupyter-book config sphinx . > /dev/null

$(PACKAGES): book/package.json $(INSTALLED)
	@PYTHONPATH=book $(BIN)/python -m tools.packages
	@touch $@

$(INSTRUCTOR): requirements-instructor.txt $(INSTALLED)
	@echo "Installing what releases and grades exercises into .venv."
	@$(BIN)/python -m pip install --quiet --no-compile $(PIP_OPTIONS) -r requirements-instructor.txt
	@$(COMPILE)
	@touch $@
