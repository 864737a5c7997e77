"""An ending is final: whoever withdrew a grant can rely on it, whatever a program does later."""

from django.db import migrations

FORWARD = r"""
CREATE FUNCTION delegation_grant_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL AND
        (NEW.ended_at, NEW.ending) IS DISTINCT FROM (OLD.ended_at, OLD.ending) THEN
        RAISE EXCEPTION 'delegation_grant: an ending is final' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_grant_final BEFORE UPDATE ON delegation_grant
    FOR EACH ROW EXECUTE FUNCTION delegation_grant_final();
"""
BACKWARD = """
DROP TRIGGER delegation_grant_final ON delegation_grant;
DROP FUNCTION delegation_grant_final();
"""


class Migration(migrations.Migration):
    dependencies = [("delegation", "0001_grants")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
