from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from functions.adapters.aws.connections import ConnectionPool
from functions.adapters.aws.errors import ReadTimeout

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"
REFUSAL = b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}"
EMPTY = b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"
LARGE = b"POST / HTTP/1.1\r\ncontent-length: 30000000\r\n\r\n" + b"x" * 30_000_000  # more than a socket's buffers


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[ConnectionPool]:
    """Serves one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        pool = ConnectionPool(f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield pool
        pool.close()
        thread.join(10)


def drip(connection: socket.socket) -> None:
    """Answers a byte at a time, each well within the time limit of the whole."""
    connection.recv(65536)
    connection.sendall(HEAD)
    for _ in range(100):
        try:
            connection.sendall(b"x")
        except OSError:
            return
        time.sleep(0.1)


def test_the_time_limit_is_for_the_whole_answer() -> None:
    with server(drip) as pool:
        began = time.monotonic()
        with pytest.raises(ReadTimeout):
            pool.request(EMPTY, 0.5)
        assert time.monotonic() - began < 3


def refuse(closes: bool) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(REFUSAL)
        if closes:
            connection.shutdown(socket.SHUT_WR)
        time.sleep(1)

    return serve


@pytest.mark.parametrize("closes", [False, True])
def test_an_early_refusal_of_a_large_request_is_its_answer(closes: bool) -> None:
    with server(refuse(closes)) as pool:
        answer = pool.request(LARGE, 0.5)
    assert (answer.status, answer.body, answer.closes) == (413, b"{}", True)


def test_an_early_success_is_no_answer() -> None:
    """Half a request cannot have succeeded."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        time.sleep(1)

    with server(serve) as pool, pytest.raises(ReadTimeout):
        pool.request(LARGE, 0.5)
