import django.contrib.postgres.fields
import django.db.models.deletion
import fleets.storage.clock
import fleets.storage.ids
from django.conf import settings
from django.db import migrations, models

# Each client's one password becomes the first of several; tokens are bound to the one that they were given for. Who
# knows a password is told by the audit: whoever made the client or a password of it. Where it says nothing, those who
# could have are all admins of now.
CARRY_OVER = """
UPDATE fleets_apiclient SET public_id = left(replace(gen_random_uuid()::text, '-', ''), 24);
INSERT INTO fleets_apisecret (client_id, name, digest, made_at, ends_at)
    SELECT id, '', secret_hash, created_at, secret_ends_at FROM fleets_apiclient WHERE secret_hash <> '';
UPDATE fleets_apitoken token SET secret_id = secret.id FROM fleets_apisecret secret
    WHERE secret.client_id = token.client_id AND secret.digest = token.secret_hash;
DELETE FROM fleets_apitoken WHERE secret_id IS NULL;
UPDATE fleets_apiclient client SET known_to = coalesce(
    (
        SELECT array_agg(DISTINCT entry.user_id) FROM fleets_auditentry entry
        WHERE entry.subject = 'client ' || client.id AND entry.kind = 'changed' AND entry.user_id IS NOT NULL
            AND entry.document ->> 'what' IN ('created', 'given new secrets')
    ),
    (SELECT array_agg(id ORDER BY id) FROM auth_user WHERE is_superuser),
    '{}'
);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# An older version knows one password: the newest that is good, else one that nobody has.
CARRY_BACK = """
UPDATE fleets_apiclient client SET secret_hash = coalesce(secret.digest, ''), secret_ends_at = secret.ends_at
FROM fleets_apiclient own LEFT JOIN LATERAL (
    SELECT digest, ends_at FROM fleets_apisecret
    WHERE client_id = own.id AND ended_at IS NULL AND (ends_at IS NULL OR ends_at > now())
    ORDER BY id DESC LIMIT 1
) secret ON true
WHERE own.id = client.id;
UPDATE fleets_apitoken token SET secret_hash = secret.digest FROM fleets_apisecret secret
    WHERE secret.id = token.secret_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# It knows no binding to a certificate either, nor who may not see where vehicles are: what is bound or narrowed so
# is not active there.
CLOSE = """
UPDATE fleets_apiclient SET active = false WHERE certificate_fingerprint <> '' OR NOT sees_positions;
"""


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('fleets', '0019_proposals'),
    ]

    operations = [
        migrations.AddField(
            model_name='apiclient',
            name='public_id',
            field=models.CharField(default=fleets.storage.ids.new_public_id, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='api_clients', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='known_to',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), blank=True, default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='sees_positions',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='certificate_fingerprint',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, CLOSE),
        migrations.CreateModel(
            name='ApiSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, default='', max_length=100)),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField(default=fleets.storage.clock.now)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='fleets.apiclient')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "API client's password",
            },
        ),
        migrations.AddField(
            model_name='apitoken',
            name='secret',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='fleets.apisecret'),
        ),
        # On the way back the columns come before what is carried.
        migrations.RunSQL(CARRY_OVER, CARRY_BACK),
        migrations.AlterField(
            model_name='apiclient',
            name='secret_hash',
            field=models.CharField(default='', editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='secret_hash',
            field=models.CharField(default='', editable=False, max_length=64),
        ),
        migrations.RemoveField(
            model_name='apiclient',
            name='secret_hash',
        ),
        migrations.RemoveField(
            model_name='apiclient',
            name='secret_ends_at',
        ),
        migrations.RemoveField(
            model_name='apitoken',
            name='secret_hash',
        ),
        migrations.AlterField(
            model_name='apiclient',
            name='public_id',
            field=models.CharField(default=fleets.storage.ids.new_public_id, editable=False, max_length=32, unique=True),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='secret',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='fleets.apisecret'),
        ),
        migrations.AddConstraint(
            model_name='apiclient',
            constraint=models.CheckConstraint(condition=models.Q(('certificate_fingerprint', ''), ('certificate_fingerprint__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='api_client_fingerprint'),
        ),
        migrations.AddConstraint(
            model_name='apisecret',
            constraint=models.UniqueConstraint(fields=('client', 'digest'), name='api_secret_once'),
        ),
    ]
