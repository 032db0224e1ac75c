"""`doctor` says that all is well, or what is wrong and what to do, each in a line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from connections.calendar.ends import Entry, What
from connections.doctor.accounts import judge_end
from connections.doctor.host import LEAST, LITTLE, judge_disk
from connections.models import Connection
from connections.stages.diagnosing import answer_to
from fleets.models import Fleet, Gateway, UpstreamFleet
from fleets.storage import pulse
from remotes.registration.asking import shown_target
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.tls.authority import new_authority
from tests.tls.servers import answer, server_context, serving
from tests.tls.simulated import MutualTls, mutual_tls_simulator
from tests.world import make_fleet

ROOT = Path(__file__).resolve().parents[2]
Lines = dict[str, tuple[bool | None, str]]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MutualTls]:
    with mutual_tls_simulator(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def site(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Our own site answers at PUBLIC_URL, and all our processes live."""

    def as_we_do(request: bytes) -> bytes:
        path = request.split(b" ")[1].decode()
        return answer(200, answer_to(path.removeprefix("/back/")))

    for kind in pulse.KINDS:
        pulse.write(f"{kind}@here", kind, 0)
    settings.FLEETREMOTE_HOME = tmp_path
    settings.SECRET_KEY = "".join(map(chr, range(60, 110)))
    with serving(as_we_do) as server:
        settings.PUBLIC_URL = server.root
        yield


@pytest.fixture
def gateway(site: None, cloud: MutualTls) -> Gateway:
    gateway = Gateway.objects.create(
        name="Cloud",
        base_url=cloud.base_url,
        client_id=CLIENT_ID,
        username=USER,
        password=PASSWORD,
        certificate=cloud.client.pem,
        private_key=cloud.client.key_pem,
        ca_bundle=cloud.authority.root_pem,
    )
    upstream = UpstreamFleet(
        gateway=gateway, fleet=Fleet.objects.create(name="Lyon"), upstream_id="f1", callback_id="c1"
    )
    upstream.callback_target = shown_target(upstream)
    upstream.callback_checked_at = datetime(2026, 11, 30, 8, tzinfo=UTC)
    upstream.save()
    return gateway


def examined(capsys: pytest.CaptureFixture[str]) -> tuple[int, Lines]:
    """The exit status, and what was found by the check."""
    status = 0
    try:
        call_command("doctor", "--json")
    except SystemExit as end:
        status = int(str(end.code))
    return status, lines_of(capsys.readouterr().out)


def lines_of(text: str) -> Lines:
    documents: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    assert {tuple(document) for document in documents} == {("check", "ok", "words")}
    lines = {document["check"]: (document["ok"], document["words"]) for document in documents}
    assert len(lines) == len(documents)
    return lines


