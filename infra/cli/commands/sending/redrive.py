"""Dead letters of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.options import json_option, stage_option
from infra.cli.terminal import Advance, note, progress, show, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from functions.ports.account import DeadLetter, DeadLetters
    from infra.cli.stage import Stage


@click.command(cls=Command, examples=["staffetta redrive", "staffetta redrive --stage test --json"])
@stage_option
@json_option
def command(stage: Stage, *, as_json: bool) -> None:
    """Put dead letters back into the send queue, except messages that SES may already have accepted."""
    from msgspec.structs import replace

    from functions import wiring
    from functions.core.access.audit import AuditAction

    redrive = stage.get(wiring.account.redrive)
    with progress("dead letters") as advance:
        redriven = replace(redrive, letters=_Followed(redrive.letters, advance))(stage.actor)
    pages = stage.get(wiring.broadcasts.redrive_broadcasts)(stage.actor)
    if pages:
        redriven["jobs of broadcasts, back in their queue"] = pages  # type: ignore[index]  # next to the results of sends
    if redriven:
        stage.audit(
            AuditAction.SENDS_REDRIVEN, "dead letters", **{str(name): count for name, count in redriven.items()}
        )
    if as_json:
        show_json({str(result): number for result, number in redriven.items()})
        return
    for result, number in redriven.items():
        show(f"{number}  {result}")
    if not redriven:
        note("There are no dead letters.")


class _Followed:
    """Dead letters, each of which advances the progress bar."""

    def __init__(self, letters: DeadLetters, advance: Advance) -> None:
        self._letters = letters
        self._advance = advance

    def batches(self) -> Iterator[Sequence[DeadLetter]]:
        for batch in self._letters.batches():
            yield batch
            self._advance(len(batch))

    def remove(self, *letters: DeadLetter) -> None:
        self._letters.remove(*letters)

    def put_back(self, *letters: DeadLetter) -> None:
        self._letters.put_back(*letters)
