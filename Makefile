# Every target sets up what it needs. On Debian or Ubuntu as root that is everything (see
# tools/setup.sh and macros/lab/setup.py); elsewhere it names the one thing that is missing.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help site serve test verify preview falsify hostile lint fuzz bench bench-verdicts bench-layouts bench-faults lock \
	export shard merge nightly comment deploy-preview report release-ledger

BIN := .venv/bin
STAGE := tools/stage.sh
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
WORKFLOWS = $(wildcard .github/workflows/*.yml)
SHELL_FILES = $(wildcard tools/*.sh claims/*/*.sh) .ci/run

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

site: $(RUNTIME) ## run what is missing and build site/; FRESH=1: run all; LEDGER=file: from an exported ledger, running nothing; PREVIOUS=file: the last site's claims.json
	@$(if $(FRESH),CLAIMS_MODE=fresh )$(STAGE) "claims and site" $(BIN)/claims site $(if $(LEDGER),--ledger "$(LEDGER)") $(if $(PREVIOUS),--previous "$(PREVIOUS)")

serve: $(RUNTIME) ## the site on a local port; an edit executes and builds again what it touches
	@$(BIN)/mkdocs serve --dirty

test: $(DEVELOPMENT) .cache/browser ## all tests: units, containers, browser
	@$(STAGE) "toolchain images" $(BIN)/claims images
	@$(STAGE) "tests" tools/tests.sh

verify: $(RUNTIME) ## run what is missing, compare measured verdicts with recorded ones; FLAGS="…" of claims verify
	@$(STAGE) "verify" $(BIN)/claims verify $(FLAGS)

falsify: $(RUNTIME) ## change each page so that it is wrong; none may build; SAMPLE=n: only n pages; SEED=n: other changes
	@$(STAGE) "falsify" $(BIN)/claims falsify $(if $(SEED),--seed $(SEED)) $(if $(SAMPLE),--sample $(SAMPLE),--save bench/falsified.json)

preview: $(RUNTIME) ## the pages of a change, and what it does to the verdicts: BASE=revision to compare with, OUT=folder
	@$(STAGE) "preview" $(BIN)/claims preview --base "$(or $(BASE),origin/main)" --out "$(or $(OUT),preview)"

hostile: $(DEVELOPMENT) .cache/browser ## what hostile claims get, in real containers; writes bench/hostile.json for the page
	@$(STAGE) "toolchain images" $(BIN)/claims images
	@rm -f bench/hostile.json
	@$(STAGE) "hostile" $(BIN)/python -m pytest -q -m hostile --hostile-results bench/hostile.json

lint: $(DEVELOPMENT) .cache/linter ## every static check: Python, claims, Go, shell, workflows
	@$(STAGE) "ruff check" $(BIN)/ruff check --quiet
	@$(STAGE) "ruff format" $(BIN)/ruff format --check --quiet
	@$(STAGE) "mypy" $(BIN)/mypy
	@$(STAGE) "claims lint" $(BIN)/claims lint --programs
	@$(STAGE) "shellcheck" shellcheck $(SHELL_FILES)
	@$(STAGE) "workflows' schema" $(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows $(WORKFLOWS)
	@$(STAGE) "zizmor" $(BIN)/zizmor --offline --no-progress --quiet --persona pedantic $(WORKFLOWS)
	@$(STAGE) "actionlint" tools/actionlint.sh $(WORKFLOWS)

fuzz: $(DEVELOPMENT) ## a million damaged inputs for all that reads foreign text; EXECUTIONS=n: so many; ONLY=part: that part
	@$(STAGE) "fuzz" $(BIN)/python -m tests.fuzz --executions $(or $(EXECUTIONS),1000000) $(addprefix --only ,$(ONLY))

bench: $(RUNTIME) ## how long the site's own machinery takes; ONLY=part: that part
	@$(STAGE) "bench" $(BIN)/python -m bench.speed $(addprefix --only ,$(ONLY))

bench-verdicts: $(RUNTIME) ## whether the verdicts can be trusted; takes some hours; ONLY=part: that part; MINUTES=n: add to its sessions for so long; ANEW=1: forget them
	@$(STAGE) "bench-verdicts" $(BIN)/python -m bench.verdicts $(addprefix --only ,$(ONLY)) $(addprefix --minutes ,$(MINUTES)) $(if $(ANEW),--anew)

bench-layouts: $(RUNTIME) ## how far the layout of the code moves what is measured; takes about a quarter of an hour
	@$(STAGE) "bench-layouts" $(BIN)/python -m bench.layouts

bench-faults: $(RUNTIME) ## kill a hundred runs at random moments: nothing that was done is lost, and the next run completes
	@$(STAGE) "bench-faults" $(BIN)/python -m bench.faults $(if $(SEED),--seed $(SEED))

lock: $(DEVELOPMENT) ## pin the newest versions that requirements*.in allow, with their digests
	@for name in requirements requirements-dev; do \
		CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
			--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
			--output-file $$name.txt $$name.in || exit 1; \
	done
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
		--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
		--constraint requirements.txt --output-file requirements-hosts.txt requirements-hosts.in

# What workflows do besides. Everything in them is one of these targets, so that it runs and is tested here too.

export: $(RUNTIME) # the ledger as one file: OUT=file
	@$(STAGE) "export" $(BIN)/claims export "$(OUT)"

shard: $(RUNTIME) # one part of what a change affects: SINCE=revision, SHARD=k/n, REPORTS=folder
	@mkdir -p "$(REPORTS)"
	@$(STAGE) "shard $(SHARD)" $(BIN)/claims verify --fresh --changed-since "$(SINCE)" --shard "$(SHARD)" \
		--export "$(REPORTS)/ledger.json"

merge: $(RUNTIME) # judge what all parts ran, once: SHARDS=folder of their reports, REPORTS=folder
	@mkdir -p "$(REPORTS)"
	@$(STAGE) "merge" $(BIN)/claims merge $(wildcard $(SHARDS)/*/ledger.json) --export "$(REPORTS)/ledger.json" \
		--json "$(REPORTS)/claims.json" --junit "$(REPORTS)/junit.xml" \
		--markdown "$(or $(GITHUB_STEP_SUMMARY),$(REPORTS)/summary.md)"

nightly: $(RUNTIME) # everything again, and whether a verdict has flipped: REPORTS=folder
	@$(STAGE) "nightly" tools/nightly.sh "$(REPORTS)"

report: $(RUNTIME) # keep the one report of flipped verdicts: FLIPS=yes or no, REPORTS=folder
	@$(STAGE) "report" $(BIN)/claims report $(if $(filter yes,$(FLIPS)),"$(REPORTS)/summary.md",--resolved)

comment: $(RUNTIME) # keep a pull request's one comment: ARTIFACT=folder (none: the job failed), COMMIT=, RUN=address, SITE=address
	@$(STAGE) "comment" $(BIN)/claims comment $(if $(wildcard $(ARTIFACT)),"$(ARTIFACT)",--failed) --commit "$(COMMIT)" \
		--run "$(RUN)" --site "$(SITE)"

deploy-preview: $(RUNTIME) # put a preview into the repository that previews are served from: ARTIFACT=folder, COMMIT=
	@$(STAGE) "deploy the preview" tools/deploy-preview.sh "$(ARTIFACT)" "$(COMMIT)"

release-ledger: # the ledger as the asset of a release: LEDGER=file, COMMIT=
	@$(STAGE) "release the ledger" tools/release-ledger.sh "$(LEDGER)" "$(COMMIT)"

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
