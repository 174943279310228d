# The two commands of the README are `make demo` and `make test`. Both set everything up themselves.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up

.PHONY: setup demo test chaos goldens lint types bench tools wording lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo                     a whole collaborative month on this computer, no REDCap needed"
	@echo "make demo DATA=FILE [MAP=..]  the same on a real file of counts"
	@echo "make test                     every test (lint and types: make lint types)"
	@echo "make chaos [STEPS=..]         pull and mails against people, clocks, faults and kill -9, for an hour"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Set PYTHON=python3.12, say."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

DATA ?=
MAP  ?= config/collaboratives/absenteeism/maps/england-school-absence.yaml
demo: setup
	$(BIN)/breakthrough demo $(if $(DATA),--data "$(DATA)" --map "$(MAP)") $(DEMO_ARGS)

# Tests that need another program, or WeasyPrint's libraries, get it here when we may install it; otherwise they skip and say so.
LINTERS := .tools/node_modules/axe-core/axe.min.js .tools/node_modules/caniemail/package.json
PROGRAMS := chromium:chromium node:nodejs npm:npm# program:its Debian package
# PostgreSQL's package would also start a server for the whole computer; the tests start their own.
CLUSTERS := /etc/postgresql-common/createcluster.conf
NO_CLUSTER = test -e $(CLUSTERS) || { mkdir -p $(dir $(CLUSTERS)) && echo 'create_main_cluster = false' > $(CLUSTERS); }
# Mail servers would be services of the whole computer, and one would take another's place; they are unpacked here, which
# needs no rights, and the tests start their own. nss-wrapper names them the account that they run under.
SERVERS := exim4-daemon-light:usr/sbin/exim4
define unpacked
test -x .tools/servers/$(lastword $(subst :, ,$(1))) || { mkdir -p .tools/servers && cd .tools/servers && \
  get() { apt-get download -qq $(firstword $(subst :, ,$(1))) libnss-wrapper $$(apt-cache depends --recurse -i $(firstword $(subst :, ,$(1))) \
    | grep '^lib' | while read -r one; do dpkg -s "$$one" >/dev/null 2>&1 || echo "$$one"; done); }; \
  { { get || { apt-get update -qq && get; }; } && for one in *.deb; do dpkg-deb -x "$$one" . || exit 1; done; } >/dev/null 2>&1 \
    || echo "$(firstword $(subst :, ,$(1))) could not be unpacked here: the tests that need a real mail server are skipped"; \
  rm -f *.deb; cd ../..; }
endef
tools:
	@absent=""; for one in $(PROGRAMS); do \
	  command -v "$${one%%:*}" >/dev/null 2>&1 || absent="$$absent $${one##*:}"; done; \
	PATH="$$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 || absent="$$absent libpango-1.0-0 libpangoft2-1.0-0"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || absent="$$absent postgresql"; \
	if [ -n "$$absent" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing for the tests:$$absent"; \
	    case "$$absent" in *postgresql*) $(NO_CLUSTER);; esac; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	      -o Dpkg::Options::=--force-confold $$absent; } >/dev/null \
	      || echo "Not installed:$$absent. The tests that need them will be skipped"; \
	  else echo "Absent:$$absent. The tests that need them will be skipped; install these Debian packages to run them."; fi; fi
	@ls $(LINTERS) >/dev/null 2>&1 || { \
	  if command -v npm >/dev/null 2>&1; then \
	    npm install --prefix .tools --no-save --no-package-lock --silent axe-core@4 caniemail@1 >/dev/null 2>&1 \
	      || echo "axe-core and caniemail could not be installed: tests of accessibility and mail programs are skipped"; \
	  else echo "npm is absent: tests of accessibility and mail programs are skipped. Install npm to run them."; fi; }
	@$(foreach one,$(SERVERS),$(call unpacked,$(one));) true

test: setup tools
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

# What the tests do for a minute, for much longer; SEED= repeats what a run has printed.
STEPS ?= 10000
KILLS ?= 200
MAIL_KILLS ?= 300
SEED  ?=
chaos: setup
	CHAOS_STEPS=$(STEPS) CHAOS_KILLS=$(KILLS) CHAOS_MAIL_KILLS=$(MAIL_KILLS) CHAOS_SEED=$(SEED) $(BIN)/pytest tests/chaos

# Draws the pictures anew that tests compare charts with. Look at each that has changed before you keep it.
goldens: setup
	GOLDENS=anew $(BIN)/pytest -q tests/reporting/charts/test_goldens.py tests/kinds/test_goldens.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: setup
	$(BIN)/mypy

bench: setup
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

# The catalogue of everything that reports say, from code and templates; a test fails where it is stale.
wording: setup
	$(BIN)/python -m tests.house.wording

# Hashes for every platform, no index address. Needs uv on the path.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o requirements.lock

clean:
	rm -rf $(VENV) demo-output
