"""When the consumer had better not consume: what it needs is away, or its release is bad."""

import socket


def test_transient_failure_is_retried_in_place_never_counted_and_not_waited_for_on_sigterm(probe):
    process = probe.start()
    (probe.folder / "away").touch()
    event = probe.send("need")
    probe.until(lambda: len(probe.journal("begin", event)) >= 3)
    (probe.folder / "away").unlink()
    probe.until(lambda: probe.journal("end", event))
    assert (probe.depth(probe.queue), probe.depth(probe.dead)) == (0, 0)
    assert not probe.journal("probe")
    (probe.folder / "away").touch()
    event = probe.send("need")
    probe.until(lambda: probe.journal("begin", event))
    assert probe.end(process) == 0
    assert probe.depth(probe.queue) == 1


def test_consumer_pauses_when_patience_ends_and_resumes_when_the_probe_succeeds(probe):
    probe.start(PATIENCE="1")
    (probe.folder / "away").touch()
    events = [probe.send("need") for _ in range(3)]
    probe.until(lambda: probe.state() == "paused")
    assert probe.status()["last_error"]["reason"] == "Transient: what is needed is away"
    probe.until(lambda: probe.depth(probe.queue) == 3)
    probe.until(lambda: probe.journal("probe"))
    calls = len(probe.journal("begin"))
    probe.until(lambda: len(probe.journal("probe")) >= 3)
    assert len(probe.journal("begin")) == calls
    (probe.folder / "away").unlink()
    probe.until(lambda: all(probe.journal("end", event) for event in events))
    probe.until(lambda: probe.state() == "consuming")
    assert probe.depth(probe.dead) == 0


def test_bad_release_stops_its_consumer_before_everything_is_dead(probe):
    process = probe.start(RETRY_DELAYS="1", DEAD_LIMIT=3, PREFETCH=2)
    probe.send_all([probe.event("fail") for _ in range(12)])
    probe.until(lambda: probe.state() == "stopped")
    assert "3 messages dead-lettered" in probe.status()["last_error"]["reason"]
    assert probe.end(process) == 0
    dead, left = probe.depth(probe.dead), probe.depth(probe.queue)
    assert 3 <= dead <= 4
    probe.until(lambda: dead + probe.depth(probe.queue) == 12)
    assert left > 0
    assert "consumer stopped itself" in probe.log()


def test_database_that_is_away_is_waited_for_but_a_deadlock_is_a_failure_of_its_event(probe, postgres, database):
    probe.start(PROBE_DATABASE=database)
    deadlock = probe.send("deadlock")
    assert probe.take(probe.dead)[0].headers["wangge-attempt"] == 2
    assert len(probe.journal("begin", deadlock)) == 2
    close_database(postgres, database)
    event = probe.send("select")
    probe.until(lambda: len(probe.journal("begin", event)) >= 2)
    open_database(postgres, database)
    probe.until(lambda: probe.journal("end", event))
    assert (probe.depth(probe.queue), probe.depth(probe.dead)) == (0, 0)


def test_database_that_does_not_answer_blocks_neither_handler_nor_worker(probe):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"postgresql+psycopg2://u:p@127.0.0.1:{silent.getsockname()[1]}/d"
        process = probe.start(PROBE_DATABASE=uri, DATABASE_CONNECT=0.5)
        event, other = probe.send("select"), probe.send(fact="noted")
        probe.until(lambda: probe.journal("noted", other))
        probe.until(lambda: len(probe.journal("begin", event)) >= 2)
        assert probe.end(process) == 0
    assert "did not answer within 0.5 s" in probe.status()["last_error"]["reason"]


def close_database(postgres, uri: str) -> None:
    name = uri.rpartition("/")[2]
    with postgres.connect() as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def open_database(postgres, uri: str) -> None:
    with postgres.connect() as connection:
        connection.autocommit = True
        connection.cursor().execute(f'ALTER DATABASE "{uri.rpartition("/")[2]}" ALLOW_CONNECTIONS true')
