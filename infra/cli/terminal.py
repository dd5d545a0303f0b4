"""How every command writes: results to standard output, everything about them to standard error. Control characters are escaped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from infra.cli.errors import CommandError
from infra.cli.escape import escaped

if TYPE_CHECKING:
    from rich.console import Console

UNLIMITED = 10_000  # columns: a program reads one row per line
Advance = Callable[..., None]  # (steps=1, *, total=None, text="")


def show(text: str = "") -> None:
    click.echo(escaped(text))


def note(text: str) -> None:
    """For the reader, not for the program that reads the result."""
    click.echo(escaped(text), err=True)


def show_exactly(text: str) -> None:
    """For what a program or a file gets, octet for octet."""
    if sys.stdout.isatty():
        show(text)
    else:
        click.echo(
            text.encode("utf-8", "replace").decode(), nl=False, color=True
        )  # else click removes escape sequences


def show_json(value: Any) -> None:
    """Writes the JSON that the API would answer."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def show_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """`empty` is the note if there are no rows."""
    cells = [["" if cell is None else escaped(str(cell)) for cell in row] for row in rows]
    if not cells:
        note(empty)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")  # a shortened id could not be pasted
    for row in cells:
        table.add_row(*row)
    _console().print(table)


def show_fields(fields: Iterable[tuple[str, object]]) -> None:
    """One line for each field that has a value."""
    filled = [(name, value) for name, value in fields if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in filled), default=0)
    for name, value in filled:
        show(f"{name:<{width}}  {value}")


def confirm(prompt: str, *, yes: bool) -> None:
    """Raises CommandError without a terminal to answer in, and Abort for a no."""
    if yes:
        return
    if not is_interactive():
        raise CommandError(f"{prompt} Without a terminal there is no answer: add --yes.")
    click.confirm(escaped(prompt), abort=True, err=True)


def is_interactive() -> bool:
    return sys.stdin.isatty()


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on standard error, if that is a terminal. Without a total it counts."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = _console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(description, total=total)

        def advance(steps: int = 1, *, total: int | None = None, text: str = "") -> None:
            bar.update(task, advance=steps, total=total, description=escaped(text or description))

        yield advance


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else UNLIMITED
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)
