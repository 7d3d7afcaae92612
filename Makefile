# Every target sets up what it needs. On Debian or Ubuntu as root that is everything (see
# tools/setup.sh and macros/lab/setup.py); elsewhere it names the one thing that is missing.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help site serve test verify falsify hostile lint fuzz bench bench-verdicts bench-layouts lock

BIN := .venv/bin
STAGE := tools/stage.sh
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
SHELL_FILES = $(wildcard tools/*.sh claims/*/*.sh) .ci/run

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

site: $(RUNTIME) ## run what is missing and build site/; LEDGER=file: from an exported ledger, running nothing
	@$(STAGE) "claims and site" $(BIN)/claims site $(if $(LEDGER),--ledger "$(LEDGER)")

serve: $(RUNTIME) ## the site on a local port; an edit re-executes what it touches
	@$(BIN)/mkdocs serve

test: $(DEVELOPMENT) .cache/browser ## all tests: units, containers, browser
	@$(STAGE) "toolchain images" $(BIN)/claims images
	@$(STAGE) "tests" $(BIN)/python -m pytest

verify: $(RUNTIME) ## run what is missing, compare measured verdicts with recorded ones
	@$(STAGE) "verify" $(BIN)/claims verify

falsify: $(RUNTIME) ## change each page so that it is wrong; none may build; SAMPLE=n: only n pages; SEED=n: other changes
	@$(STAGE) "falsify" $(BIN)/claims falsify $(if $(SEED),--seed $(SEED)) $(if $(SAMPLE),--sample $(SAMPLE),--save bench/falsified.json)

hostile: $(DEVELOPMENT) .cache/browser ## what hostile claims get, in real containers; writes bench/hostile.json for the page
	@$(STAGE) "toolchain images" $(BIN)/claims images
	@rm -f bench/hostile.json
	@$(STAGE) "hostile" $(BIN)/python -m pytest -q -m hostile --hostile-results bench/hostile.json

lint: $(DEVELOPMENT) .cache/linter ## every static check: Python, claims, Go, shell
	@$(STAGE) "ruff check" $(BIN)/ruff check --quiet
	@$(STAGE) "ruff format" $(BIN)/ruff format --check --quiet
	@$(STAGE) "mypy" $(BIN)/mypy
	@$(STAGE) "claims lint" $(BIN)/claims lint --programs
	@$(STAGE) "shellcheck" shellcheck $(SHELL_FILES)

fuzz: $(DEVELOPMENT) ## a million damaged inputs for all that reads foreign text; EXECUTIONS=n: so many; ONLY=part: that part
	@$(STAGE) "fuzz" $(BIN)/python -m tests.fuzz --executions $(or $(EXECUTIONS),1000000) $(addprefix --only ,$(ONLY))

bench: $(RUNTIME) ## how long the site's own machinery takes
	@$(STAGE) "bench" $(BIN)/python -m bench.speed

bench-verdicts: $(RUNTIME) ## whether the verdicts can be trusted; takes some hours; ONLY=part: that part
	@$(STAGE) "bench-verdicts" $(BIN)/python -m bench.verdicts $(addprefix --only ,$(ONLY))

bench-layouts: $(RUNTIME) ## how far the layout of the code moves what is measured; takes about a quarter of an hour
	@$(STAGE) "bench-layouts" $(BIN)/python -m bench.layouts

lock: $(DEVELOPMENT) ## pin the newest versions that requirements*.in allow, with their digests
	@for name in requirements requirements-dev; do \
		CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
			--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
			--output-file $$name.txt $$name.in || exit 1; \
	done

# Stamps: what they stand for is done again only when what it is made from has changed.

$(RUNTIME): requirements.txt pyproject.toml tools/setup.sh
	@$(STAGE) "Python environment" tools/setup.sh python requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt pyproject.toml tools/setup.sh
	@$(STAGE) "Python environment for development" tools/setup.sh python requirements-dev.txt
	@touch $@ $(RUNTIME)

.cache/browser .cache/linter: .cache/%: tools/setup.sh
	@mkdir -p .cache
	@$(STAGE) "$*" tools/setup.sh $*
	@touch $@
