"""The guard and the chain. The advisory lock makes the order of ids the order of the chain;
ids are given after the lock is held and leave no gap, so a removed row shows."""

from django.db import migrations

FORWARD = r"""
CREATE FUNCTION audit_entry_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_id bigint;
    last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(7307001);
    SELECT id, hash INTO last_id, last_hash FROM audit_entry ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(last_id, 0) + 1;
    NEW.previous_hash := coalesce(last_hash, '');
    NEW.personal_digest := CASE WHEN NEW.personal IS NULL THEN ''
        ELSE encode(sha256(convert_to(NEW.personal, 'UTF8')), 'hex') END;
    NEW.hash := encode(sha256(convert_to(concat_ws(E'\x1f',
        NEW.previous_hash,
        NEW.id::text,
        (extract(epoch FROM NEW.at) * 1000000)::bigint::text,
        NEW.actor_kind,
        coalesce(NEW.actor_id::text, ''),
        NEW.actor_name,
        NEW.action,
        NEW.subject_kind,
        NEW.subject_id,
        NEW.facts,
        NEW.personal_digest), 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.personal IS NULL THEN
        OLD.personal := NULL;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_entry_chain BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_chain();
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER audit_entry_guard_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard();
"""

BACKWARD = """
DROP TRIGGER audit_entry_guard_truncate ON audit_entry;
DROP TRIGGER audit_entry_guard ON audit_entry;
DROP TRIGGER audit_entry_chain ON audit_entry;
DROP FUNCTION audit_entry_guard();
DROP FUNCTION audit_entry_chain();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
