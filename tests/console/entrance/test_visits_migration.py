"""What django-axes had written: its log-ins become visits, and no table of its, with names and addresses, is left."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from console.entrance.sessions import digest
from console.models import Visit
from tests.migrating import migrate
from tests.world import PASSWORD, make_person

AFTER = [("console", "0001_visits_and_tries")]

AXES = """
    CREATE TABLE axes_accesslog (
        id serial PRIMARY KEY, user_agent varchar(255) NOT NULL, ip_address inet, username varchar(255),
        attempt_time timestamptz NOT NULL, logout_time timestamptz, session_hash varchar(64) NOT NULL
    );
    CREATE TABLE axes_accessattempt (id serial PRIMARY KEY);
    INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0001_initial', now());
    INSERT INTO django_content_type (app_label, model) VALUES ('axes', 'accesslog');
    INSERT INTO auth_permission (name, codename, content_type_id)
        SELECT 'x', 'view_accesslog', id FROM django_content_type WHERE app_label = 'axes';
    INSERT INTO auth_user_user_permissions (user_id, permission_id)
        SELECT u.id, p.id FROM auth_user u, auth_permission p WHERE p.codename = 'view_accesslog';
"""
ROW = """
    INSERT INTO axes_accesslog (user_agent, ip_address, username, attempt_time, session_hash)
    VALUES ('Firefox', %s, %s, %s, encode(sha256(%s), 'hex'))
"""


@pytest.mark.drawn("migrations", 1, of="tests")
def test_log_ins_become_visits_and_nothing_stays_behind(at_the_end: None) -> None:
    ana = make_person("ana")
    browser = Client()
    browser.post("/login", {"username": "ana", "password": PASSWORD})
    key = browser.cookies["sessionid"].value
    MigrationExecutor(connection).migrate([("console", None)])
    now = timezone.now()
    rows = [
        ("192.0.2.7", "ana", now - timedelta(hours=2), key),
        ("192.0.2.7", "ana", now - timedelta(hours=1), key),
        (None, "ana", now - timedelta(days=89), "another"),
        ("192.0.2.8", "ana", now - timedelta(days=91), "too old"),
        ("192.0.2.9", "somebody who has gone", now, "of nobody"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(AXES)
        for address, name, at, session in rows:
            cursor.execute(ROW, [address, name, at, session.encode()])
    migrate(AFTER)
    found = {visit.session: visit for visit in Visit.objects.filter(user=ana)}
    assert set(found) == {digest(key), digest("another")}
    assert found[digest(key)].address == "192.0.2.7"
    assert now - found[digest(key)].seen == timedelta(hours=1)
    # The session of before lasts, and is the one that the account's page shows.
    assert b"This one" in browser.get("/account").content
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'axes%%'")
        assert cursor.fetchall() == []
        for table, column in (("django_migrations", "app"), ("django_content_type", "app_label")):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = 'axes'")
            assert cursor.fetchone() == (0,)
    assert not ana.user_permissions.exists()
