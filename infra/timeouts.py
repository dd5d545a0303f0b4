"""The times that functions and their queues share: a queue hides a message while its function works on it."""

from __future__ import annotations

from aws_cdk import Duration

from infra.config import Config

_DELIVER, _LOCAL_DELIVER = Duration.seconds(60), Duration.seconds(10)  # short locally, so that a crash is retried soon
EVENTS = Duration.seconds(30)  # after a crash, events come back after 6 times this and their window
EVENTS_WINDOW = Duration.seconds(5)
NO_WINDOW = Duration.seconds(0)
AUTOMATE = Duration.seconds(60)
WEBHOOK = Duration.seconds(45)  # a receiver has ten, all of a batch run at once, and its name must be resolved
MAX_RECEIVES = 8


def deliver(config: Config) -> Duration:
    return _LOCAL_DELIVER if config.local else _DELIVER
