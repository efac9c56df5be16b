# syntax=docker/dockerfile:1
# One image for web and worker; compose.yaml says which it is.

FROM python:3.11-slim-trixie AS python
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/venv/bin:$PATH
WORKDIR /app

# --- the Python packages, by hash ---
FROM python AS packages
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

# --- the pages, compiled; node_modules stays behind ---
FROM packages AS pages
COPY pyproject.toml requirements.lock rxconfig.py bunfig.toml .npmrc alembic.ini ./
COPY reflex.lock ./reflex.lock
COPY assets ./assets
COPY alembic ./alembic
COPY cvstudio ./cvstudio
RUN pip install --no-index --no-deps --no-build-isolation --editable .
ENV CVSTUDIO_FRONTEND_DIR=/app/pages
RUN CVSTUDIO_DATA_DIR=/tmp/build python -m cvstudio.frontend \
    && rm -rf /tmp/build pages/node_modules pages/build/server \
    && python -m compileall -q cvstudio

# --- what runs ---
FROM python AS cvstudio
# The headless shell, with Debian's security updates. The fonts come with the Python packages.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium-headless-shell \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --home-dir /home/cvstudio cvstudio \
    && install -d -o cvstudio -g cvstudio /data
COPY --from=packages /opt/venv /opt/venv
COPY --from=pages --chown=cvstudio:cvstudio /app /app
RUN pip install --no-index --no-deps --no-build-isolation --editable .
ENV CVSTUDIO_HOST=0.0.0.0 \
    CVSTUDIO_PORT=3000 \
    CVSTUDIO_DATA_DIR=/data \
    CVSTUDIO_FRONTEND_DIR=/app/pages \
    CVSTUDIO_CHROMIUM_PATH=/usr/bin/chromium-headless-shell
USER cvstudio
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3000/api/health/live', timeout=2)"]
ENTRYPOINT ["cvstudio"]
# Alone, without compose.yaml: web and worker under one parent, SQLite in /data.
CMD ["run"]
