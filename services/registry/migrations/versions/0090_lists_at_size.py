"""Indexes by which the whole country's divisions are searched by words and listed by kind (docs/benchmarks.md).

As in the incident service, PostgreSQL's pg_trgm being in no wheel that we run; single characters are in the index as
well as pairs, since a village is asked for by one character too.
"""

from alembic import op

revision = "0090"
down_revision = "0070"

STATEMENTS = (
    """
    CREATE FUNCTION text_grams(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    COST 10000 AS $$
    DECLARE found text[] := string_to_array(words, NULL);
    BEGIN
        FOR n IN 1 .. length(words) - 1 LOOP
            found := found || substr(words, n, 2);
        END LOOP;
        RETURN found;
    END $$
    """,
    "CREATE INDEX division_grams ON division USING gin (text_grams(lower(name)))",
    "CREATE INDEX division_kind ON division (kind, code)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
