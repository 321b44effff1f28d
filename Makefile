# Two commands on a fresh machine: `make run` and `make test`. Only Python 3.11 with pip, make and git are assumed.
PYTHON ?= python3
PORT ?= 8700
DEBIAN_TEST = chromium poppler-utils xmlsec1
# What leans on the server itself: its life, the two roles, the walls, the audit chain, and what is read and published.
DATABASE_TESTS = tests/site/test_postgres tests/site/test_walls.py tests/site/test_two_roles.py tests/site/test_openings.py \
  tests/site/test_viewing.py tests/house/test_tenancy.py tests/actions/test_audit_chain.py tests/actions/test_statistics.py \
  tests/queries
DEBIAN_BENCH = libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0

.PHONY: help setup setup-dev run test check format lock docs vendor audit sbom bench clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/ready ## install what the site needs
setup-dev: .venv/ready-dev ## install what tests and checks need too

.venv/bin/uv: requirements-setup.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt

.venv/ready: .venv/bin/uv requirements.txt pyproject.toml
	.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements.txt
	.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.txt
	@touch $@

run: setup ## build the invented nation, or read UFA=path/to/workbook.xlsx, and start the site
ifdef UFA
	.venv/bin/styrkedjan import "$(UFA)"
else
	.venv/bin/styrkedjan demo --if-empty
endif
	.venv/bin/styrkedjan serve --demo --port $(PORT)

test: setup-dev ## everything that must hold: checks, tests, and the database tests on the system's PostgreSQL too
	@scripts/debian $(DEBIAN_TEST)
	$(MAKE) --no-print-directory check
	.venv/bin/pytest -n 2 --dist loadgroup --ignore tests/house  # check has just run those
	@if .venv/bin/python -c "import sys; from styrkedjan.site.postgres import binaries; sys.exit(binaries.system() is None)"; then \
	  echo "The database tests once more, on the system's own PostgreSQL:"; \
	  STYRKEDJAN_POSTGRES=system .venv/bin/pytest -m "database and not browser" -n 2 --dist loadgroup $(DATABASE_TESTS); fi

check: setup-dev ## formatting, layers, catalogue, generated docs and the rules of the house
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --quiet --check .
	.venv/bin/lint-imports --no-logo > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	.venv/bin/python -m styrkedjan.data.catalogue
	.venv/bin/python vendor/fetch.py --check
	.venv/bin/python docs/generate.py --check
	.venv/bin/pytest tests/house

format: setup-dev ## put the code in shape
	.venv/bin/ruff check --quiet --fix .
	.venv/bin/ruff format --quiet .

lock: .venv/bin/uv ## make the lock files again: hashed, and without addresses
	for name in requirements-setup requirements requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 $$name.in -o $$name.txt || exit 1; done

docs: setup-dev ## make the generated reference pages again
	.venv/bin/python docs/generate.py

vendor: setup-dev ## fetch fonts again
	.venv/bin/python vendor/fetch.py

audit: setup-dev ## known faults in the locked packages (asks the network) and licences that do not fit
	.venv/bin/python -m scripts.audit

sbom: setup-dev ## the bill of materials of what the product runs on: var/sbom.json
	.venv/bin/python -m scripts.sbom var/sbom.json

bench: setup-dev ## speed and memory as ratios in one run
	@scripts/debian $(DEBIAN_BENCH)
	.venv/bin/python -m tests.benchmarks.run

clean: ## remove what setup made; var/ stays
	rm -rf .venv .ruff_cache .import_linter_cache
