"""Indexes by which every list stays fast at a million cases (docs/benchmarks.md), and the search in Chinese words.

PostgreSQL's pg_trgm is in no wheel that we run and drops Chinese characters in the C locale. Pairs of neighbouring
characters in a GIN index do the same work: a text can only contain a word if it has all the word's pairs.
"""

from alembic import op

revision = "0040"
down_revision = "0060"

STATEMENTS = (
    """
    CREATE FUNCTION text_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    COST 10000 AS
    $$ SELECT coalesce(array_agg(DISTINCT substr(words, n, 2)), '{}')
       FROM generate_series(1, length(words) - 1) AS n $$
    """,
    "CREATE INDEX case_pairs ON \"case\" USING gin (text_pairs(description || ' ' || address))",
    'CREATE INDEX case_number_begins ON "case" (number text_pattern_ops)',
    'CREATE INDEX case_number_ends ON "case" (reverse(number) text_pattern_ops)',
    """
    CREATE INDEX case_open ON "case" (reported_at, id)
    WHERE state NOT IN ('closed', 'registered', 'declined', 'handed-over')
    """,
    "CREATE INDEX case_light ON \"case\" (light, reported_at, id) WHERE light <> 'green'",
    'CREATE INDEX case_department_matter ON "case" (department, matter_code, reported_at, id)',
    "DROP INDEX case_co_departments",
    """
    CREATE TABLE case_helper (
        department text NOT NULL, reported_at timestamptz NOT NULL, case_id uuid NOT NULL,
        PRIMARY KEY (department, reported_at, case_id))
    """,
    "CREATE INDEX case_helper_case ON case_helper (case_id)",
    """
    INSERT INTO case_helper
    SELECT DISTINCT helping, reported_at, id FROM "case", unnest(co_departments) AS helping
    """,
    """
    CREATE FUNCTION keep_helpers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM case_helper WHERE case_id = NEW.id;
        INSERT INTO case_helper
        SELECT DISTINCT helping, NEW.reported_at, NEW.id FROM unnest(NEW.co_departments) AS helping;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER case_helpers_new AFTER INSERT ON "case" FOR EACH ROW
    WHEN (NEW.co_departments <> '{}') EXECUTE FUNCTION keep_helpers()
    """,
    """
    CREATE TRIGGER case_helpers_changed AFTER UPDATE ON "case" FOR EACH ROW
    WHEN (OLD.co_departments IS DISTINCT FROM NEW.co_departments) EXECUTE FUNCTION keep_helpers()
    """,
    "DROP INDEX message_audience",
    "CREATE INDEX message_audience ON message (audience_kind, audience text_pattern_ops, at, id)",
    "CREATE INDEX message_newest ON message (audience_kind, at, id, audience)",
    "CREATE INDEX message_role ON message (audience, area text_pattern_ops, at, id) WHERE audience_kind = 'role'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
