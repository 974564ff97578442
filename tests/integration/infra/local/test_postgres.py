"""The embedded PostgreSQL: who gets in, who does not, and what is left behind."""

from contextlib import closing

import psutil
import psycopg2
import pytest
from sqlalchemy.engine import make_url


def _connect(uri: str, **other: str) -> "psycopg2.extensions.connection":
    url = make_url(uri)
    login = {"user": url.username, "password": url.password, "dbname": url.database} | other
    return psycopg2.connect(host=url.host, port=url.port, connect_timeout=5, **login)


def test_the_role_of_a_service_works_in_its_own_database(database: str) -> None:
    with closing(_connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE grid (name text)")
        cursor.execute("INSERT INTO grid VALUES ('界湖街道第一网格')")
        cursor.execute("SELECT name FROM grid")
        assert cursor.fetchone() == ("界湖街道第一网格",)


def test_a_service_cannot_enter_the_database_of_another(postgres) -> None:
    registry = postgres.create_database("enter_registry")
    postgres.create_database("enter_incident")
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        _connect(registry, dbname="enter_incident")


@pytest.mark.parametrize("user", ["postgres", "nobody"])
def test_nobody_gets_in_without_the_generated_password(database: str, user: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        _connect(database, user=user, password="postgres")


def test_creating_a_database_again_keeps_its_rows_and_takes_the_new_password(postgres) -> None:
    with closing(_connect(postgres.create_database("again", "first"))) as connection:
        connection.cursor().execute("CREATE TABLE kept ()")
        connection.commit()
    with closing(_connect(postgres.create_database("again", "second"))) as connection:
        connection.cursor().execute("SELECT * FROM kept")


def test_it_recovers_after_a_kill_and_listens_on_loopback_only(postgres, database: str) -> None:
    postgres.kill()
    postgres.start()
    with closing(_connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit'), current_setting('max_connections')")
        assert cursor.fetchone() == ("off", "300")
    assert _listening(postgres._process.pid) == {("127.0.0.1", postgres.port)}


def test_it_never_runs_as_root(postgres) -> None:
    assert psutil.Process(postgres._process.pid).uids().effective != 0


def _listening(pid: int) -> set[tuple[str, int]]:
    return {
        (link.laddr.ip, link.laddr.port)
        for link in psutil.Process(pid).net_connections()
        if link.status == psutil.CONN_LISTEN
    }
