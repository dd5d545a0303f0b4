"""The worker's view of bursts: sending and events share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.steps.sending.detect_burst import DetectBurst

if TYPE_CHECKING:
    from functions.wiring.container import Container


def detect_burst(c: Container) -> DetectBurst:
    return DetectBurst(c.clock)
