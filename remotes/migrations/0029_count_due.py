from django.db import migrations

# In the transaction of whoever changes an action, so that nothing is missed and nothing is told that did not happen.
# All zones' hours begin at a quarter of an hour.
FORWARD = """
CREATE FUNCTION remotes_count_due(fleet bigint, at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO remotes_countdue (fleet_id, at) VALUES (fleet, date_bin('15 minutes', at, 'epoch'))
$$;
CREATE FUNCTION remotes_action_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM remotes_count_due(NEW.fleet_id, NEW.finished_at);
    RETURN NULL;
END
$$;
CREATE FUNCTION remotes_action_counts_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.finished_at IS NOT NULL THEN
        PERFORM remotes_count_due(NEW.fleet_id, NEW.finished_at);
    END IF;
    IF OLD.finished_at IS NOT NULL
            AND (OLD.finished_at, OLD.fleet_id) IS DISTINCT FROM (NEW.finished_at, NEW.fleet_id) THEN
        PERFORM remotes_count_due(OLD.fleet_id, OLD.finished_at);
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION remotes_wake_up_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM remotes_count_due(fleet_id, NEW.at) FROM remotes_remoteaction WHERE id = NEW.action_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER remotes_remoteaction_ended AFTER INSERT ON remotes_remoteaction
    FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL) EXECUTE FUNCTION remotes_action_counts();
CREATE TRIGGER remotes_remoteaction_changed AFTER UPDATE ON remotes_remoteaction
    FOR EACH ROW WHEN (
        (NEW.finished_at IS NOT NULL OR OLD.finished_at IS NOT NULL)
        AND (OLD.finished_at, OLD.fleet_id, OLD.status, OLD.state, OLD.status_stage, OLD.failure_cause)
            IS DISTINCT FROM (NEW.finished_at, NEW.fleet_id, NEW.status, NEW.state, NEW.status_stage, NEW.failure_cause)
    ) EXECUTE FUNCTION remotes_action_counts_anew();
CREATE TRIGGER remotes_wakeup_counts AFTER INSERT ON remotes_wakeup
    FOR EACH ROW EXECUTE FUNCTION remotes_wake_up_counts();
"""
BACK = """
DROP TRIGGER remotes_wakeup_counts ON remotes_wakeup;
DROP TRIGGER remotes_remoteaction_changed ON remotes_remoteaction;
DROP TRIGGER remotes_remoteaction_ended ON remotes_remoteaction;
DROP FUNCTION remotes_wake_up_counts();
DROP FUNCTION remotes_action_counts_anew();
DROP FUNCTION remotes_action_counts();
DROP FUNCTION remotes_count_due(bigint, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("remotes", "0028_rollups")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
