"""A stored file never changes its content. Content and name may only be taken away, for good."""

from django.db import migrations

FORWARD = r"""
CREATE FUNCTION documents_file_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.public_id, NEW.sha256, NEW.size, NEW.kind, NEW.content_type, NEW.purpose,
        NEW.created_at)
       IS DISTINCT FROM
       (OLD.public_id, OLD.sha256, OLD.size, OLD.kind, OLD.content_type, OLD.purpose,
        OLD.created_at)
       OR (NEW.name IS DISTINCT FROM OLD.name AND NEW.purged_at IS NULL)
       OR (NEW.blob_id IS DISTINCT FROM OLD.blob_id AND NEW.blob_id IS NOT NULL)
       OR (OLD.purged_at IS NOT NULL AND NEW.purged_at IS DISTINCT FROM OLD.purged_at)
    THEN
        RAISE EXCEPTION 'a stored file does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER documents_file_guard BEFORE UPDATE ON documents_file
    FOR EACH ROW EXECUTE FUNCTION documents_file_guard();
"""

BACKWARD = """
DROP TRIGGER documents_file_guard ON documents_file;
DROP FUNCTION documents_file_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
