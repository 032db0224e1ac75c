import fleets.storage.encryption
from django.db import migrations, models

# What is personal in a sealed entry may be taken out, nothing else, by who says so in its transaction. At the commit an
# entry of the kind "erased" must stand behind it that lists it: fleets/audit/verifying.py takes it by that one only.
KEEP = """
CREATE OR REPLACE FUNCTION fleets_auditentry_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_it fleets_auditentry;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL THEN
        before_it := NEW;
        before_it.position := OLD.position;
        before_it.seal := OLD.seal;
        before_it.sealed_at := OLD.sealed_at;
        -- *= compares the stored bytes.
        IF before_it *= OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.seal IS NOT NULL AND OLD.kind <> 'erased' AND NEW.erased_at IS NOT NULL
        AND NEW.erased_at > coalesce(OLD.erased_at, '-infinity')
        AND current_setting('fleetremote.erases', true) = 'yes'
    THEN
        before_it := NEW;
        before_it.subject := OLD.subject;
        before_it.who := OLD.who;
        before_it.reason := OLD.reason;
        before_it.document := OLD.document;
        before_it.body := OLD.body;
        before_it.erased_at := OLD.erased_at;
        IF before_it *= OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit is only added to: no % of an entry.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE FUNCTION fleets_auditentry_vouched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM fleets_auditentry erasure
        WHERE erasure.kind = 'erased' AND erasure.at >= NEW.erased_at - interval '1 minute'
            AND erasure.position > NEW.position
            AND erasure.document -> 'entries'
                @> jsonb_build_array(jsonb_build_array(NEW.position, encode(NEW.seal, 'hex')))
    ) THEN
        RAISE EXCEPTION 'The audit is only added to: no entry says that this one was erased.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER fleets_auditentry_vouched AFTER UPDATE ON fleets_auditentry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.erased_at IS DISTINCT FROM OLD.erased_at) EXECUTE FUNCTION fleets_auditentry_vouched();
DROP TRIGGER fleets_auditentry_not_sealed ON fleets_auditentry;
CREATE TRIGGER fleets_auditentry_not_sealed BEFORE INSERT ON fleets_auditentry
    FOR EACH ROW WHEN (NEW.seal IS NOT NULL OR NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION fleets_auditentry_keep();
"""

# As migration 0003 has it.
KEEP_ALL = """
DROP TRIGGER fleets_auditentry_vouched ON fleets_auditentry;
DROP FUNCTION fleets_auditentry_vouched();
DROP TRIGGER fleets_auditentry_not_sealed ON fleets_auditentry;
CREATE TRIGGER fleets_auditentry_not_sealed BEFORE INSERT ON fleets_auditentry
    FOR EACH ROW WHEN (NEW.seal IS NOT NULL) EXECUTE FUNCTION fleets_auditentry_keep();
CREATE OR REPLACE FUNCTION fleets_auditentry_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_seal fleets_auditentry;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL THEN
        before_seal := NEW;
        before_seal.position := OLD.position;
        before_seal.seal := OLD.seal;
        before_seal.sealed_at := OLD.sealed_at;
        -- *= compares the stored bytes.
        IF before_seal *= OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit is only added to: no % of an entry.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""

# An older version can't verify what was erased, and says so. What it has no columns for waits for the way forward.
PUT_ASIDE = """
CREATE TABLE fleets_erasure_put_aside AS
    SELECT id, erased_at, '' AS erasure_key FROM fleets_auditentry WHERE erased_at IS NOT NULL
    UNION ALL SELECT NULL, NULL, erasure_key FROM fleets_audithead WHERE erasure_key <> '';
"""
TAKE_BACK = """
DO $$
BEGIN
    IF to_regclass('fleets_erasure_put_aside') IS NOT NULL THEN
        ALTER TABLE fleets_auditentry DISABLE TRIGGER USER;
        UPDATE fleets_auditentry entry SET erased_at = aside.erased_at
            FROM fleets_erasure_put_aside aside WHERE aside.id = entry.id;
        ALTER TABLE fleets_auditentry ENABLE TRIGGER USER;
        UPDATE fleets_audithead head SET erasure_key = aside.erasure_key
            FROM fleets_erasure_put_aside aside WHERE aside.id IS NULL;
        DROP TABLE fleets_erasure_put_aside;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('fleets', '0015_audit_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='audithead',
            name='erasure_key',
            field=fleets.storage.encryption.EncryptedTextField(blank=True, db_default='', default='', editable=False),
        ),
        migrations.CreateModel(
            name='PlaceMark',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('last', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(TAKE_BACK, PUT_ASIDE),
        migrations.RunSQL(KEEP, KEEP_ALL),
    ]
