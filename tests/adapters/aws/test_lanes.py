"""Lanes: one thread, several pieces of work, and the client's calls between them."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from functions.adapters.aws import lanes, waiting
from functions.adapters.aws.connections import ConnectionPool
from functions.adapters.aws.errors import ReadTimeout
from functions.adapters.aws.waiting import Lock

REQUEST = b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"
FAR_OFF = 60.0


@contextmanager
def server_that_waits_for(calls: int) -> Iterator[ConnectionPool]:
    """Answers once so many calls are there: lanes that took turns would wait for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with ExitStack() as closing:
                connections = [closing.enter_context(listener.accept()[0]) for _ in range(calls)]
                for connection in connections:
                    connection.recv(65536)
                for connection in reversed(connections):
                    connection.sendall(ANSWER)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        pool = ConnectionPool(f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield pool
        pool.close()
        thread.join(10)


def test_the_calls_of_lanes_wait_together_on_one_thread() -> None:
    threads = set()
    with server_that_waits_for(10) as pool:

        def call(number: int, name: str) -> str:
            body = pool.request(REQUEST, FAR_OFF).body
            threads.add(threading.get_ident())
            return f"{number}{name}{body.decode()}"

        assert lanes.run(call, range(10), "abcdefghij", at_once=10) == [f"{n}{c}ok" for n, c in enumerate("abcdefghij")]
    assert threads == {threading.get_ident()}


def test_only_the_allowed_number_of_lanes_runs_at_once() -> None:
    running, most = 0, 0

    def work(_number: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        waiting.sleep(0.001)
        waiting.sleep(0)
        running -= 1

    lanes.run(work, range(20), at_once=3)
    assert (running, most) == (0, 3)


def test_an_error_of_one_lane_stops_no_other() -> None:
    done = []

    def work(number: int) -> None:
        waiting.sleep(0.001 * (3 - number))
        if number < 2:
            raise ValueError(f"lane {number}")
        done.append(number)

    with pytest.raises(ValueError, match="lane 0"):
        lanes.run(work, range(3), at_once=3)
    assert done == [2]


def test_a_call_without_an_answer_ends_while_others_wait_longer() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.create_server(("127.0.0.1", 0)) as silent:
        pool = ConnectionPool(f"http://127.0.0.1:{silent.getsockname()[1]}")

        def work(number: int) -> bool:
            if number:
                ready = waiting.is_ready(select.poll(), ours.fileno(), select.POLLIN, time.monotonic() + FAR_OFF)
                return ready and ours.recv(1) == b"!"
            with pytest.raises(ReadTimeout):
                pool.request(REQUEST, 0.05)
            theirs.sendall(b"!")
            return True

        assert lanes.run(work, range(2), at_once=2) == [True, True]
        pool.close()


def test_a_time_that_is_over_already_ends_the_wait() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        late = time.monotonic() - 1

        def work(_number: int) -> bool:
            return waiting.is_ready(select.poll(), ours.fileno(), select.POLLIN, late)

        assert lanes.run(work, range(1), at_once=1) == [False]
        assert not waiting.is_ready(select.poll(), ours.fileno(), select.POLLIN, late)


def test_a_lane_waiting_for_a_lock_lets_its_holder_run() -> None:
    lock, order = Lock(), list[str]()

    def work(number: int) -> None:
        with lock:
            order.append(f"in {number}")
            waiting.sleep(0.002)
            order.append(f"out {number}")

    lanes.run(work, range(3), at_once=3)
    assert sorted(order[::2]) == ["in 0", "in 1", "in 2"]
    assert order[1::2] == [text.replace("in", "out") for text in order[::2]]


def test_threads_share_the_same_lock() -> None:
    lock, order = Lock(), list[str]()

    def work() -> None:
        with lock:
            order.extend(["in", "out"])

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == ["in", "out"] * 5


def test_outside_of_a_lane_nothing_changes() -> None:
    lanes.run(lambda _number: None, range(1), at_once=1)
    assert waiting.WAITS.current_lane() is None
    waiting.sleep(0)
