"""When the consumer had better not consume: what it needs is away, or its release is bad."""


def test_transient_failure_is_retried_in_place_and_never_counted(probe):
    probe.start()
    (probe.folder / "away").touch()
    event = probe.send("need")
    probe.until(lambda: len(probe.journal("begin", event)) >= 3)
    (probe.folder / "away").unlink()
    probe.until(lambda: probe.journal("end", event))
    assert (probe.depth(probe.queue), probe.depth(probe.dead)) == (0, 0)
    assert not probe.journal("probe")


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
    assert b"consumer stopped itself" in (probe.folder / "log").read_bytes()


def test_sigterm_does_not_wait_for_what_is_away(probe):
    process = probe.start()
    (probe.folder / "away").touch()
    event = probe.send("need")
    probe.until(lambda: probe.journal("begin", event))
    assert probe.end(process) == 0
    assert probe.depth(probe.queue) == 1
