"""How near the relay comes to a bare pika publisher with the same window. Printed, not asserted (run with -s)."""

import time

import pika

ROWS = 20_000


def test_twenty_thousand_rows_are_drained(bench):
    queue = bench.queue("#.003")
    body = b"x" * 600
    bare = ROWS / _bare_seconds(bench.amqp_uri, bench.exchange, body)
    bench.purge(queue)
    bench.write(ROWS, body=body)
    bench.start_relay()
    bench.eventually(lambda: bench.state().get("published") == ROWS, seconds=60)
    [seconds] = bench.sql("SELECT extract(epoch FROM max(published_at) - min(published_at))::float FROM outbox")
    drained = ROWS / seconds
    print(f"relay {drained:.0f}/s, bare pika {bare:.0f}/s, ratio {drained / bare:.2f}")


def _bare_seconds(amqp_uri, exchange, body, window=500):
    """Seconds for `ROWS` confirmed messages with SelectConnection and nothing else."""
    sent, open_tags, times = 0, set(), []
    properties = pika.BasicProperties(content_type="application/json", delivery_mode=2, message_id="x" * 36)

    def fill(channel):
        nonlocal sent
        while sent < ROWS and len(open_tags) < window:
            channel.basic_publish(exchange, "a.003", body, properties, mandatory=True)
            sent += 1
            open_tags.add(sent)

    def settled(channel, method):
        up_to = {tag for tag in open_tags if tag <= method.delivery_tag} if method.multiple else {method.delivery_tag}
        open_tags.difference_update(up_to)
        fill(channel)
        if not open_tags:
            channel.connection.close()

    def selected(channel):
        times.append(time.monotonic())
        fill(channel)

    def opened(channel):
        channel.confirm_delivery(lambda frame: settled(channel, frame.method), lambda _: selected(channel))

    connection = pika.SelectConnection(
        pika.URLParameters(amqp_uri),
        lambda connection: connection.channel(on_open_callback=opened),
        on_close_callback=lambda connection, _: connection.ioloop.stop(),
    )
    connection.ioloop.start()
    return time.monotonic() - times[0]
