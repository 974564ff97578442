"""Free ports are really free, and a listener is seen."""

import socket

from infra.local.ports import answers, free_block, is_free


def test_a_free_block_can_be_listened_on_and_then_is_free_no_longer() -> None:
    first = free_block(3)
    with socket.create_server(("127.0.0.1", first + 1)):
        assert (is_free(first), is_free(first + 1), is_free(first + 2)) == (True, False, True)
        assert answers(first + 1)
    assert not answers(first + 1)