def test_all_is_well(site: None, gateway: Gateway, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.EMAIL_HOST = ""
    status, lines = examined(capsys)
    assert {check: found for check, found in lines.items() if found[0] is False} == {}
    assert status == 0
    assert list(lines) == [
        *("secret-key", "field-keys", "disk", "redis", "database", "migrations", "public-url", "mail", "clock"),
        *("worker-commands", "worker-deliveries", "worker-sweeps", "celery-clock", "stored-secrets"),
        *("Cloud/address", "Cloud/name", "Cloud/tcp", "Cloud/tls", "Cloud/client-certificate", "Cloud/credentials"),
        *("Cloud/fleets", "Cloud/limits", "Cloud/callback"),
        *(f"ends/client-certificate-{gateway.pk}", f"ends/ca-bundle-{gateway.pk}"),
    ]
    assert lines["mail"][0] is None
    assert lines["Cloud/callback"][1].endswith("for each of 1 fleets. Looked at last on 2026-11-30 08:00 UTC.")
    assert PASSWORD not in str(lines)


def test_a_new_server_has_nothing_to_mend(site: None, gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    UpstreamFleet.objects.update(callback_id="", callback_target="", callback_checked_at=None)
    assert examined(capsys)[1]["Cloud/callback"] == (
        None,
        "Our callback is still to be registered, which happens by itself. Not looked at yet.",
    )


def test_each_thing_that_is_wrong_is_told_and_none_hides_another(
    site: None, gateway: Gateway, cloud: MutualTls, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = cloud.authority.client(since=-9, until=-1)
    gateway.certificate, gateway.private_key = ended.pem, ended.key_pem
    gateway.save()
    UpstreamFleet.objects.update(callback_id="")
    make_fleet("Paris")
    Gateway.objects.exclude(pk=gateway.pk).update(name="Away", base_url="https://api.example.com/v3", dialect="v1")
    Connection.objects.create(name="Begun", base_url="https://api.example.com/v3")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM fleets_pulse WHERE kind = 'commands'")
    settings.SECRET_KEY = "secret"
    settings.FLEETREMOTE_HOME = settings.FLEETREMOTE_HOME / "gone"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    status, lines = examined(capsys)
    assert status == 1
    assert {check for check, (ok, _) in lines.items() if ok is False} == {
        *("secret-key", "disk", "mail", "worker-commands"),
        *("Cloud/client-certificate", "Cloud/callback", "Away/address", f"ends/client-certificate-{gateway.pk}"),
    }
    assert lines["worker-commands"][1].startswith("The worker of the queue commands: there was no sign of life yet.")
    assert "ended on" in lines[f"ends/client-certificate-{gateway.pk}"][1]
    assert lines["Away/public-url"][0] is None
    assert "can't be reached from the manufacturer's cloud" in lines["Away/public-url"][1]
    assert lines["Begun/connection"][0] is None


@pytest.mark.parametrize(
    ("keys", "also_wrong"), [(["short"], {"field-keys"}), ([Fernet.generate_key().decode()], set[str]())]
)
def test_secrets_that_can_not_be_read(
    site: None, settings: Settings, capsys: pytest.CaptureFixture[str], keys: list[str], also_wrong: set[str]
) -> None:
    gateway = make_fleet().upstream_fleets.get().gateway
    settings.FIELD_KEYS = keys
    _, lines = examined(capsys)
    wrong = {check for check, (ok, _) in lines.items() if ok is False}
    assert wrong == {"stored-secrets", f"{gateway.name}/credentials"} | also_wrong


def test_a_site_whose_certificate_nobody_trusts(
    db: None, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = new_authority("Nobody's").server(until=3)
    with serving(b"", server_context(ours)) as server:
        settings.PUBLIC_URL = server.root
        _, lines = examined(capsys)
    assert lines["public-url"][0] is False
    assert "is not trusted" in lines["public-url"][1]
    ok, words = lines["ends/site-certificate-0"]
    assert (ok, "No more than 7 days are left." in words) == (None, True)


@pytest.mark.django_db
def test_migrations_that_are_missing_end_it_before_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'connections'")
    status, lines = examined(capsys)
    assert (status, lines["migrations"][0]) == (1, False)
    assert "the first is connections.0001_initial" in lines["migrations"][1]
    assert "not-looked-at" in lines


def test_it_runs_while_database_and_redis_are_away(tmp_path: Path, settings: Settings) -> None:
    away = {
        **os.environ,
        "DATABASE_URL": f"postgres://nobody@/none?host={tmp_path}",
        "REDIS_URL": f"unix://{tmp_path}/none?db=0",
        "SECRET_KEY": "".join(map(chr, range(60, 110))),
        "FIELD_KEYS": settings.FIELD_KEYS[0],
        "FLEETREMOTE_HOME": str(tmp_path),
        "PUBLIC_URL": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"],
        cwd=ROOT,
        env=away,
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = lines_of(done.stdout)
    assert done.returncode == 1, done.stderr
    assert {check for check, (ok, _) in lines.items() if ok is False} == {"database", "redis", "public-url"}
    assert "start FleetRemote with script/server" in lines["database"][1]
    assert lines["not-looked-at"][0] is None


def test_the_disk_is_judged_by_what_is_free() -> None:
    assert [judge_disk(free, "")[0] for free in (LEAST - 1, LEAST, LITTLE - 1, LITTLE)] == [
        False,
        None,
        None,
        True,
    ]


@pytest.mark.parametrize(
    ("what", "step", "ok"),
    [
        (What.CLIENT_CERTIFICATE, None, True),
        (What.CLIENT_CERTIFICATE, 30, None),
        (What.API_SECRET, 1, None),
        (What.SITE, 0, False),
        (What.FORMER, 0, None),
    ],
)
def test_what_ends_is_wrong_once_it_is_over_and_in_use(what: What, step: int | None, ok: bool | None) -> None:
    assert judge_end(Entry(what, 1, "Cloud", ends_at=timezone.now() + timedelta(days=1)), step)[0] is ok
