# One image for every role; the command decides which: see docker-compose.yml.

FROM python:3.13-slim AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

FROM python:3.13-slim AS fleetremote
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=fleetremote.settings \
    FLEETREMOTE_HOME=/data
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin fleetremote \
    && install --directory --owner=fleetremote --mode=0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/fleetremote
COPY . .
# The file of towns, made where the packages are, so that no container makes its own.
RUN python -m fleets.places.file
USER fleetremote
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "launcher.container.web", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
