# Two main commands: `make run` and `make test`. Both need only Python 3.11 or later. docs/running.md describes them, their
# variables, and how the servers start and stop.
.DEFAULT_GOAL := help
.PHONY: help run stop reset check test test-unit test-long lint coverage docs architecture bench lock messages environment environment-dev

PORT ?= 8000
PROCESSES ?= 2
PYTEST_ARGS ?=
APP ?=
VENV := .venv/bin
SERVICES := $(VENV)/python -m devserver
export PYTHON
# A test run must not write bytecode or caches with another user's owner, nor read a user's own packages.
export PYTHONNOUSERSITE := 1

help:
	@echo "make run [PORT=8000]   the whole site with the demonstration trial, until Ctrl-C"
	@echo "make stop              stop it from elsewhere"
	@echo "make reset             remove all its data (asks; FORCE=1 does not)"
	@echo "make check             style, types, migrations, unit tests and the house's tests without those of the blind"
	@echo "make test              style, types, migrations and all tests but the long ones; what CI runs"
	@echo "make test APP=events   the unit and integration tests of one app"
	@echo "make test-unit         unit tests, without database and browser; APP=events: of one app"
	@echo "make test-long         the long tests"
	@echo "make lint              style, types, templates, scripts and styles only"
	@echo "make coverage          branch coverage of the unit and integration tests, per app"
	@echo "make docs              the documentation as a site in var/site; a dead link fails"
	@echo "make bench             measurements"
	@echo "make architecture      draw docs/architecture.svg from the imports"
	@echo "make lock              resolve requirements*.in anew"
	@echo "make messages          collect the texts to translate into locale/"

environment:
	@sh bin/environment requirements.txt

environment-dev:
	@sh bin/environment requirements-dev.txt

run: environment
	@exec $(SERVICES) run --port $(PORT) --demonstration --with-parent

stop: environment
	@$(SERVICES) stop

reset: environment
	@$(SERVICES) reset $(if $(filter 1,$(FORCE)),--force)

lint: environment-dev
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy .
	$(VENV)/djlint --quiet --lint .
	sh bin/biome check --error-on-warnings

check: environment-dev
	@sh bin/check $(PROCESSES) tests/unit tests/house --ignore=tests/house/blind $(PYTEST_ARGS)

test: environment-dev
	@sh bin/browser
	@$(if $(APP),sh bin/test-app "$(APP)" $(PYTEST_ARGS),sh bin/check $(PROCESSES) $(PYTEST_ARGS))

test-unit: environment-dev
	@$(if $(APP),sh bin/test-app --unit "$(APP)" $(PYTEST_ARGS),$(VENV)/pytest -q -n $(PROCESSES) tests/unit $(PYTEST_ARGS))

test-long: export SAFETY_VAR_DIR := $(CURDIR)/var/test
test-long: export SAFETY_FSYNC := off
test-long: environment-dev
	@sh bin/browser
	@$(VENV)/pytest -m long $(PYTEST_ARGS); status=$$?; $(SERVICES) release; exit $$status

coverage: export SAFETY_VAR_DIR := $(CURDIR)/var/test
coverage: export SAFETY_FSYNC := off
coverage: environment-dev
	@$(VENV)/pytest -q -n $(PROCESSES) --cov --cov-report= tests/unit tests/integration $(PYTEST_ARGS); status=$$?; $(SERVICES) release; \
	sh bin/coverage-by-app && exit $$status

docs: export NO_MKDOCS_2_WARNING := 1
docs: environment-dev
	@$(VENV)/mkdocs build -q --strict
	@echo "var/site/index.html"

architecture: environment-dev
	@$(VENV)/python bin/architecture.py

bench: environment-dev
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(VENV)/python $$file || exit 1; done; $(SERVICES) release

lock: environment-dev
	$(VENV)/uv pip compile -q -U --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements-bootstrap.in -o requirements-bootstrap.txt
	$(VENV)/uv pip compile -q -U --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(VENV)/uv pip compile -q -U --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" -c requirements.txt requirements-dev.in -o requirements-dev.txt

messages: environment-dev
	@sh bin/messages extract var/django.pot
	@sh bin/messages update var/django.pot
	@$(VENV)/python manage.py compile_translations
