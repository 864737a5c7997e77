"""What was saved and what was published is never changed afterwards, not even by a mistake."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION builder_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER builder_version_guard BEFORE UPDATE OR DELETE ON builder_version
    FOR EACH ROW EXECUTE FUNCTION builder_append_only();
CREATE TRIGGER builder_publication_guard BEFORE UPDATE OR DELETE ON builder_publication
    FOR EACH ROW EXECUTE FUNCTION builder_append_only();
"""

BACKWARD = """
DROP TRIGGER builder_version_guard ON builder_version;
DROP TRIGGER builder_publication_guard ON builder_publication;
DROP FUNCTION builder_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("builder", "0001_drafts_and_publications")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
