"""Sessions with where they are used from, and counts of tries; what django-axes had written takes their place and goes.

Its log-ins become visits: the digest of a session's key is the same, but for its length. Its own tables hold personal
data, so they don't stay behind. On the way back it makes them anew, empty: it counts as not migrated.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'axes_accesslog'"

_TAKE_OVER = """
    INSERT INTO console_visit (user_id, session, address, browser, since, seen)
    SELECT DISTINCT ON (left(log.session_hash, 40))
        person.id, left(log.session_hash, 40), log.ip_address, left(log.user_agent, 200), log.attempt_time,
        log.attempt_time
    FROM axes_accesslog log JOIN auth_user person ON person.username = log.username
    WHERE log.session_hash <> '' AND log.attempt_time > now() - interval '90 days'
    ORDER BY left(log.session_hash, 40), log.attempt_time DESC
"""

_REMOVE = """
    DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accessfailurelog, axes_accesslog;
    DELETE FROM django_migrations WHERE app = 'axes';
    DELETE FROM auth_user_user_permissions WHERE permission_id IN (
        SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
        WHERE c.app_label = 'axes'
    );
    DELETE FROM auth_group_permissions WHERE permission_id IN (
        SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
        WHERE c.app_label = 'axes'
    );
    DELETE FROM auth_permission WHERE content_type_id IN (
        SELECT id FROM django_content_type WHERE app_label = 'axes'
    );
    DELETE FROM django_admin_log WHERE content_type_id IN (
        SELECT id FROM django_content_type WHERE app_label = 'axes'
    );
    DELETE FROM django_content_type WHERE app_label = 'axes';
"""


def take_over(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_TABLES)
        if cursor.fetchone()[0]:
            cursor.execute(_TAKE_OVER)
            cursor.execute(_REMOVE)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TryCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted", models.CharField(max_length=80, unique=True)),
                ("number", models.IntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session", models.CharField(max_length=40, unique=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("browser", models.CharField(blank=True, max_length=200)),
                ("since", models.DateTimeField()),
                ("seen", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ("-seen", "-pk")},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=False),
    ]
